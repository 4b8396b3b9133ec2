import { describe, expect, inject, it } from 'vitest';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { cancelRunDocument, runAgentDocument, runDocument, runEventsDocument } from '../_util/documents.ts';
import { type RunEventsSubscription } from '../_util/generated/graphql.ts';
import { startRun } from '../_util/start-run.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';
import { createTestDatabase, runOnServer } from '../_util/test-database.ts';

type RunEvent = RunEventsSubscription['runEvents'];

const SCOPES = ['agents:bot:run', 'sessions:read', 'sessions:write', 'sessions:delete'];
const definition = defineApp({ id: 'test', name: 'Test', agents: [defineAgent({ id: 'bot', name: 'Bot' })] });

interface Cluster extends AsyncDisposable {
  readonly url: string;
  /** A node more. All have the model of their own that is scripted for them. */
  node(env?: Record<string, string>): Promise<TestApp>;
}

async function startCluster(): Promise<Cluster> {
  await using resources = new AsyncDisposableStack();
  const database = resources.use(await createTestDatabase('postgres'));
  const url = database.config.url ?? '';
  const moved = resources.move();
  return {
    url,
    async node(env = {}) {
      const role = env['AMBIT_ROLE'];
      const settings = { DATABASE_URL: url, AMBIT_LEASE_SECONDS: '2', ...env };
      const app = await startTestApp({
        definition,
        allowLeftOver: true,
        env: settings,
        ...(role === 'api' ? {} : { echo: true }),
      });
      return moved.use(app);
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

async function read(
  client: TestClient,
  runId: string,
  onEvent: (event: RunEvent) => void = () => undefined,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const { data, errors } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    if (!data) continue;
    events.push(data.runEvents);
    onEvent(data.runEvents);
  }
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
  expect(events.filter(({ __typename }) => __typename === 'RunFinished')).toEqual(events.slice(-1));
  return events;
}

function textOf(events: readonly RunEvent[]): string {
  return events.map((event) => (event.__typename === 'TextDelta' ? event.delta : '')).join('');
}

describe.runIf(inject('postgres') !== null)('two nodes on one Postgres', () => {
  it('a subscriber of one sees the run of the other, and cancelling there stops its model request', async () => {
    await using cluster = await startCluster();
    const [a, b] = [await cluster.node(), await cluster.node()];
    const [onA, onB] = [await a.client('ann', SCOPES), await b.client('ann', SCOPES)];
    const step = a.model.enqueue({ text: 'one two three four', pauseBefore: 2 });
    const { id } = await startRun(onA);
    const text = Promise.withResolvers<void>();
    const reading = read(onB, id, ({ __typename }) => __typename === 'TextDelta' && text.resolve());
    await step.paused;
    await text.promise;
    const { cancelRun } = await onB.query(cancelRunDocument, { runId: id });
    expect(await step.closed).toBe('aborted');
    expect(cancelRun).toMatchObject({ status: 'CANCELLED', output: textOf(await reading) });
    expect(await read(onA, id)).toEqual(await reading);
  });

  it('a run that an api accepts is executed by a worker, and who waits at the api gets its answer', async () => {
    await using cluster = await startCluster();
    const api = await cluster.node({ AMBIT_ROLE: 'api' });
    const client = await api.client('ann', SCOPES);
    const waiting = await startRun(client, { message: 'first' });
    const worker = await cluster.node({ AMBIT_ROLE: 'worker' });
    expect(textOf(await read(client, waiting.id))).toBe('first');
    const { runAgent } = await client.query(runAgentDocument, {
      input: { agentId: 'bot', message: 'second' },
    });
    expect(runAgent).toMatchObject({ status: 'COMPLETED', output: 'second' });
    expect(api.model.requests).toHaveLength(0);
    expect(worker.model.requests).toHaveLength(2);
    expect((await fetch(`${worker.app.url}/ready`)).status).toBe(200);
    expect((await fetch(`${worker.app.url}/health`)).status).toBe(200);
    expect((await fetch(`${worker.app.url}/graphql`, { method: 'POST' })).status).toBe(404);
  });

  it('runs of one session go one after the other in the order of acceptance, whoever accepts and executes them', async () => {
    await using cluster = await startCluster();
    const [a, b] = [await cluster.node(), await cluster.node()];
    const clients = [await a.client('ann', SCOPES), await b.client('ann', SCOPES)];
    const first = await startRun(clients[0] as TestClient, { message: '0' });
    const ids = [first.id];
    for (let turn = 1; turn < 8; turn += 1) {
      const client = clients[turn % 2] as TestClient;
      ids.push((await startRun(client, { message: `${turn}`, sessionId: first.sessionId })).id);
    }
    const rows = await Promise.all(ids.map((id) => read(clients[0] as TestClient, id)));
    expect(rows.map(textOf)).toEqual(ids.map((_id, turn) => `${turn}`));
    const times = await runOnServer<{ started_at: Date; finished_at: Date }>(
      cluster.url,
      'select started_at, finished_at from ambit.run order by turn',
    );
    const order = times.flatMap(({ started_at, finished_at }) => [
      started_at.getTime(),
      finished_at.getTime(),
    ]);
    expect(order).toEqual(order.toSorted((x, y) => x - y));
  });

  it('one that is full leaves what it accepts to the other', async () => {
    await using cluster = await startCluster();
    const [a, b] = [await cluster.node({ AMBIT_MAX_RUNS: '1' }), await cluster.node()];
    const client = await a.client('ann', SCOPES);
    const step = a.model.enqueue({ text: 'one two', pauseBefore: 1 });
    const held = await startRun(client);
    await step.paused;
    const other = await startRun(client, { message: 'else' });
    expect(textOf(await read(client, other.id))).toBe('else');
    expect(b.model.requests).toHaveLength(1);
    step.release();
    await read(client, held.id);
  });

  it('one that stops hands its run over: the other goes on, and a reader there misses nothing', async () => {
    await using cluster = await startCluster();
    const [a, b] = [await cluster.node(), await cluster.node()];
    const [onA, onB] = [await a.client('ann', SCOPES), await b.client('ann', SCOPES)];
    const step = a.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id } = await startRun(onA);
    const reading = read(onB, id);
    await step.paused;
    await a.app.stop();
    const events = await reading;
    expect(events.filter(({ __typename }) => __typename === 'RunStarted')).toHaveLength(2);
    expect(b.model.requests.length + a.model.requests.length).toBeGreaterThan(0);
    expect(
      await runOnServer(cluster.url, 'select recoveries, lease_owner is not null as held from ambit.run'),
    ).toEqual([{ recoveries: 0, held: true }]);
  });

  it('one that stops says so also to those of whom it does not know yet', async () => {
    await using database = await createTestDatabase('postgres');
    const env = { DATABASE_URL: database.config.url ?? '', AMBIT_LEASE_SECONDS: '3600' };
    await using node = await startTestApp({ definition, allowLeftOver: true, env });
    const client = await node.client('ann', SCOPES);
    const step = node.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id } = await startRun(client);
    await step.paused;
    const listening = Promise.withResolvers<void>();
    const heard = Promise.withResolvers<string>();
    // It is no node: nobody else is known.
    await using _listener = database.listen((text) => heard.resolve(text), listening.resolve);
    await listening.promise;
    await node.app.stop();
    expect(await heard.promise).toContain('jobs');
    expect(
      await runOnServer(database.config.url ?? '', 'select id, status from ambit.run where status = $1', [
        'QUEUED',
      ]),
    ).toEqual([{ id, status: 'QUEUED' }]);
  });

  it('one whose lease has run out stops its runs, writes nothing more, and lives on', async () => {
    await using cluster = await startCluster();
    const a = await cluster.node();
    const client = await a.client('ann', SCOPES);
    const step = a.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id } = await startRun(client);
    const reading = read(client, id);
    await step.paused;
    await runOnServer(cluster.url, "update ambit.node set lease_until = now() - interval '1 second'");
    expect(await step.closed).toBe('aborted');
    const events = await reading;
    expect(events.filter(({ __typename }) => __typename === 'RunStarted').length).toBeGreaterThan(1);
    expect(textOf(await read(client, (await startRun(client, { message: 'on' })).id))).toBe('on');
  });

  it('a connection that hears others and is lost is made again; meanwhile everything goes on', async () => {
    await using cluster = await startCluster();
    const [a, b] = [await cluster.node(), await cluster.node()];
    const [onA, onB] = [await a.client('ann', SCOPES), await b.client('ann', SCOPES)];
    const step = a.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id } = await startRun(onA);
    const reading = read(onB, id);
    await step.paused;
    const cut = () =>
      runOnServer<{ pid: number }>(
        cluster.url,
        `select pid, pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'ambit listener' and datname = current_database()`,
      );
    const lost = new Set<number>();
    while (lost.size < 2) for (const { pid } of await cut()) lost.add(pid);
    step.release();
    expect(textOf(await reading)).toBe('one two three');
    while ((await cut()).length === 0);
    const { cancelRun } = await onB.query(cancelRunDocument, { runId: id });
    expect(cancelRun).toMatchObject({ status: 'COMPLETED' });
  });

  it('wake-ups without a run are dropped, and a run without a wake-up is found', async () => {
    await using cluster = await startCluster();
    const api = await cluster.node({ AMBIT_ROLE: 'api' });
    const client = await api.client('ann', SCOPES);
    const [lost, gone] = [await startRun(client, { message: 'lost' }), await startRun(client)];
    await runOnServer(cluster.url, 'delete from ambit_jobs.job where data->>$1 = $2', ['runId', lost.id]);
    await client.query('mutation ($id: ID!) { deleteSession(id: $id) }', { id: gone.sessionId });
    await cluster.node({ AMBIT_ROLE: 'worker' });
    expect(textOf(await read(client, lost.id))).toBe('lost');
    const { run } = await client.query(runDocument, { id: lost.id });
    expect(run).toMatchObject({ status: 'COMPLETED' });
    while ((await runOnServer(cluster.url, 'select 1 from ambit_jobs.job')).length > 0);
  });
});
