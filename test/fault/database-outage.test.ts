import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';

import { type AgentDefinition, defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { TcpProxy } from '../store/tcp-proxy.ts';
import { cancelRunDocument, runAgentDocument, runDocument, runEventsDocument } from '../_util/documents.ts';
import { type RunEventsSubscription, type RunPartsFragment } from '../_util/generated/graphql.ts';
import { startRun } from '../_util/start-run.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';
import { createTestDatabase } from '../_util/test-database.ts';

type RunEvent = RunEventsSubscription['runEvents'];

const UNAVAILABLE = [{ message: 'The database is not available.', extensions: { code: 'UNAVAILABLE' } }];
const SCOPES = ['agents:bot:run', 'sessions:read', 'sessions:write', 'sessions:delete'];

interface Outage extends AsyncDisposable {
  readonly server: TestApp;
  readonly client: TestClient;
  readonly proxy: TcpProxy;
  /** Straight to the same database. */
  startAnother(): Promise<TestApp>;
  /** Cuts the database off; returns when the server has noticed. */
  cut(): Promise<void>;
}

/** A server whose Postgres stands behind a proxy. */
async function start(agent: Partial<AgentDefinition> = {}): Promise<Outage> {
  await using resources = new AsyncDisposableStack();
  const definition = defineApp({
    id: 'test',
    name: 'Test',
    agents: [defineAgent({ id: 'bot', name: 'Bot', ...agent })],
  });
  const database = resources.use(await createTestDatabase('postgres'));
  const url = database.config.url ?? '';
  const proxy = resources.use(await TcpProxy.to(url));
  const server = resources.use(
    await startTestApp({ definition, allowLeftOver: true, env: { DATABASE_URL: proxy.through(url) } }),
  );
  const client = await server.client('ann', SCOPES);
  const moved = resources.move();
  return {
    server,
    client,
    proxy,
    startAnother: async () =>
      moved.use(await startTestApp({ definition, echo: true, env: { DATABASE_URL: url } })),
    async cut() {
      proxy.refuse();
      while ((await health(client)) !== 'degraded');
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

async function health(client: TestClient): Promise<unknown> {
  const { data } = await client.post<{ health: { status: string } }, object>('{ health { status } }');
  return data?.health.status;
}

/** Reads until `enough` says so, or to the end. */
async function read(
  client: TestClient,
  runId: string,
  enough: (event: RunEvent) => boolean = () => false,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const { data, errors } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    if (data) events.push(data.runEvents);
    if (data && enough(data.runEvents)) break;
  }
  return events;
}

async function find(client: TestClient, id: string): Promise<RunPartsFragment | null | undefined> {
  return (await client.query(runDocument, { id })).run;
}

function textOf(events: readonly RunEvent[]): string {
  return events.map((event) => (event.__typename === 'TextDelta' ? event.delta : '')).join('');
}

function expectWhole(events: readonly RunEvent[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
  const ends = events.filter(({ __typename }) => __typename === 'RunFinished');
  expect(ends).toEqual(events.slice(-1));
}

describe.runIf(inject('postgres') !== null)('a database that goes away', () => {
  it('before a run is stored: UNAVAILABLE everywhere, and afterwards the same request works', async () => {
    await using outage = await start();
    const { client, server } = outage;
    await outage.cut();
    const input = { agentId: 'bot', message: 'hello', runId: uuidV7() };
    const refused = await client.post(runAgentDocument, { input });
    expect(refused.errors).toMatchObject(UNAVAILABLE);
    for (const document of [
      '{ sessions { pageInfo { hasNextPage } } }',
      '{ runs { pageInfo { hasNextPage } } }',
    ]) {
      const answer = await client.post(document);
      expect(answer.errors).toMatchObject(UNAVAILABLE);
      expect(JSON.stringify(answer)).not.toMatch(/ECONN|127\.0\.0\.1|node_modules/);
    }
    outage.proxy.pass();
    server.model.enqueue({ text: 'Hi.' });
    const { runAgent } = await client.query(runAgentDocument, { input });
    expect(runAgent).toMatchObject({ status: 'COMPLETED', output: 'Hi.' });
    expect(server.model.requests).toHaveLength(1);
  });

  it('in the middle of an answer: the run goes on, and its readers and those who wait get all of it', async () => {
    await using outage = await start();
    const { client, server } = outage;
    const step = server.model.enqueue({ text: 'one two three four five', pauseBefore: 2 });
    const runId = uuidV7();
    const waited = client.post(runAgentDocument, { input: { agentId: 'bot', message: 'hello', runId } });
    await step.paused;
    const started = Promise.withResolvers<void>();
    const events = read(client, runId, ({ __typename }) => {
      if (__typename === 'TextDelta') started.resolve();
      return false;
    });
    await started.promise;
    await outage.cut();
    step.release();
    // The model has said all, and nothing of it can be stored.
    expect(await step.closed).toBe('finished');
    outage.proxy.pass();
    expect(await waited).toMatchObject({
      data: { runAgent: { status: 'COMPLETED', output: 'one two three four five' } },
    });
    expectWhole(await events);
    expect(textOf(await events)).toBe('one two three four five');
    expect(await read(client, runId)).toEqual(await events);
    expect(server.model.requests).toHaveLength(1);
  });

  it('right after a run was stored: who waits for it gets its end', async () => {
    await using outage = await start();
    const { client, server, proxy } = outage;
    const step = server.model.enqueue({ text: 'Hi.', pauseBefore: 0 });
    const waited = client.post(runAgentDocument, { input: { agentId: 'bot', message: 'hello' } });
    await step.paused;
    await outage.cut();
    step.release();
    expect(await step.closed).toBe('finished');
    proxy.pass();
    expect(await waited).toMatchObject({ data: { runAgent: { status: 'COMPLETED', output: 'Hi.' } } });
  });

  it('while a tool runs: its result is stored and told afterwards, and it is not run again', async () => {
    const called = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<string>();
    let calls = 0;
    const tool = defineTool({
      name: 'ask',
      description: 'Asks.',
      parameters: z.object({}),
      run: () => {
        calls += 1;
        called.resolve();
        return answered.promise;
      },
    });
    await using outage = await start({ tools: [tool] });
    const { client, server } = outage;
    server.model.enqueue({ toolCalls: [{ name: 'ask', arguments: {} }] });
    server.model.enqueue({ text: 'It said yes.' });
    const { id } = await startRun(client);
    await called.promise;
    await outage.cut();
    answered.resolve('yes');
    expect(await health(client)).toBe('degraded');
    outage.proxy.pass();
    const events = await read(client, id);
    expectWhole(events);
    expect(events.map(({ __typename }) => __typename)).toEqual([
      'RunStarted',
      'ToolCallStarted',
      'ToolCallFinished',
      'TextDelta',
      'RunFinished',
    ]);
    expect(await find(client, id)).toMatchObject({
      status: 'COMPLETED',
      toolCalls: [{ status: 'COMPLETED', result: 'yes' }],
    });
    expect(calls).toBe(1);
  });

  it('when a run is to be cancelled: UNAVAILABLE; afterwards it is cancelled', async () => {
    await using outage = await start();
    const { client, server } = outage;
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id, sessionId } = await startRun(client);
    await read(client, id, ({ __typename }) => __typename === 'TextDelta');
    await outage.cut();
    const refused = await client.post(cancelRunDocument, { runId: id });
    expect(refused.errors).toMatchObject(UNAVAILABLE);
    const kept = await client.post('mutation ($id: ID!) { deleteSession(id: $id) }', { id: sessionId });
    expect(kept.errors).toMatchObject(UNAVAILABLE);
    outage.proxy.pass();
    const { cancelRun } = await client.query(cancelRunDocument, { runId: id });
    expect(cancelRun).toMatchObject({ status: 'CANCELLED' });
    expect(await step.closed).toBe('aborted');
    const events = await read(client, id);
    expectWhole(events);
    expect(textOf(events)).toBe(cancelRun?.output);
  });

  it('when somebody subscribes: the operation ends as UNAVAILABLE, the socket lives on', async () => {
    await using outage = await start();
    const { client, server } = outage;
    server.model.enqueue({ text: 'Hi.' });
    const { id } = await startRun(client);
    const whole = await read(client, id);
    await outage.cut();
    const refused = await Array.fromAsync(client.subscribe(runEventsDocument, { runId: id, after: 0 }));
    expect(refused).toMatchObject([{ errors: UNAVAILABLE }]);
    const [alive] = await Array.fromAsync(client.subscribe('{ health { status } }'));
    expect(alive).toEqual({ data: { health: { status: 'degraded' } } });
    outage.proxy.pass();
    expect(await read(client, id)).toEqual(whole);
  });

  it('while it stops: the server stops all the same, and the next one goes on with the run', async () => {
    await using outage = await start();
    const { client, server } = outage;
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id, sessionId } = await startRun(client);
    const seen = await read(client, id, ({ __typename }) => __typename === 'TextDelta');
    const waiting = await startRun(client, { sessionId, message: 'still there?' });
    await outage.cut();
    await server.app.stop();
    expect(await step.closed).toBe('aborted');
    const next = await outage.startAnother();
    const again = await next.client('ann', SCOPES);
    await read(again, waiting.id);
    expect(await find(again, id)).toMatchObject({ status: 'COMPLETED', output: 'hello' });
    const whole = await read(again, id);
    expectWhole(whole);
    expect(textOf(whole).startsWith(textOf(seen))).toBe(true);
    expect(await find(again, waiting.id)).toMatchObject({ status: 'COMPLETED', output: 'still there?' });
  });

  it('silently, while it stops: the server stops all the same', async () => {
    await using outage = await start();
    const { client, server } = outage;
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id } = await startRun(client);
    await read(client, id, ({ __typename }) => __typename === 'TextDelta');
    outage.proxy.fallSilent();
    await server.app.stop();
    expect(await step.closed).toBe('aborted');
  });
});
