// How long until the last of 100 streams ends, on two nodes, when the token that they were opened with is revoked? And until
// the model request of the run that it started is closed?
import { EventSocket } from '../_util/event-socket.ts';
import { startTestClient, type TestClient } from '../_util/test-client.ts';
import { type BenchTable, quantile } from './bench-table.ts';
import { type BenchNode, startBenchCluster, startRun } from './bench-cluster.ts';
import { mintBenchToken } from './bench-token.ts';
import { type EndlessModel } from './endless-model.ts';

const TIMES = Number(process.env['BENCH_ROUNDS'] ?? 10);
const STREAMS = 100;
const EVENTS =
  'subscription ($runId: ID!, $after: Int!) { runEvents(runId: $runId, after: $after) { __typename seq } }';
const REVOKE = 'mutation ($input: RevokeTokensInput!) { revokeTokens(input: $input) { cancelledRuns } }';

interface Round {
  /** From the mutation to the last stream's end. */
  readonly lastEndMs: number;
  readonly cancelledMs: number;
}

export async function measure(): Promise<BenchTable> {
  await using cluster = await startBenchCluster();
  await using asked = await cluster.start();
  await using other = await cluster.start();
  const admin = startTestClient(asked.server.url, await mintBenchToken('root', 'tokens:revoke'));
  const rounds: Round[] = [];
  for (let index = 0; index < TIMES; index += 1) {
    const userId = `user-${index}`;
    const token = await mintBenchToken(userId, 'agents:run sessions:read');
    rounds.push(await revokeOne({ nodes: [asked, other], userId, token }, admin, cluster.model));
  }
  const row = (name: string, values: readonly number[]): (string | number)[] => [
    name,
    TIMES,
    quantile(values, 0.5),
    quantile(values, 0.99),
    Math.max(...values),
  ];
  return {
    question: `revoke: ${STREAMS} streams of one user on two nodes, ms from the mutation (goal: all within 1 s)`,
    columns: ['until', 'rounds', 'p50 ms', 'p99 ms', 'max ms'],
    rows: [
      row(
        'the last stream has ended',
        rounds.map(({ lastEndMs }) => lastEndMs),
      ),
      row(
        "the run's model request is closed",
        rounds.map(({ cancelledMs }) => cancelledMs),
      ),
    ],
    findings: [
      {
        what: `revoke, last of ${STREAMS} streams`,
        value: Math.max(...rounds.map(({ lastEndMs }) => lastEndMs)),
        unit: 'ms',
        goal: { atMost: 1000 },
      },
    ],
  };
}

async function revokeOne(
  { nodes, userId, token }: { nodes: readonly [BenchNode, BenchNode]; userId: string; token: string },
  admin: TestClient,
  model: EndlessModel,
): Promise<Round> {
  const runId = await startRun(startTestClient(nodes[1].server.url, token), userId);
  const streams = Array.from({ length: STREAMS }, (_, index) => {
    const first = Promise.withResolvers<void>();
    const { url } = (nodes[index % 2] ?? nodes[0]).server;
    const onEvent = (): void => first.resolve();
    const socket = new EventSocket({ url, token, document: EVENTS, runId, after: 0, onEvent });
    return { socket, first: first.promise };
  });
  await Promise.all(streams.map(({ first }) => first));
  const closed = model.closedAt(userId);
  const begin = performance.now();
  const revoking = admin.query(REVOKE, { input: { userId } });
  const ends = await Promise.all(streams.map(({ socket }) => socket.ended.then(() => performance.now())));
  await revoking;
  return { lastEndMs: Math.max(...ends) - begin, cancelledMs: (await closed) - begin };
}
