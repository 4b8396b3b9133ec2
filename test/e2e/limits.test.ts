import { describe, expect, it } from 'vitest';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { runAgentDocument, runDocument } from '../_util/documents.ts';
import { graphql } from '../_util/generated/gql.ts';
import { startTestApp } from '../_util/test-app.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';

const definition = defineApp({ id: 'test', name: 'Test', agents: [defineAgent({ id: 'bot', name: 'Bot' })] });
const input = { agentId: 'bot', message: 'hello', background: true };

const eraseUserDocument = graphql(`
  mutation EraseUser($userId: ID!) {
    eraseUser(userId: $userId) {
      userId
      deletedSessions
      anonymizedRuns
      isComplete
    }
  }
`);

describe.each(DATABASE_KINDS)('limits on %s', (kind) => {
  it('answer a replay with the run, a busy session with CONFLICT, too much with LIMIT_EXCEEDED', async () => {
    const env = { AMBIT_USER_MAX_RUNS: '2' };
    await using server = await startTestApp({ kind, definition, env, allowLeftOver: true });
    server.model.enqueue({ hang: 'headers' });
    server.model.enqueue({ hang: 'headers' });
    const ann = await server.client('ann', ['agents:run']);
    const refusal = async (change: object) =>
      (await ann.post(runAgentDocument, { input: { ...input, ...change } })).errors[0]?.extensions;
    const asked = { input: { ...input, idempotencyKey: 'k' } };
    const { runAgent: first } = await ann.query(runAgentDocument, asked);
    expect(await ann.query(runAgentDocument, asked)).toMatchObject({
      runAgent: { id: first?.id, replayed: true },
    });
    expect(await refusal({ idempotencyKey: 'k', message: 'other' })).toMatchObject({ code: 'CONFLICT' });
    expect(await refusal({ sessionId: first?.sessionId, onBusy: 'REJECT' })).toMatchObject({
      code: 'CONFLICT',
    });
    await ann.query(runAgentDocument, { input });
    expect(await refusal({})).toEqual({ code: 'LIMIT_EXCEEDED', limit: 'userRuns', retryAfterMs: 1000 });
    expect(await ann.query(runAgentDocument, asked)).toMatchObject({ runAgent: { replayed: true } });
    expect(await refusal({ idempotencyKey: '' })).toMatchObject({ field: 'input.idempotencyKey' });
  });
});

describe.each(DATABASE_KINDS)('erasing a user on %s', (kind) => {
  it('cancels, deletes and anonymizes, leaves others alone, and may be asked again', async () => {
    await using server = await startTestApp({ kind, definition, allowLeftOver: true });
    const ann = await server.client('ann', ['agents:run', 'sessions:read']);
    const bob = await server.client('bob', ['agents:run', 'users:ann:read', 'users:ann:act']);
    server.model.enqueue({ text: 'fine' });
    const { runAgent: annes } = await ann.query(runAgentDocument, { input: { ...input, background: false } });
    server.model.enqueue({ text: 'yes' });
    const guest = { ...input, background: false, sessionId: annes?.sessionId ?? '', idempotencyKey: 'k' };
    const { runAgent: guests } = await bob.query(runAgentDocument, { input: guest });
    const step = server.model.enqueue({ hang: 'headers' });
    const { runAgent: bobs } = await bob.query(runAgentDocument, { input });
    await step.request;
    const eraser = await server.client('eve', ['users:bob:erase', 'users:read', 'sessions:read']);
    const erased = await eraser.query(eraseUserDocument, { userId: 'bob' });
    expect(erased.eraseUser).toEqual({
      userId: 'bob',
      deletedSessions: 1,
      anonymizedRuns: 1,
      isComplete: true,
    });
    expect(await step.closed).toBe('aborted');
    const gone = await eraser.post(runDocument, { id: bobs?.id ?? '' });
    expect(gone.errors[0]?.extensions.code).toBe('NOT_FOUND');
    const kept = await ann.query(runDocument, { id: guests?.id ?? '' });
    expect(kept).toMatchObject({ run: { output: 'yes', userId: 'ann' } });
    const again = await eraser.query(eraseUserDocument, { userId: 'bob' });
    expect(again.eraseUser).toMatchObject({ deletedSessions: 0, anonymizedRuns: 0, isComplete: true });
    // The key went with the name.
    server.model.enqueue({ text: 'anew' });
    const { runAgent: anew } = await bob.query(runAgentDocument, { input: guest });
    expect(anew).toMatchObject({ replayed: false, output: 'anew' });
  });

  it.each<[string[], string, boolean]>([
    [['users:bob:erase'], 'bob', true],
    [['users:erase'], 'bob', true],
    [['users:*:erase'], 'a:b', true],
    [['agent_os:admin'], 'a:b', true],
    [['users:bob:erase'], 'ann', false],
    [['users:bob:read', 'users:bob:act', 'users:act'], 'bob', false],
    [['users:a:erase', 'users:b:erase'], 'a:b', false],
    [['users:erase'], '', false],
  ])('with %j of %j is allowed: %s', async (scopes, userId, isAllowed) => {
    await using server = await startTestApp({ kind, definition });
    const client = await server.client('eve', scopes);
    const { data, errors } = await client.post(eraseUserDocument, { userId });
    if (isAllowed) expect(data).toMatchObject({ eraseUser: { userId } });
    else expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
