// How long until a run goes on elsewhere when the node that executes it is told to stop, or is killed? Two nodes with the default
// lease; the clock runs from the signal to the second RunStarted at a subscriber of the other node.
import { type BenchTable, type Finding, quantile } from './bench-table.ts';
import { cancelRun, readUntil, startBenchCluster, startRun } from './bench-cluster.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 8);
/** Clusters that are measured beside each other: a node that is killed is mostly waited for, one that is told to stop is not. */
const CLUSTERS = { SIGTERM: 1, SIGKILL: 4 } as const;
const GOALS_MS = { SIGTERM: 1000, SIGKILL: 15_000 } as const;

export async function measure(): Promise<BenchTable> {
  const rows: (string | number)[][] = [];
  const findings: Finding[] = [];
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const clusters = CLUSTERS[signal];
    const rounds = Math.ceil(ROUNDS / clusters);
    const lists = await Promise.all(Array.from({ length: clusters }, () => measureCluster(signal, rounds)));
    const times = lists.flat();
    rows.push([
      signal,
      times.length,
      Math.round(quantile(times, 0.5)),
      Math.round(quantile(times, 0.95)),
      Math.round(Math.max(...times)),
    ]);
    const goal = { atMost: GOALS_MS[signal] };
    findings.push({
      what: `hand-over after ${signal}, longest`,
      value: Math.max(...times),
      unit: 'ms',
      goal,
    });
  }
  return {
    question: 'hand-over: until a run goes on elsewhere (goal: SIGTERM < 1,000 ms, SIGKILL < 15,000 ms)',
    columns: ['signal', 'times', 'p50 ms', 'p95 ms', 'max ms'],
    rows,
    findings,
  };
}

async function measureCluster(signal: 'SIGTERM' | 'SIGKILL', rounds: number): Promise<number[]> {
  await using cluster = await startBenchCluster();
  let [ending, staying] = [await cluster.start(), await cluster.start()];
  const times: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      // The node that accepts a run has a free slot, and so executes it.
      const runId = await startRun(ending.client, `round ${round}`);
      await readUntil(staying.client, runId, { type: 'TextDelta' });
      const goesOn = readUntil(staying.client, runId, { type: 'RunStarted', count: 2 });
      await ending.client.socket.dispose();
      const begin = performance.now();
      ending.server.process.kill(signal);
      await goesOn;
      times.push(performance.now() - begin);
      await cancelRun(staying.client, runId);
      await ending[Symbol.asyncDispose]();
      [ending, staying] = [staying, await cluster.start()];
    }
  } finally {
    await Promise.all([ending[Symbol.asyncDispose](), staying[Symbol.asyncDispose]()]);
  }
  return times;
}
