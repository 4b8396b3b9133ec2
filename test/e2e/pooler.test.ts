import { describe, expect, inject, it } from 'vitest';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { cancelRunDocument, runEventsDocument } from '../_util/documents.ts';
import { type RunEventsSubscription } from '../_util/generated/graphql.ts';
import { hasPooler, Pooler } from '../_util/pooler.ts';
import { startRun } from '../_util/start-run.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';
import { createTestDatabase } from '../_util/test-database.ts';

type RunEvent = RunEventsSubscription['runEvents'];

const definition = defineApp({ id: 'test', name: 'Test', agents: [defineAgent({ id: 'bot', name: 'Bot' })] });

interface PooledNodes extends AsyncDisposable {
  readonly pooler: Pooler;
  node(): Promise<TestApp>;
}

async function startPooled(): Promise<PooledNodes> {
  await using resources = new AsyncDisposableStack();
  const database = resources.use(await createTestDatabase('postgres'));
  const direct = database.config.url ?? '';
  const pooler = resources.use(await Pooler.start(direct));
  const moved = resources.move();
  const env = { DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: direct, AMBIT_LEASE_SECONDS: '2' };
  return {
    pooler,
    node: async () => moved.use(await startTestApp({ definition, allowLeftOver: true, env, echo: true })),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

async function read(
  client: TestClient,
  runId: string,
  onText: () => void = () => undefined,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const { data, errors } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    if (!data) continue;
    events.push(data.runEvents);
    if (data.runEvents.__typename === 'TextDelta') onText();
  }
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
  expect(events.at(-1)?.__typename).toBe('RunFinished');
  return events;
}

function textOf(events: readonly RunEvent[]): string {
  return events.map((event) => (event.__typename === 'TextDelta' ? event.delta : '')).join('');
}

describe.runIf(inject('postgres') !== null && hasPooler())(
  'nodes behind a pooler in transaction mode',
  () => {
    it('see each other’s runs and cancel them', async () => {
      await using nodes = await startPooled();
      const [a, b] = [await nodes.node(), await nodes.node()];
      const [onA, onB] = [await a.client('ann', SCOPES), await b.client('ann', SCOPES)];
      expect(textOf(await read(onB, (await startRun(onA, { message: 'one two three' })).id))).toBe(
        'one two three',
      );
      const step = a.model.enqueue({ text: 'one two three four', pauseBefore: 2 });
      const runId = (await startRun(onA, { message: 'again' })).id;
      const reading = read(onB, runId);
      await step.paused;
      const { cancelRun } = await onB.query(cancelRunDocument, { runId });
      expect(await step.closed).toBe('aborted');
      expect(cancelRun).toMatchObject({ status: 'CANCELLED', output: textOf(await reading) });
    });

    it('hand a run over', async () => {
      await using nodes = await startPooled();
      const [a, b] = [await nodes.node(), await nodes.node()];
      const [onA, onB] = [await a.client('ann', SCOPES), await b.client('ann', SCOPES)];
      const step = a.model.enqueue({ text: 'one two three', pauseBefore: 2 });
      const reading = read(onB, (await startRun(onA, { message: 'on' })).id);
      await step.paused;
      await a.app.stop();
      expect((await reading).filter(({ __typename }) => __typename === 'RunStarted')).toHaveLength(2);
    });

    it('go on when the pooler dies and comes back', async () => {
      await using nodes = await startPooled();
      const node = await nodes.node();
      const client = await node.client('ann', SCOPES);
      const step = node.model.enqueue({ text: 'one two three', pauseBefore: 2 });
      const text = Promise.withResolvers<void>();
      const reading = read(client, (await startRun(client, { message: 'on' })).id, text.resolve);
      await step.paused;
      await text.promise;
      await nodes.pooler.kill();
      step.release();
      await nodes.pooler.start();
      const events = await reading;
      expect(events.at(-1)).toMatchObject({ run: { status: 'COMPLETED' } });
      expect(textOf(await read(client, (await startRun(client, { message: 'and on' })).id))).toBe('and on');
    });
  },
);

const SCOPES = ['agents:bot:run', 'sessions:read'];
