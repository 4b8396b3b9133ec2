import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { BENCH_KEY, mintBenchToken } from './bench-token.ts';
import { type FixtureProcess, startFixture } from './fixture-process.ts';
import { KeepAliveClient } from './keep-alive-client.ts';
import { LOAD_CORE, SERVER_CORE } from './pin-to-core.ts';
import { type StampedAnswer } from './stamped-stream.ts';

/** A server with a core of its own whose model answers one token at once. */
export interface RunNode extends AsyncDisposable {
  readonly server: FixtureProcess;
  /** Starts a run in a session of its own, and returns when it is accepted. */
  startRun(): Promise<void>;
  /** Returns when every run has ended. */
  untilFinished(): Promise<void>;
}

const RUN = 'mutation ($input: RunAgentInput!) { runAgent(input: $input) { id status } }';
const ONE_TOKEN: StampedAnswer = { tokens: 1, intervalMs: 0, padding: 0 };
const INPUT = { agentId: 'analyst-agent', message: JSON.stringify(ONE_TOKEN), background: true };
const BODY = JSON.stringify({ query: RUN, variables: { input: INPUT } });
const LOOK_MS = 25;

/** `throughUrl`: where the server reaches the database, which is looked at through `url`. */
export async function startRunNode(options: {
  readonly url: string;
  readonly throughUrl: string;
  readonly schema: string;
}): Promise<RunNode> {
  await using resources = new AsyncDisposableStack();
  const model = resources.use(
    await startFixture(new URL('stamped-model.ts', import.meta.url), { core: LOAD_CORE }),
  );
  const server = resources.use(await startServer(options, model.address));
  const authorization = `Bearer ${await mintBenchToken('ann', 'agents:run sessions:read')}`;
  const client = resources.use(new KeepAliveClient(server.address, { authorization }));
  const database = new Client({ connectionString: options.url });
  await database.connect();
  resources.defer(() => database.end());
  const moved = resources.move();
  return {
    server,
    startRun: async () => void (await client.post(BODY)),
    untilFinished: () => untilFinished(database, options.schema),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** Its limits are counted, and not met. */
function startServer(
  { throughUrl, schema }: { throughUrl: string; schema: string },
  modelUrl: string,
): Promise<FixtureProcess> {
  return startFixture(new URL('../../src/cli.ts', import.meta.url), {
    core: SERVER_CORE,
    args: ['serve'],
    ready: /^Ambit serves .* at (http:\S+)$/,
    env: {
      DATABASE_URL: throughUrl,
      DATABASE_SCHEMA: schema,
      OPENAI_BASE_URL: modelUrl,
      JWT_VERIFICATION_KEY: BENCH_KEY,
      AMBIT_RATE_PER_USER: '1000000000',
      AMBIT_RATE_PER_ADDRESS: '1000000000',
      PORT: '0',
      LOG_LEVEL: 'error',
    },
  });
}

async function untilFinished(database: Client, schema: string): Promise<void> {
  const query = `select from ${schema}.run where finished_at is null limit 1`;
  while ((await database.query(query)).rows.length > 0) await delay(LOOK_MS);
}
