import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { ToolError } from '../../src/errors.ts';
import { runDocument, runEventsDocument } from '../_util/documents.ts';
import { type RunEventsSubscription } from '../_util/generated/graphql.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { startRun } from '../_util/start-run.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';

type RunEvent = RunEventsSubscription['runEvents'];

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  effect: 'read',
  run: ({ a, b }) => ({ sum: a + b }),
});

const fail = defineTool({
  name: 'fail',
  description: 'Fails.',
  parameters: z.object({ how: z.enum(['told', 'hidden']) }),
  run({ how }) {
    throw how === 'told' ? new ToolError('No such file.') : new Error('postgres://user:secret@host');
  },
});

const definition = defineApp({
  id: 'test',
  name: 'Test',
  agents: [defineAgent({ id: 'calculator', name: 'Calculator', tools: [add, fail] })],
});

async function startCalculator(client: TestClient, message: string): Promise<string> {
  return (await startRun(client, { agentId: 'calculator', message })).id;
}

/** Reads until `enough` says so, or to the end. */
async function read(
  client: TestClient,
  cursor: { runId: string; after?: number },
  enough: (event: RunEvent) => boolean = () => false,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const { data, errors } of client.subscribe(runEventsDocument, { after: 0, ...cursor })) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    if (!data) continue;
    events.push(data.runEvents);
    if (enough(data.runEvents)) break;
  }
  return events;
}

function textOf(events: readonly RunEvent[]): string {
  return events.map((event) => (event.__typename === 'TextDelta' ? event.delta : '')).join('');
}

describe.each(DATABASE_KINDS)('the events of a run on %s', (kind) => {
  async function start(options = {}): Promise<{ server: TestApp; client: TestClient } & AsyncDisposable> {
    const server = await startTestApp({ kind, definition, ...options });
    const client = await server.client('ann', ['agents:calculator:run']);
    return { server, client, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }

  it('the first text arrives while the model is still writing', async () => {
    await using context = await start();
    const step = context.server.model.enqueue({ text: 'one two three four', pauseBefore: 2 });
    const runId = await startCalculator(context.client, 'count');
    // The model stands still in the middle of its answer: what arrives now arrives before it has finished.
    await step.paused;
    const early = await read(context.client, { runId }, (event) => event.__typename === 'TextDelta');
    expect(early.map((event) => event.__typename)).toEqual(['RunStarted', 'TextDelta']);
    step.release();
    const all = await read(context.client, { runId });
    expect(textOf(all)).toBe('one two three four');
    expect(all.at(-1)).toMatchObject({
      __typename: 'RunFinished',
      run: { status: 'COMPLETED', output: textOf(all) },
    });
  });

  it('tool calls are events, their results go to the model, and RunFinished is last and once', async () => {
    await using context = await start();
    const { model } = context.server;
    model.enqueue({
      text: 'Let me see. ',
      toolCalls: [
        { name: 'add', arguments: { a: 1, b: 2 } },
        { name: 'add', arguments: { a: 'x' } },
        { name: 'fail', arguments: { how: 'told' } },
        { name: 'fail', arguments: { how: 'hidden' } },
        { name: 'nothing', arguments: {} },
      ],
      usage: { inputTokens: 10, outputTokens: 5 },
    });
    model.enqueue({ text: 'It is 3.', usage: { inputTokens: 20, outputTokens: 4 } });
    const runId = await startCalculator(context.client, 'what is 1 + 2?');
    const events = await read(context.client, { runId });

    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.filter((event) => event.__typename === 'RunFinished')).toHaveLength(1);
    expect(events.at(-1)?.__typename).toBe('RunFinished');
    const finished = events.flatMap((event) =>
      event.__typename === 'ToolCallFinished' ? [event.toolCall] : [],
    );
    expect(finished.toSorted((a, b) => Number(a.error !== null) - Number(b.error !== null))).toMatchObject([
      { name: 'add', arguments: { a: 1, b: 2 }, result: { sum: 3 }, error: null, status: 'COMPLETED' },
      { name: expect.any(String), result: null, status: 'FAILED' },
      { name: expect.any(String), result: null, status: 'FAILED' },
      { name: expect.any(String), result: null, status: 'FAILED' },
      { name: expect.any(String), result: null, status: 'FAILED' },
    ]);
    const errors = finished.map(({ name, error }) => `${name}: ${error}`);
    expect(errors).toContain('fail: No such file.');
    expect(errors).toContain('fail: The tool failed.');
    expect(errors).toContain('nothing: There is no tool called "nothing".');
    expect(JSON.stringify(events)).not.toContain('secret');

    const { run } = await context.client.query(runDocument, { id: runId });
    expect(run?.toolCalls.map(({ id }) => id).toSorted()).toEqual(finished.map(({ id }) => id).toSorted());
    expect(new Set(finished.map(({ id }) => id)).size).toBe(5);
    expect(run?.metrics).toMatchObject({
      inputTokens: 30,
      outputTokens: 9,
      totalTokens: 39,
      modelCalls: 2,
      toolCalls: 5,
    });

    const answers = model.requests[1]?.body.messages.slice(-5);
    expect(answers?.map(({ role }) => role)).toEqual(Array.from({ length: 5 }, () => 'tool'));
    expect(answers?.[0]?.content).toBe('{"sum":3}');
  });

  it('a reader that reconnects with its cursor, and a second reader, see the same events', async () => {
    await using context = await start();
    const step = context.server.model.enqueue({ text: 'a b c d e f g h', pauseBefore: 4 });
    const runId = await startCalculator(context.client, 'letters');
    await step.paused;
    const second = await context.server.client('ann', ['agents:calculator:read']);
    const before = await read(context.client, { runId }, (event) => event.__typename === 'TextDelta');
    const live = read(second, { runId });
    step.release();
    const whole = await live;
    const after = await read(context.client, { runId, after: before.at(-1)?.seq ?? 0 });
    expect([...before, ...after]).toEqual(whole);
    expect(await read(second, { runId })).toEqual(whole);
    const lastSeq = whole.at(-1)?.seq ?? 0;
    for (let cursor = 0; cursor <= lastSeq; cursor += 1) {
      expect(await read(second, { runId, after: cursor })).toEqual(whole.slice(cursor));
    }
  });

  it('a cursor below 0 or beyond the end of an ended run is BAD_USER_INPUT', async () => {
    await using context = await start({ echo: true });
    const runId = await startCalculator(context.client, 'hi');
    const events = await read(context.client, { runId });
    for (const after of [-1, events.length + 1]) {
      const results = context.client.subscribe(runEventsDocument, { runId, after });
      const { value } = await results.next();
      expect(value).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'after' } }] });
    }
  });

  it("somebody else's run is not found, whatever they hold short of users:read", async () => {
    await using context = await start({ echo: true });
    const runId = await startCalculator(context.client, 'hi');
    await read(context.client, { runId });
    const other = await context.server.client('bob', ['sessions:read', 'agents:run', 'agents:read']);
    const refused = await other.post(runDocument, { id: runId });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    await expect(read(other, { runId })).rejects.toThrow('NOT_FOUND');
    const auditor = await context.server.client('carl', ['sessions:read', 'users:ann:read']);
    expect((await read(auditor, { runId })).length).toBeGreaterThan(2);
    const nobody = await context.server.client('dora', ['config:read']);
    await expect(read(nobody, { runId })).rejects.toThrow('FORBIDDEN');
  });

  it('a server that stops cuts its readers off with 1001, and tells none of them that the run is over', async () => {
    await using context = await start();
    const step = context.server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const runId = await startCalculator(context.client, 'hi');
    const authorization = `Bearer ${context.client.token}`;
    await using socket = await SocketClient.ready(`${context.server.app.url}/graphql`, { authorization });
    socket.subscribe('1', `subscription { runEvents(runId: "${runId}") { type: __typename } }`);
    const messages: unknown[] = [(await socket.next()).type];
    const types = (async () => {
      for (;;) messages.push((await socket.next()).type);
    })();
    await step.paused;
    await context.server.app.stop();
    await expect(types).rejects.toThrow('1001');
    expect(new Set(messages)).toEqual(new Set(['next']));
  });

  it('many readers of many runs, some slow, some coming late, miss nothing', async () => {
    await using context = await start({ tokens: 300 });
    const runIds = await Promise.all(Array.from({ length: 8 }, () => startCalculator(context.client, 'go')));
    const readers = await Promise.all(
      Array.from({ length: 3 }, () => context.server.client('ann', ['agents:run'])),
    );
    const logs = await Promise.all(
      runIds.flatMap((runId) => readers.map((reader) => read(reader, { runId }))),
    );
    for (const [index, log] of logs.entries()) {
      expect(log).toEqual(await read(context.client, { runId: runIds[Math.floor(index / 3)] ?? '' }));
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_event, place) => place + 1));
    }
  });
});
