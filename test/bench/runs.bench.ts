// How many runs does one node carry? All begin at once; each streams 50 tokens a second to a subscriber in this process. The
// model is a process of its own, and its time of sending is in each token. BENCH_RUNS (a list) and BENCH_SECONDS make it smaller.
import { startTestClient, type TestClient } from '../_util/test-client.ts';
import { type BenchTable, type Finding, quantile } from './bench-table.ts';
import { countCommits } from './count-commits.ts';
import { startStampedNode } from './stamped-node.ts';
import { readStamped, startStamped, type StampedStream } from './stamped-stream.ts';

const SIZES = (process.env['BENCH_RUNS'] ?? '500,1000').split(',').map(Number);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 10);
const INTERVAL_MS = 20;
const RUNS_PER_SOCKET = 50;
const P99_COLUMN = 6;

export async function measure(): Promise<BenchTable> {
  const databaseUrl = process.env['TEST_DATABASE_URL'];
  if (databaseUrl === undefined) throw new Error('Set TEST_DATABASE_URL: this bench needs a Postgres.');
  const rows: (string | number)[][] = [];
  const findings: Finding[] = [];
  for (const runs of SIZES) {
    const row = await measureRuns(databaseUrl, runs);
    rows.push(row);
    const p99 = Number(row[P99_COLUMN]);
    findings.push({
      what: `${runs} runs at 50 tokens a second, p99`,
      value: p99,
      unit: 'ms',
      goal: { atMost: 150 },
    });
  }
  return {
    question:
      'runs: runs at 50 tokens a second on one node; delay from model to subscriber; commits are those of the whole database',
    columns: 'runs|tokens/s|asked|commits/s|p50 ms|p95 ms|p99 ms|gaps|tokens lost|not finished'.split('|'),
    rows,
    findings,
  };
}

async function measureRuns(databaseUrl: string, runs: number): Promise<(string | number)[]> {
  const tokens = (SECONDS * 1000) / INTERVAL_MS;
  await using node = await startStampedNode(databaseUrl);
  const clients = Array.from({ length: Math.ceil(runs / RUNS_PER_SOCKET) }, () =>
    startTestClient(node.server.url, node.token),
  );
  try {
    const before = await countCommits(databaseUrl);
    const begin = performance.now();
    const streams = await Promise.all(
      Array.from({ length: runs }, (_run, index) => streamRun(clients[index % clients.length]!, tokens)),
    );
    const seconds = (performance.now() - begin) / 1000;
    const commits = (await countCommits(databaseUrl)) - before;
    const asked = runs * tokens;
    return [runs, ...describe(streams, { seconds, commits, asked })];
  } finally {
    await Promise.all(clients.map((client) => client.socket.dispose()));
  }
}

async function streamRun(client: TestClient, tokens: number): Promise<StampedStream> {
  const runId = await startStamped(client, { tokens, intervalMs: INTERVAL_MS, padding: 0 });
  return await readStamped(client, runId);
}

function describe(
  streams: readonly StampedStream[],
  { seconds, commits, asked }: { seconds: number; commits: number; asked: number },
): number[] {
  const delays = streams.flatMap((stream) => stream.delays);
  return [
    Math.round(delays.length / seconds),
    Math.round(asked / SECONDS),
    Math.round(commits / seconds),
    ...[0.5, 0.95, 0.99].map((share) => quantile(delays, share)),
    streams.reduce((sum, { gaps }) => sum + gaps, 0),
    asked - delays.length,
    streams.filter(({ finished }) => !finished).length,
  ];
}
