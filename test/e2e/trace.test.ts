import { createClient } from 'graphql-ws';
import { describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';

import { mintToken } from '../../src/auth/mint-token.ts';
import { readConfig } from '../../src/config.ts';
import { ScopeCatalogue } from '../../src/scope/catalogue.ts';
import { type ReceivedSpan } from '../_util/decode-spans.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../_util/otlp-receiver.ts';
import { printSpans } from '../_util/print-spans.ts';
import { type ScriptedModel, startScriptedModel } from '../_util/scripted-model.ts';
import { startServerProcess } from '../_util/server-process.ts';
import { createTestDatabase } from '../_util/test-database.ts';

const APP = new URL('../fixture/trace-app.ts', import.meta.url).pathname;
const KEY = 'a key for the traces that is long enough';
const SECRET_HEADER = 'collector-secret-77';
/** What the caller sends: a span of its own, sampled. */
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${CALLER}-01`;

interface Scene extends AsyncDisposable {
  readonly collector: OtlpReceiver;
  readonly model: ScriptedModel;
  readonly token: string;
  node(role: 'api' | 'worker', env?: Record<string, string>): ReturnType<typeof startServerProcess>;
}

async function startScene(): Promise<Scene> {
  await using resources = new AsyncDisposableStack();
  const database = resources.use(await createTestDatabase('postgres'));
  const collector = resources.use(await startOtlpReceiver());
  const model = resources.use(await startScriptedModel({ allowLeftOver: true }));
  const env = {
    DATABASE_URL: database.config.url ?? '',
    JWT_VERIFICATION_KEY: KEY,
    OPENAI_BASE_URL: model.baseUrl,
    AMBIT_MODEL: 'test-model',
    AMBIT_LEASE_SECONDS: '2',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${SECRET_HEADER}`,
    LOG_LEVEL: 'debug',
  };
  const { jwt } = readConfig({ JWT_VERIFICATION_KEY: KEY });
  const scopes = ['agents:bot:run', 'sessions:read'];
  const token = await mintToken(jwt, { subject: 'ann', scopes, catalogue: new ScopeCatalogue() });
  const moved = resources.move();
  return {
    collector,
    model,
    token,
    node: async (role, more = {}) =>
      moved.use(
        await startServerProcess({ ...env, AMBIT_ROLE: role, OTEL_SERVICE_NAME: role, ...more }, [APP]),
      ),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

const RUN = `mutation Ask($message: String!, $background: Boolean!) {
  runAgent(input: { agentId: "bot", message: $message, background: $background }) {
    id sessionId status output toolCalls { id result }
  }
}`;

interface Run {
  readonly id: string;
  readonly sessionId: string;
  readonly status: string;
  readonly output: string | null;
  readonly toolCalls: readonly { readonly id: string; readonly result: unknown }[];
}

async function ask(url: string, token: string, variables: object, traceparent = TRACEPARENT): Promise<Run> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, traceparent },
    body: JSON.stringify({ query: RUN, variables }),
  });
  const { data } = (await response.json()) as { data: { runAgent: Run } };
  return data.runAgent;
}

/** Where it was made and what a reader of the trace looks for. */
function tell({ kind, isError, resource, attributes }: ReceivedSpan): string {
  const told = [
    'ambit.run.attempt',
    'ambit.run.status',
    'gen_ai.response.finish_reasons',
    'error.type',
  ].flatMap((name) => (attributes[name] === undefined ? [] : [`${name}=${String(attributes[name])}`]));
  return [`[${kind} at ${String(resource['service.name'])}]`, ...told, ...(isError ? ['ERROR'] : [])].join(
    ' ',
  );
}

const named =
  (name: string) =>
  (spans: readonly ReceivedSpan[]): boolean =>
    spans.some((span) => span.name === name);

describe.runIf(inject('postgres') !== null)('the trace of a run', () => {
  it('goes from the request at one node over the run at another to its tool, and holds nothing of what was said', async () => {
    await using scene = await startScene();
    const { collector, model, token } = scene;
    const [api, worker] = await Promise.all([scene.node('api'), scene.node('worker')]);
    model.enqueue({ toolCalls: [{ name: 'look_up', arguments: { word: 'xyzzy' } }] });
    model.enqueue({ text: 'plugh', usage: { inputTokens: 11, outputTokens: 3 } });
    const run = await ask(api.url, token, { message: 'hush-hush', background: false });
    expect(run).toMatchObject({ status: 'COMPLETED', output: 'plugh' });
    await collector.until((spans) => named('mutation')(spans) && named('invoke_agent Bot')(spans));
    const spans = collector.spans.filter(({ traceId }) => traceId === TRACE);
    expect(printSpans(spans, tell)).toBe(
      [
        `? ${CALLER}`,
        '  mutation [SERVER at api]',
        '    invoke_agent Bot [INTERNAL at worker] ambit.run.attempt=1 ambit.run.status=COMPLETED',
        '      chat test-model [CLIENT at worker] gen_ai.response.finish_reasons=tool_calls',
        '      execute_tool look_up [INTERNAL at worker]',
        '        GET /word [INTERNAL at worker]',
        '      chat test-model [CLIENT at worker] gen_ai.response.finish_reasons=stop',
      ].join('\n'),
    );
    const [mutation, invoked, , tool, , chat] = spans.toSorted((a, b) => Number(a.startNs - b.startNs));
    expect(mutation?.attributes).toEqual({
      'graphql.operation.type': 'mutation',
      'graphql.operation.name': 'Ask',
      'ambit.transport': 'http',
      'ambit.correlation.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const common = {
      'gen_ai.conversation.id': run.sessionId,
      'gen_ai.agent.id': 'bot',
      'gen_ai.agent.name': 'Bot',
      'ambit.run.id': run.id,
    };
    expect(invoked?.attributes).toMatchObject({
      ...common,
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': 'openai',
      'gen_ai.usage.output_tokens': 6,
      'ambit.node.id': expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(tool?.attributes).toEqual({
      ...common,
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'look_up',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': run.toolCalls[0]?.id,
    });
    expect(chat?.attributes).toMatchObject({
      'gen_ai.request.model': 'test-model',
      'gen_ai.response.model': 'test-model',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.usage.input_tokens': 11,
      'gen_ai.usage.output_tokens': 3,
    });
    // What the tool's code sends on.
    expect(run.toolCalls[0]?.result).toEqual({ traceparent: `00-${TRACE}-${tool?.spanId}-01` });
    // The model is another company's.
    expect(model.requests.map(({ headers }) => headers['traceparent'])).toEqual([undefined, undefined]);
    const told = JSON.stringify(collector.spans, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    for (const said of ['hush-hush', 'xyzzy', 'plugh', '"ann"']) expect(told).not.toContain(said);
    // The log of the worker tells the same ids, and not what the collector is told as a secret.
    const lines = worker.output.filter((line) => line.includes('an attempt at a run ended'));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        runId: run.id,
        sessionId: run.sessionId,
        agentId: 'bot',
        attempt: 1,
        traceId: TRACE,
        status: 'COMPLETED',
      },
    ]);
    const operations = api.output.filter((line) => line.includes('an operation ended'));
    expect(operations.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        type: 'mutation',
        operationName: 'Ask',
        code: null,
        traceId: TRACE,
        correlationId: mutation?.attributes['ambit.correlation.id'],
      },
    ]);
    expect(collector.headers['authorization']).toBe(`Bearer ${SECRET_HEADER}`);
    expect([...api.output, ...worker.output].join('\n')).not.toMatch(
      /collector-secret|hush-hush|xyzzy|plugh/,
    );
  });

  it('goes on at another node when one is killed, sends what is left at a stop, and reads a websocket', async () => {
    await using scene = await startScene();
    const { collector, model, token } = scene;
    const [api, first] = await Promise.all([scene.node('api'), scene.node('worker')]);
    model.enqueue({ toolCalls: [{ name: 'look_up', arguments: { word: 'a' } }] });
    const broken = model.enqueue({ text: 'never said to its end', pauseBefore: 2 });
    const { id } = await ask(api.url, token, { message: 'hello', background: true });
    await broken.paused;
    // The span that ended before is sent by then.
    await collector.until(named('execute_tool look_up'));
    await first.end('SIGKILL');
    model.enqueue({ text: 'said again' });
    const second = await scene.node('worker', { OTEL_SERVICE_NAME: 'other worker' });
    await watchOverSocket(api.url, token, id);
    // At once, and not after the batch's second.
    expect(await second.end('SIGTERM')).toBe(0);
    await collector.until((spans) => named('mutation')(spans) && named('subscription')(spans));
    const spans = collector.spans.filter(({ traceId }) => traceId === TRACE);
    const killed = spans.find(({ name }) => name === 'execute_tool look_up')?.parentId;
    expect(printSpans(spans, tell)).toBe(
      [
        `? ${CALLER}`,
        '  mutation [SERVER at api]',
        '    invoke_agent Bot [INTERNAL at other worker] ambit.run.attempt=2 ambit.run.status=COMPLETED',
        '      chat test-model [CLIENT at other worker] gen_ai.response.finish_reasons=stop',
        `? ${killed}`,
        '  chat test-model [CLIENT at worker] gen_ai.response.finish_reasons=tool_calls',
        '  execute_tool look_up [INTERNAL at worker]',
        '    GET /word [INTERNAL at worker]',
        '? 00f067aa0ba902b7',
        '  subscription [SERVER at api]',
      ].join('\n'),
    );
  });
});

/** Reads the run to its end by a subscription, whose extensions say that it is of the same trace. */
async function watchOverSocket(url: string, token: string, runId: string): Promise<void> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}`, traceparent: `00-${'1'.repeat(32)}-${CALLER}-01` },
  });
  const query = 'subscription ($runId: ID!) { runEvents(runId: $runId) { __typename } }';
  const extensions = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
  const results = client.iterate<{ runEvents: { __typename: string } }>({
    query,
    variables: { runId },
    extensions,
  });
  const types: unknown[] = [];
  for await (const { data } of results) types.push(data?.runEvents.__typename);
  expect(types.at(-1)).toBe('RunFinished');
  await client.dispose();
}
