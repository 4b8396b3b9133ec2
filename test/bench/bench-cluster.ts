import { randomBytes } from 'node:crypto';

import { runCommand, startServerProcess, type ServerProcess } from '../_util/server-process.ts';
import { startTestClient, type TestClient } from '../_util/test-client.ts';
import { BENCH_KEY } from './bench-key.ts';
import { dropSchemas } from './drop-schemas.ts';
import { type EndlessModel, startEndlessModel } from './endless-model.ts';

export interface BenchNode extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly client: TestClient;
}

/** Servers on one schema of the Postgres at TEST_DATABASE_URL, and the model that they ask. */
export interface BenchCluster extends AsyncDisposable {
  readonly model: EndlessModel;
  start(): Promise<BenchNode>;
}

const RUN = 'mutation ($input: RunAgentInput!) { runAgent(input: $input) { id } }';
const CANCEL = 'mutation ($runId: ID!) { cancelRun(runId: $runId) { status } }';
const EVENTS = 'subscription ($runId: ID!) { runEvents(runId: $runId) { type: __typename } }';

export async function startBenchCluster(): Promise<BenchCluster> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('Set TEST_DATABASE_URL: these benches need a Postgres.');
  const schema = `ambit_bench_${randomBytes(4).toString('hex')}`;
  const model = await startEndlessModel();
  const env = {
    DATABASE_URL: url,
    DATABASE_SCHEMA: schema,
    JWT_VERIFICATION_KEY: BENCH_KEY,
    OPENAI_BASE_URL: model.baseUrl,
    LOG_LEVEL: 'error',
  };
  const token = await mintBenchToken('ann', 'agents:run sessions:read');
  return {
    model,
    async start() {
      const server = await startServerProcess(env);
      const client = startTestClient(server.url, token);
      return {
        server,
        client,
        async [Symbol.asyncDispose]() {
          await client.socket.dispose();
          await server[Symbol.asyncDispose]();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]();
      await dropSchemas(url, [schema, `${schema}_jobs`]);
    },
  };
}

/** A token of an hour that the servers take. */
export async function mintBenchToken(subject: string, scopes: string): Promise<string> {
  const args = ['token', '--sub', subject, '--scope', scopes, '--hours', '1'];
  return (await runCommand(args, { JWT_VERIFICATION_KEY: BENCH_KEY })).stdout.trim();
}

/** Starts a run whose message is `message`; its id. */
export async function startRun(client: TestClient, message: string): Promise<string> {
  const input = { agentId: 'analyst-agent', message, background: true };
  const { runAgent } = await client.query<{ runAgent: { id: string } }, object>(RUN, { input });
  return runAgent.id;
}

/** Cancels a run and returns when it is over. */
export async function cancelRun(client: TestClient, runId: string): Promise<void> {
  await client.query(CANCEL, { runId });
}

/** Reads the run's events until one is of that type, for the `count`th time. */
export async function readUntil(
  client: TestClient,
  runId: string,
  { type, count = 1 }: { readonly type: string; readonly count?: number },
): Promise<void> {
  let seen = 0;
  const events = client.subscribe<{ runEvents: { type: string } }, object>(EVENTS, { runId });
  for await (const { data } of events) {
    if (data?.runEvents.type === type) seen += 1;
    if (seen === count) return;
  }
  throw new Error(`The run ended before its ${type} number ${count}.`);
}
