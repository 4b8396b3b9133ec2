import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ConflictError, MissingScopeError, NotFoundError } from '../../src/errors.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { type RunRequest, submitRun } from '../../src/run/submit-run.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { deleteSession, listSessions } from '../../src/store/session.ts';
import { StoreFixture } from '../store/store-fixture.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';

function caller(id: string, ...scopes: string[]) {
  return { id, grants: new GrantSet(['agents:run', ...scopes]) };
}

describe.each(DATABASE_KINDS)('submitting a run on %s', (kind) => {
  let database: TestDatabase;
  let store: StoreFixture;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    store = new StoreFixture(database);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const submit = (request: Partial<RunRequest> & Pick<RunRequest, 'starter'>) =>
    submitRun(
      { db: database.db, dispatch: { enqueue: async () => undefined } },
      {
        agentId: 'bot',
        message: 'hello',
        sessionId: null,
        runId: null,
        now: new Date(),
        ...request,
      },
    );

  it('sent many times at once under one id makes one run and one session', async () => {
    const request = { starter: caller('dora'), runId: uuidV7() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit(request)));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
    const { rows } = await listSessions(database.db, ['dora'], { page: {} });
    expect(rows.map(({ id }) => id)).toEqual([answers[0]?.run.sessionId]);
  });

  it('in a session belongs to its owner, and keeps who started it and what that one may', async () => {
    const session = await store.session({ agentId: 'bot', owner: 'ann' });
    const starter = caller('bob', 'users:ann:read', 'users:ann:act');
    const { run } = await submit({ starter, sessionId: session.id });
    expect(run).toMatchObject({ owner: 'ann', startedBy: 'bob', scopes: starter.grants.scopes });
  });

  it('is answered again only for those who could still ask for it', async () => {
    const session = await store.session({ agentId: 'bot', owner: 'ann' });
    const request = { sessionId: session.id, runId: uuidV7() };
    const starter = caller('bob', 'users:ann:read', 'users:ann:act');
    const { run } = await submit({ ...request, starter });
    expect(await submit({ ...request, starter })).toEqual({ run, replayed: true });
    await expect(submit({ ...request, starter: caller('bob') })).rejects.toBeInstanceOf(NotFoundError);
    const reader = caller('bob', 'users:ann:read');
    await expect(submit({ ...request, starter: reader })).rejects.toBeInstanceOf(MissingScopeError);
  });

  it.each<[string, Partial<RunRequest>]>([
    ['another message', { message: 'other' }],
    ['another agent', { agentId: 'other' }],
    ['a session', { sessionId: uuidV7() }],
    ['another caller', { starter: caller('eve', 'agent_os:admin') }],
  ])('under a used id with %s is a ConflictError', async (_, change) => {
    const request = { starter: caller('ann'), runId: uuidV7() };
    await submit(request);
    await expect(submit({ ...request, ...change })).rejects.toBeInstanceOf(ConflictError);
  });

  it.each<[string, string[], unknown]>([
    ['somebody else without rights', [], NotFoundError],
    ['one who may act and not read', ['users:ann:act'], NotFoundError],
    ['a reader', ['users:ann:read'], MissingScopeError],
    ['a reader of all who may act for another', ['users:read', 'users:carl:act'], MissingScopeError],
  ])('in a session of ann by %s is refused', async (_, scopes, expected) => {
    const session = await store.session({ agentId: 'bot', owner: 'ann' });
    const starter = caller('bob', ...scopes);
    await expect(submit({ starter, sessionId: session.id })).rejects.toBeInstanceOf(expected);
  });

  it("in another agent's session is a ConflictError, in a deleted one a NotFoundError", async () => {
    const session = await store.session({ agentId: 'other', owner: 'ann' });
    const request = { starter: caller('ann'), sessionId: session.id };
    await expect(submit(request)).rejects.toBeInstanceOf(ConflictError);
    await deleteSession(database.db, 'all', session.id);
    await expect(submit(request)).rejects.toBeInstanceOf(NotFoundError);
  });
});
