import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { type AgentDefinition, defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { defineTool, type Tool, type ToolEffect } from '../../src/agent/tool.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { cancelRunDocument, runAgentDocument, runDocument, runEventsDocument } from '../_util/documents.ts';
import { graphql } from '../_util/generated/gql.ts';
import { type RunAgentInput, type RunPartsFragment } from '../_util/generated/graphql.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';

function appOf(definition: Partial<AgentDefinition>) {
  return defineApp({
    id: 'test',
    name: 'Test',
    agents: [defineAgent({ id: 'bot', name: 'Bot', ...definition })],
  });
}

/** A tool whose call is announced and which ends only when its signal aborts, or never. */
function waitingTool({
  heedsSignal = true,
  effect = 'read',
}: { heedsSignal?: boolean; effect?: ToolEffect } = {}) {
  const called = Promise.withResolvers<void>();
  const tool = defineTool({
    name: 'wait',
    description: 'Waits.',
    parameters: z.object({}),
    effect,
    run: (_args, { signal }) => {
      called.resolve();
      return new Promise((_resolve, reject) => {
        if (heedsSignal) signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    },
  });
  return { tool, called: called.promise };
}

async function run(client: TestClient, input: Partial<RunAgentInput>): Promise<RunPartsFragment> {
  const answer = await client.query(runAgentDocument, {
    input: { agentId: 'bot', message: 'hello', ...input },
  });
  if (!answer.runAgent) throw new Error('The run was refused.');
  return answer.runAgent;
}

async function refusal(client: TestClient, input: Partial<RunAgentInput>) {
  const { errors } = await client.post(runAgentDocument, {
    input: { agentId: 'bot', message: 'hello', ...input },
  });
  return errors[0]?.extensions;
}

async function cancel(client: TestClient, runId: string): Promise<RunPartsFragment | null | undefined> {
  return (await client.query(cancelRunDocument, { runId })).cancelRun;
}

/** Returns when the run has shown an event of that type. */
async function shown(client: TestClient, runId: string, type: string): Promise<void> {
  for await (const { data } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (data?.runEvents.__typename === type) return;
  }
  throw new Error(`The run ended without ${type}.`);
}

/** Returns when the run is over. */
async function ended(client: TestClient, runId: string): Promise<RunPartsFragment | null | undefined> {
  for await (const { errors } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
  }
  return (await client.query(runDocument, { id: runId })).run;
}

describe.each(DATABASE_KINDS)('runs on %s', (kind) => {
  async function start(
    options: TestAppOptions = {},
  ): Promise<{ server: TestApp; client: TestClient } & AsyncDisposable> {
    const server = await startTestApp({ kind, definition: appOf({}), ...options });
    const client = await server.client('ann', ['agents:bot:run', 'sessions:read']);
    return { server, client, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }

  describe('cancelling', () => {
    it('aborts the model request in the middle of its answer and keeps the text so far', async () => {
      await using context = await start();
      const step = context.server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
      const { id } = await run(context.client, { background: true });
      await shown(context.client, id, 'TextDelta');
      const over = await cancel(context.client, id);
      expect(over).toMatchObject({ id, status: 'CANCELLED', error: null });
      expect('one two three').toContain(over?.output);
      expect(over?.output).not.toBe('');
      expect(await step.closed).toBe('aborted');
      expect(await cancel(context.client, id)).toEqual(over);
    });

    it('aborts a model request that has not answered yet', async () => {
      await using context = await start({ steps: [{ hang: 'headers' }] });
      const { id } = await run(context.client, { background: true });
      await context.server.model.requestStarted(0);
      expect(await cancel(context.client, id)).toMatchObject({ status: 'CANCELLED', output: '' });
      expect(await context.server.model.requestClosed(0)).toBe('aborted');
    });

    it('aborts a tool that heeds its signal', async () => {
      const { tool, called } = waitingTool();
      await using context = await start({ definition: appOf({ tools: [tool] }) });
      context.server.model.enqueue({ toolCalls: [{ name: 'wait', arguments: {} }] });
      const { id } = await run(context.client, { background: true });
      await called;
      const over = await cancel(context.client, id);
      expect(over).toMatchObject({ status: 'CANCELLED', toolCalls: [{ status: 'CANCELLED' }] });
    });

    it('abandons a tool that does not; it may have happened, so its outcome is UNKNOWN', async () => {
      const { tool, called } = waitingTool({ heedsSignal: false, effect: 'once' });
      await using context = await start({ definition: appOf({ tools: [tool] }) });
      context.server.model.enqueue({ toolCalls: [{ name: 'wait', arguments: {} }] });
      const { id } = await run(context.client, { background: true });
      await called;
      expect(await cancel(context.client, id)).toMatchObject({
        status: 'CANCELLED',
        toolCalls: [{ status: 'UNKNOWN' }],
      });
    });

    it('ends a queued run at once, before its turn', async () => {
      await using context = await start();
      const step = context.server.model.enqueue({ text: 'one two', pauseBefore: 1 });
      const first = await run(context.client, { background: true });
      await step.paused;
      const second = await run(context.client, { background: true, sessionId: first.sessionId });
      expect(second.status).toBe('QUEUED');
      const over = await cancel(context.client, second.id);
      expect(over).toMatchObject({ status: 'CANCELLED', attempt: 0, lastSeq: 1, startedAt: null });
      step.release();
      expect(await ended(context.client, first.id)).toMatchObject({ status: 'COMPLETED' });
      expect(context.server.model.requests).toHaveLength(1);
    });

    it('is not for those who may only read the run', async () => {
      await using context = await start();
      const step = context.server.model.enqueue({ text: 'one two', pauseBefore: 1 });
      const { id } = await run(context.client, { background: true });
      const reader = await context.server.client('bob', ['agents:bot:run', 'users:ann:read']);
      const { errors } = await reader.post(cancelRunDocument, { runId: id });
      expect(errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN', requiredScopes: [['users:ann:act']] } },
      ]);
      const stranger = await context.server.client('eve', ['agents:bot:run']);
      const unknown = await stranger.post(cancelRunDocument, { runId: id });
      expect(unknown.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
      step.release();
      expect(await ended(context.client, id)).toMatchObject({ status: 'COMPLETED' });
    });
  });

  describe('waiting', () => {
    it('answers with the run as it is when the time is up', async () => {
      await using context = await start();
      const step = context.server.model.enqueue({ text: 'one two', pauseBefore: 1 });
      const waited = await run(context.client, { waitSeconds: 1 });
      expect(waited).toMatchObject({ status: 'RUNNING', output: null });
      step.release();
      expect(await ended(context.client, waited.id)).toMatchObject({
        status: 'COMPLETED',
        output: 'one two',
      });
    });

    it('leaves the run alone when the caller goes away', async () => {
      await using context = await start();
      const step = context.server.model.enqueue({ text: 'one two', pauseBefore: 1 });
      const runId = uuidV7();
      const gone = new AbortController();
      const request = fetch(`${context.server.app.url}/graphql`, {
        method: 'POST',
        signal: gone.signal,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${context.client.token}` },
        body: JSON.stringify({
          query: String(runAgentDocument),
          variables: { input: { agentId: 'bot', message: 'hello', runId } },
        }),
      });
      await step.paused;
      gone.abort();
      await expect(request).rejects.toThrow('abort');
      step.release();
      expect(await ended(context.client, runId)).toMatchObject({ status: 'COMPLETED' });
    });
  });

  describe('a run id of the caller', () => {
    it('with the same input answers the same run, with another one is a CONFLICT', async () => {
      await using context = await start({ echo: true });
      const runId = uuidV7();
      const first = await run(context.client, { runId });
      expect(first).toMatchObject({ id: runId, replayed: false });
      const again = await run(context.client, { runId: runId.toUpperCase() });
      expect(again).toEqual({ ...first, replayed: true });
      expect(await refusal(context.client, { runId, message: 'other' })).toMatchObject({ code: 'CONFLICT' });
      const other = await context.server.client('bob', ['agents:bot:run']);
      expect(await refusal(other, { runId })).toMatchObject({ code: 'CONFLICT' });
      expect(context.server.model.requests).toHaveLength(1);
    });

    it('sent many times at once starts one run', async () => {
      await using context = await start({ echo: true });
      const runId = uuidV7();
      const runs = await Promise.all(Array.from({ length: 8 }, () => run(context.client, { runId })));
      expect(runs.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(new Set(runs.map(({ id, sessionId, output }) => `${id} ${sessionId} ${output}`)).size).toBe(1);
      expect(context.server.model.requests).toHaveLength(1);
    });
  });

  describe('one session', () => {
    it('runs one after the other, in the order of acceptance, and loses none', async () => {
      await using context = await start({ echo: true });
      const { sessionId } = await run(context.client, { message: 'first' });
      const messages = Array.from({ length: 6 }, (_, index) => `message ${index}`);
      const runs = await Promise.all(messages.map((message) => run(context.client, { message, sessionId })));
      expect(runs.map(({ output }) => output)).toEqual(messages);
      const spans = runs.map(({ startedAt, finishedAt }) => [
        Date.parse(startedAt ?? ''),
        Date.parse(finishedAt ?? ''),
      ]);
      const inOrder = spans.toSorted(([a = 0], [b = 0]) => a - b);
      for (const [index, [begin = 0]] of inOrder.entries()) {
        expect(begin).toBeGreaterThanOrEqual(inOrder[index - 1]?.[1] ?? 0);
      }
      // Each run was told of all that went before it.
      const sizes = context.server.model.requests.map(({ body }) => body.messages.length);
      expect(sizes).toEqual([1, 3, 5, 7, 9, 11, 13]);
    });

    it('tells the model what was cancelled, failed and called before', async () => {
      const echo: Tool = defineTool({
        name: 'echo',
        description: 'Echoes.',
        parameters: z.object({ text: z.string() }),
        effect: 'read',
        run: ({ text }) => text,
      });
      await using context = await start({ definition: appOf({ tools: [echo] }) });
      const { model } = context.server;
      model.enqueue({ toolCalls: [{ name: 'echo', arguments: { text: 'hi' }, id: 'vendor-1' }] });
      model.enqueue({ text: 'It said hi.' });
      const { sessionId } = await run(context.client, { message: 'use the tool' });
      model.enqueue({ status: 400, body: 'vendor words' });
      const failed = await run(context.client, { message: 'now fail', sessionId });
      expect(failed).toMatchObject({ status: 'FAILED', error: { code: 'MODEL_ERROR' } });
      expect(JSON.stringify(failed)).not.toContain('vendor words');
      model.enqueue({ text: 'a long answer', pauseBefore: 2 });
      const { id } = await run(context.client, { message: 'now be cancelled', sessionId, background: true });
      await shown(context.client, id, 'TextDelta');
      const { output } = (await cancel(context.client, id)) ?? {};
      model.enqueue({ text: 'Fine.' });
      await run(context.client, { message: 'and now?', sessionId });
      expect(model.requests.at(-1)?.body.messages).toMatchObject([
        { role: 'user', content: 'use the tool' },
        { role: 'assistant', tool_calls: [{ id: 'vendor-1', function: { name: 'echo' } }] },
        { role: 'tool', tool_call_id: 'vendor-1', content: 'hi' },
        { role: 'assistant', content: 'It said hi.' },
        { role: 'user', content: 'now fail' },
        { role: 'assistant', content: '[No answer: the run failed.]' },
        { role: 'user', content: 'now be cancelled' },
        { role: 'assistant', content: `${output}\n\n[This answer was cancelled here.]` },
        { role: 'user', content: 'and now?' },
      ]);
    });

    it('sends only as much of the past as fits', async () => {
      await using context = await start({
        echo: true,
        definition: appOf({ limits: { maxHistoryTokens: 60 } }),
      });
      const { sessionId } = await run(context.client, { message: 'x'.repeat(400) });
      for (const message of ['one', 'two', 'three']) await run(context.client, { message, sessionId });
      const contents = context.server.model.requests.at(-1)?.body.messages.map(({ content }) => content);
      expect(contents).toEqual(['one', 'one', 'two', 'two', 'three']);
    });

    it("somebody else's is not found, another agent's is a CONFLICT", async () => {
      const definition = defineApp({
        id: 'test',
        name: 'Test',
        agents: ['bot', 'other'].map((id) => defineAgent({ id, name: id })),
      });
      await using context = await start({ echo: true, definition });
      const { sessionId } = await run(context.client, {});
      const both = await context.server.client('ann', ['agents:run']);
      expect(await refusal(both, { agentId: 'other', sessionId })).toMatchObject({ code: 'CONFLICT' });
      const stranger = await context.server.client('eve', ['agents:run']);
      expect(await refusal(stranger, { sessionId })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await refusal(stranger, { sessionId: 'no uuid' })).toMatchObject({ code: 'NOT_FOUND' });
      const reader = await context.server.client('bob', ['agents:run', 'users:ann:read']);
      expect(await refusal(reader, { sessionId })).toMatchObject({
        code: 'FORBIDDEN',
        requiredScopes: [['users:ann:act']],
      });
      const actor = await context.server.client('carl', ['agents:run', 'users:ann:read', 'users:ann:act']);
      expect(await run(actor, { sessionId })).toMatchObject({ userId: 'ann', status: 'COMPLETED' });
    });
  });

  describe('limits', () => {
    it('on model calls end the run EXPIRED', async () => {
      const noop = defineTool({
        name: 'noop',
        description: 'No-op.',
        parameters: z.object({}),
        effect: 'read',
        run: () => 'ok',
      });
      await using context = await start({
        definition: appOf({ tools: [noop], limits: { maxModelCalls: 2 } }),
      });
      context.server.model.enqueue({ text: 'once', toolCalls: [{ name: 'noop', arguments: {} }] });
      context.server.model.enqueue({ text: 'twice', toolCalls: [{ name: 'noop', arguments: {} }] });
      expect(await run(context.client, {})).toMatchObject({
        status: 'EXPIRED',
        output: 'twice',
        error: { code: 'LIMIT' },
        metrics: { modelCalls: 2, toolCalls: 1 },
      });
    });

    it('on time end the run EXPIRED and close the model request', async () => {
      await using context = await start({
        definition: appOf({ limits: { maxSeconds: 2 } }),
        steps: [{ text: 'one two three', pauseBefore: 2 }],
        allowLeftOver: true,
      });
      const over = await run(context.client, {});
      expect(over).toMatchObject({ status: 'EXPIRED', error: { code: 'TIMEOUT' } });
      expect(await context.server.model.requestClosed(0)).toBe('aborted');
    });

    it('on runs at once make the others wait, and all come to their end', async () => {
      let running = 0;
      let most = 0;
      const busy = defineTool({
        name: 'busy',
        description: 'Counts who is in it.',
        parameters: z.object({}),
        effect: 'read',
        async run() {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => {
            setImmediate(resolve);
          });
          running -= 1;
          return 'done';
        },
      });
      await using context = await start({
        definition: appOf({ tools: [busy] }),
        env: { AMBIT_MAX_RUNS: '2' },
      });
      for (let index = 0; index < 12; index += 1) {
        context.server.model.enqueue({
          respond: ({ body }) =>
            body.messages.at(-1)?.role === 'tool'
              ? { text: 'done' }
              : { toolCalls: [{ name: 'busy', arguments: {} }] },
        });
      }
      const runs = await Promise.all(Array.from({ length: 6 }, () => run(context.client, {})));
      expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'COMPLETED'));
      expect(most).toBeLessThanOrEqual(2);
    });
  });

  it("a tool's scope keeps it from the model when the caller lacks it", async () => {
    const tools = [
      defineTool({
        name: 'open',
        description: 'Open.',
        parameters: z.object({}),
        effect: 'read',
        run: () => 'open',
      }),
      defineTool({
        name: 'secret',
        description: 'Secret.',
        parameters: z.object({}),
        scope: 'vault:read',
        effect: 'read',
        run: () => 'the secret',
      }),
    ];
    await using context = await start({ definition: appOf({ tools }) });
    const { model } = context.server;
    const toolNames = (index: number): unknown =>
      model.requests[index]?.body.tools?.map(({ function: { name } }) => name);
    model.enqueue({
      toolCalls: [{ name: 'secret', arguments: {} }],
    });
    model.enqueue({ text: 'I may not.' });
    const poor = await run(context.client, {});
    expect(toolNames(0)).toEqual(['open']);
    expect(poor.toolCalls).toMatchObject([{ status: 'FAILED', result: null }]);
    const rich = await context.server.client('bob', ['agents:bot:run', 'vault:read']);
    model.enqueue({ text: 'Hello.' });
    await run(rich, {});
    expect(toolNames(2)).toEqual(['open', 'secret']);
  });

  it('a list of runs is filtered, paged and owned', async () => {
    await using context = await start({ echo: true });
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.unshift((await run(context.client, {})).id);
    const other = await context.server.client('bob', ['agents:bot:run', 'sessions:read']);
    await run(other, {});
    const document = graphql(`
      query Runs($agentId: ID, $userId: ID, $status: [RunStatus!], $first: Int, $after: String) {
        runs(agentId: $agentId, userId: $userId, status: $status, first: $first, after: $after) {
          edges {
            node {
              id
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    `);
    const page = async (variables: object) => (await context.client.query(document, variables)).runs;
    const first = await page({ first: 3 });
    expect(first?.edges.map(({ node }) => node.id)).toEqual(ids.slice(0, 3));
    expect(first?.pageInfo.hasNextPage).toBe(true);
    const second = await page({ first: 3, after: first?.pageInfo.endCursor });
    expect(second?.edges.map(({ node }) => node.id)).toEqual(ids.slice(3));
    expect(second?.pageInfo.hasNextPage).toBe(false);
    expect((await page({ status: ['FAILED'] }))?.edges).toEqual([]);
    expect((await page({ agentId: 'nobody' }))?.edges).toEqual([]);
    const foreign = await context.client.post(document, { userId: 'bob' });
    expect(foreign.status).toBe(403);
    expect(foreign.errors[0]?.extensions['requiredScopes']).toContainEqual(['users:bob:read']);
    const tooMany = await context.client.post(document, { first: 101 });
    expect(tooMany.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'first' } }]);
    const runner = await context.server.client('ann', ['agents:bot:run']);
    expect((await runner.query(document, { agentId: 'bot' })).runs?.edges).toHaveLength(5);
    expect((await runner.post(document)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});
