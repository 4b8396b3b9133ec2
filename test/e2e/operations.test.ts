import { describe, expect, inject, it, vi } from 'vitest';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { EventReader } from '../_util/event-reader.ts';
import { readMetricNames } from '../_util/metric-names.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../_util/test-app.ts';
import { z } from 'zod';
import { Client } from 'pg';

const definition = defineApp({
  id: 'test',
  name: 'Test',
  agents: [
    defineAgent({
      id: 'bot',
      name: 'Bot',
      tools: [
        defineTool({
          name: 'look_up',
          description: 'Looks something up.',
          parameters: z.object({ word: z.string() }),
          effect: 'read',
          run: async () => 'found',
        }),
      ],
    }),
  ],
});
const startApp = (options: TestAppOptions = {}): Promise<TestApp> =>
  startTestApp({ definition, allowLeftOver: true, ...options });

async function scrape(
  { app }: Pick<TestApp, 'app'>,
  token: string | null,
  init: RequestInit = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${app.url}/metrics`, { ...init, headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The value of a series, by its name with its labels as Prometheus writes them. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const RUN =
  'mutation Ask { runAgent(input: { agentId: "bot", message: "hush-hush" }) { id sessionId status } }';

describe('/metrics', () => {
  it('counts runs, models, tools, tokens and operations by names of few values, and nobody among them', async () => {
    await using server = await startApp();
    server.model.enqueue({ toolCalls: [{ name: 'look_up', arguments: { word: 'xyzzy' } }] });
    server.model.enqueue({ text: 'plugh', usage: { inputTokens: 11, outputTokens: 3 } });
    server.model.enqueue({ status: 400, body: 'no' });
    const ann = await server.client('ann', ['agents:bot:run', 'sessions:read']);
    const { runAgent } = await ann.query<{ runAgent: { id: string; sessionId: string } }, object>(RUN);
    await ann.query(RUN);
    await ann.post('{ agents { id } }');
    await ann.post('{ nonsense');
    const { status, headers, text } = await scrape(
      server,
      await server.token('prometheus', ['metrics:read']),
    );
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const series = {
      'ambit_run_attempts_total{agent="bot",status="COMPLETED"}': 1,
      'ambit_run_attempts_total{agent="bot",status="FAILED"}': 1,
      'ambit_run_attempt_duration_seconds_count{agent="bot",status="COMPLETED"}': 1,
      'ambit_run_wait_seconds_count{agent="bot"}': 2,
      'ambit_run_time_to_first_token_seconds_count{agent="bot"}': 1,
      'ambit_model_requests_total{model="gpt-4o",outcome="ok"}': 2,
      'ambit_model_requests_total{model="gpt-4o",outcome="MODEL_ERROR"}': 1,
      'ambit_model_tokens_total{model="gpt-4o",type="input"}': 12,
      'ambit_tool_calls_total{tool="look_up",status="COMPLETED"}': 1,
      'ambit_operations_total{type="mutation",code="ok"}': 2,
      'ambit_operations_total{type="query",code="FORBIDDEN"}': 1,
      'ambit_operations_total{type="unknown",code="GRAPHQL_PARSE_FAILED"}': 1,
      'ambit_denials_total{code="FORBIDDEN"}': 1,
      'ambit_runs_open{status="QUEUED"}': 0,
      ambit_queue_depth: 0,
      ambit_runs_active: 0,
      ambit_lease_held: 1,
      ambit_ready: 1,
      ambit_flush_lag_seconds: 0,
    };
    const found = Object.keys(series).map((name) => [name, valueOf(text, name)]);
    expect(Object.fromEntries(found)).toEqual(series);
    expect(valueOf(text, 'ambit_events_flushed_total')).toBeGreaterThan(2);
    expect(readMetricNames(text)).toContain('nodejs_eventloop_lag_seconds');
    for (const said of [
      '"ann"',
      'prometheus"',
      'hush',
      'xyzzy',
      'plugh',
      'Ask',
      runAgent.id,
      runAgent.sessionId,
    ])
      expect(text).not.toContain(said);
  });

  it('is for holders of metrics:read; others are refused as anywhere, and that is in the audit log', async () => {
    await using server = await startApp({ env: { AMBIT_RATE_PER_ADDRESS: '50' } });
    const none = await scrape(server, null);
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const bad = await scrape(server, 'not.a.token');
    expect([bad.status, bad.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    const without = await scrape(server, await server.token('eve', ['agents:read']));
    expect(without.status).toBe(403);
    expect(JSON.parse(without.text)).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN', requiredScopes: [['metrics:read']] } }],
    });
    expect((await scrape(server, await server.token('root', ['agent_os:admin']))).status).toBe(200);
    const token = await server.token('prometheus', ['metrics:read']);
    expect((await scrape(server, token, { method: 'POST' })).status).toBe(405);
    const head = await scrape(server, token, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    const admin = await server.client('root', ['agent_os:admin']);
    const query = '{ audit(first: 10) { edges { node { userId field code } } } }';
    await vi.waitFor(async () => {
      const { audit } = await admin.query<{ audit: { edges: { node: unknown }[] } }, object>(query);
      expect(audit.edges.map(({ node }) => node)).toEqual(
        expect.arrayContaining([
          { userId: 'eve', field: '/metrics', code: 'FORBIDDEN' },
          { userId: null, field: '/metrics', code: 'UNAUTHENTICATED' },
        ]),
      );
    });
    // It is asked at the pace of everything else.
    const answers = await Promise.all(Array.from({ length: 60 }, () => scrape(server, token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
  });

  it('tells the open websockets and event streams', async () => {
    await using server = await startApp();
    server.model.enqueue({ text: 'plugh', pauseBefore: 1 });
    const ann = await server.client('ann', ['agents:bot:run']);
    const start = 'mutation { runAgent(input: { agentId: "bot", message: "?", background: true }) { id } }';
    const { runAgent } = await ann.query<{ runAgent: { id: string } }, object>(start);
    const watch = 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }';
    await ann.subscribe<unknown, object>(watch, { id: runAgent.id }).next();
    await using stream = await EventReader.post(`${server.app.url}/graphql`, watch, {
      token: await server.token('ann', ['agents:bot:run']),
      variables: { id: runAgent.id },
    });
    await stream.next();
    const { text } = await scrape(server, await server.token('prometheus', ['metrics:read']));
    expect(valueOf(text, 'ambit_connections{transport="websocket"}')).toBe(1);
    expect(valueOf(text, 'ambit_connections{transport="sse"}')).toBe(1);
  });

  it.runIf(inject('postgres') !== null)(
    'is answered in the time that a scraper has, without the queue, while nobody can look at that',
    async () => {
      await using server = await startApp({ kind: 'postgres' });
      const locker = new Client({ connectionString: server.config.database.url ?? '' });
      await locker.connect();
      try {
        await locker.query('begin; lock table ambit.run in access exclusive mode');
        const token = await server.token('prometheus', ['metrics:read']);
        // As Prometheus has, unless it is told otherwise.
        const { text } = await scrape(server, token, { signal: AbortSignal.timeout(10_000) });
        expect(valueOf(text, 'ambit_queue_depth')).toBeUndefined();
        expect(valueOf(text, 'ambit_runs_active')).toBe(0);
      } finally {
        await locker.end();
      }
    },
  );

  it('is not there when it is switched off', async () => {
    await using server = await startApp({ env: { AMBIT_METRICS: 'off' } });
    expect((await scrape(server, await server.token('prometheus', ['metrics:read']))).status).toBe(404);
  });
});

/** Small enough to be met, and left, within a test. */
const steady = { above: 200, below: 100, holdMs: 100 };
const never = { above: Infinity, below: Infinity, holdMs: 0 };
const lateLog = { flush: steady, loop: never };
const lateLoop = { flush: never, loop: { above: 100, below: 50, holdMs: 100 } };

async function ready({ app }: Pick<TestApp, 'app'>): Promise<unknown> {
  const response = await fetch(`${app.url}/ready`);
  return [response.status, await response.json()];
}

const untilReady = (server: Pick<TestApp, 'app'>): Promise<void> =>
  vi.waitFor(async () => expect(await ready(server)).toEqual([200, { ready: true }]), 20_000);
const no = (...reasons: string[]) => [503, { ready: false, reasons }];

describe('/ready', () => {
  it('says no when the event loop stood still, and yes a while later', async () => {
    await using server = await startApp({ readiness: lateLoop });
    await untilReady(server);
    // Of the last two seconds, and at most a quarter of a second before the loop looks: 219 ms on average at least.
    const until = performance.now() + 2000;
    while (performance.now() < until);
    expect(await ready(server)).toEqual(no('event loop'));
    await untilReady(server);
  });

  it.runIf(inject('postgres') !== null)(
    'says no when the log is not written, on a worker too, where figures go on, and yes when it is again',
    async () => {
      await using server = await startApp({ kind: 'postgres', readiness: lateLog });
      const env = { DATABASE_URL: server.config.database.url ?? '', AMBIT_ROLE: 'worker' };
      await using worker = await startApp({ env, readiness: lateLog });
      const ann = await server.client('ann', ['agents:bot:run', 'sessions:read']);
      const locker = new Client({ connectionString: server.config.database.url ?? '' });
      await locker.connect();
      try {
        // The run is claimed by one of the two before the log is closed to both.
        const step = worker.model.enqueue({ text: 'one two three', pauseBefore: 1 });
        const own = server.model.enqueue({ text: 'one two three', pauseBefore: 1 });
        const answer = ann.query(RUN);
        const executing = await Promise.race([step.paused.then(() => worker), own.paused.then(() => server)]);
        await locker.query('begin; lock table ambit.run_event in exclusive mode');
        step.release();
        own.release();
        await vi.waitFor(async () => expect(await ready(executing)).toEqual(no('event log')), 10_000);
        const token = await server.token('prometheus', ['metrics:read']);
        const { text } = await scrape(executing, token);
        expect(valueOf(text, 'ambit_flush_lag_seconds')).toBeGreaterThan(0.2);
        expect(valueOf(text, 'ambit_ready')).toBe(0);
        expect(valueOf(text, 'ambit_database_pool_size{pool="vital"}')).toBe(3);
        await locker.query('rollback');
        expect(await answer).toMatchObject({ runAgent: { status: 'COMPLETED' } });
        await untilReady(executing);
      } finally {
        await locker.end();
      }
      expect((await scrape(worker, null)).status).toBe(401);
    },
  );
});
