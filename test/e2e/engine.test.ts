import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';

import { type AgentDefinition, defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { startApp } from '../../src/app.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { findRunById } from '../../src/store/run.ts';
import { StoreFixture } from '../store/store-fixture.ts';
import { cancelRunDocument, runAgentDocument, runDocument, runEventsDocument } from '../_util/documents.ts';
import { type RunAgentInput, type RunPartsFragment } from '../_util/generated/graphql.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { startTestApp, type TestAppOptions } from '../_util/test-app.ts';
import { startTestClient, type TestClient } from '../_util/test-client.ts';
import { createTestDatabase } from '../_util/test-database.ts';

const echo = defineTool({
  name: 'echo',
  description: 'Echoes.',
  parameters: z.looseObject({}),
  effect: 'read',
  run: (args) => args,
});

function start(agent: Partial<AgentDefinition> = {}, options: TestAppOptions = {}) {
  const agents = [defineAgent({ id: 'bot', name: 'Bot', ...agent })];
  return startTestApp({ definition: defineApp({ id: 'test', name: 'Test', agents }), ...options });
}

async function run(client: TestClient, input: Partial<RunAgentInput> = {}): Promise<RunPartsFragment> {
  const { runAgent } = await client.query(runAgentDocument, {
    input: { agentId: 'bot', message: 'hello', ...input },
  });
  if (!runAgent) throw new Error('The run was refused.');
  return runAgent;
}

describe('what a model may come up with', () => {
  it('names, ids and arguments of every kind are answered, and the session goes on', async () => {
    await using server = await start({ tools: [echo] });
    const client = await server.client('ann', ['agents:run', 'sessions:read']);
    const deep = `{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`;
    server.model.enqueue({
      toolCalls: [
        { name: 'x'.repeat(100_000), arguments: {} },
        { name: 'a\0b \ud800', arguments: '{"k\\u0000":"\\ud800"}' },
        { name: '', arguments: {} },
        { name: 'echo', arguments: deep },
        { name: 'echo', arguments: 'no json' },
        { name: 'echo', arguments: '{"k\\u0000":"\\ud800","n":1e999}' },
      ].map((call, index) => ({ ...call, id: `call_${index}` })),
    });
    // The same ids again, as endpoints do that count within a turn.
    server.model.enqueue({ toolCalls: [{ name: 'echo', arguments: { again: true }, id: 'call_5' }] });
    server.model.enqueue({ text: 'Done.' });
    const over = await run(client);
    expect(over).toMatchObject({ status: 'COMPLETED', output: 'Done.', metrics: { toolCalls: 7 } });
    expect(over.toolCalls.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 5 }, () => 'FAILED'),
      'COMPLETED',
      'COMPLETED',
    ]);
    expect(over.toolCalls.map(({ result }) => result).slice(5)).toEqual([
      { 'k\ufffd': '\ufffd', n: null },
      { again: true },
    ]);
    for (const { error } of over.toolCalls) expect((error ?? '').length).toBeLessThanOrEqual(8192);
    expect(new Set(over.toolCalls.map(({ id }) => id)).size).toBe(7);
    // The scripted model refuses what OpenAI would refuse.
    server.model.enqueue({ text: 'Still here.' });
    expect(await run(client, { sessionId: over.sessionId })).toMatchObject({ output: 'Still here.' });
    const answers = server.model.requests[3]?.body.messages.filter(({ role }) => role === 'tool');
    expect(answers?.at(-1)).toMatchObject({ tool_call_id: 'call_5', content: '{"again":true}' });
  });

  it('usage that adds up to more than an Int holds is shown as the largest', async () => {
    const most = 2 ** 31 - 1;
    await using server = await start();
    server.model.enqueue({ text: 'Hi.', usage: { inputTokens: most, outputTokens: most } });
    const client = await server.client('ann', ['agents:run']);
    expect((await run(client)).metrics).toMatchObject({ inputTokens: most, totalTokens: most });
  });
});

describe('a sub with a colon', () => {
  it('has its own runs, and is opened to others by the global forms only', async () => {
    await using server = await start({}, { echo: true });
    const owner = await server.client('auth0:x:1', ['agents:run', 'sessions:read']);
    const { id, sessionId } = await run(owner);
    expect(await run(owner, { sessionId })).toMatchObject({ userId: 'auth0:x:1', status: 'COMPLETED' });
    const code = async (...scopes: string[]) => {
      const client = await server.client('bob', ['agents:run', 'sessions:read', ...scopes]);
      const [read, cancelled, acted] = [
        await client.post(runDocument, { id }),
        await client.post(cancelRunDocument, { runId: id }),
        await client.post(runAgentDocument, { input: { agentId: 'bot', message: 'x', sessionId } }),
      ];
      return [read, cancelled, acted].map(({ errors }) => errors[0]?.extensions.code ?? 'ok');
    };
    expect(await code('users:x:read', 'users:auth0:read')).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    expect(await code('users:read')).toEqual(['ok', 'FORBIDDEN', 'FORBIDDEN']);
    expect(await code('users:*:read', 'users:act')).toEqual(['ok', 'ok', 'ok']);
  });
});

describe('a token that expires', () => {
  const env = { JWT_LEEWAY_SECONDS: '0' };

  it('ends the stream with 4403, and the wait with the run as it is; the run goes on', async () => {
    await using server = await start({}, { env, echo: true });
    const step = server.model.enqueue({ text: 'one two', pauseBefore: 1 });
    const token = await server.token('ann', ['agents:run'], 3 / 3600);
    await using client = startTestClient(server.app.url, token);
    const { id, sessionId } = await run(client, { background: true });
    await using socket = await SocketClient.ready(`${server.app.url}/graphql`, {
      authorization: `Bearer ${token}`,
    });
    socket.subscribe('1', String(runEventsDocument), { variables: { runId: id, after: 0 } });
    expect(await socket.next()).toMatchObject({ type: 'next' });
    const waiting = run(client, { sessionId });
    expect((await socket.closed).code).toBe(4403);
    expect(await waiting).toMatchObject({ status: 'QUEUED' });
    step.release();
    const fresh = await server.client('ann', ['agents:run']);
    const types: string[] = [];
    for await (const { data } of fresh.subscribe(runEventsDocument, { runId: id, after: 0 })) {
      types.push(data?.runEvents.__typename ?? '');
    }
    expect(types.at(-1)).toBe('RunFinished');
  });
});

describe('a server that stops', () => {
  it('tells who waits how their runs are', async () => {
    await using server = await start();
    const client = await server.client('ann', ['agents:run']);
    const step = server.model.enqueue({ text: 'one two', pauseBefore: 1 });
    const first = await run(client, { background: true });
    await step.paused;
    const others = [1, 2].map(() => run(client, { sessionId: first.sessionId }));
    const stored = async (): Promise<number> => {
      const list = '{ runs(agentId: "bot") { edges { cursor } } }';
      return (await client.query<{ runs: { edges: unknown[] } }, object>(list)).runs.edges.length;
    };
    while ((await stored()) < 3);
    await server.app.stop();
    for (const other of await Promise.all(others)) expect(other).toMatchObject({ status: 'QUEUED' });
    expect(await step.closed).toBe('aborted');
  });

  it.runIf(inject('postgres') !== null)(
    'and never began, its port being taken, has touched no run that waits',
    async () => {
      await using server = await start();
      await using database = await createTestDatabase('postgres');
      const store = new StoreFixture(database);
      const { id } = await store.queued(await store.session({ agentId: 'bot' }));
      const { config } = server;
      const taken = { ...config.http, port: server.app.port };
      const starting = startApp({
        definition: defineApp({
          id: 'test',
          name: 'Test',
          agents: [defineAgent({ id: 'bot', name: 'Bot' })],
        }),
        config: { ...config, database: database.config, http: taken },
        log: createLogger('silent'),
      });
      await expect(starting).rejects.toThrow('is taken');
      expect(await findRunById(database.db, id)).toMatchObject({ status: 'QUEUED', attempt: 0 });
      expect(server.model.requests).toHaveLength(0);
    },
  );
});
