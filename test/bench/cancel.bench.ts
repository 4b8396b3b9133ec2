// How long until the connection to the model is closed when a run is cancelled in the middle of its answer? On the node that executes
// it, and on another.
import { type BenchTable, type Finding, quantile } from './bench-table.ts';
import { type BenchNode, cancelRun, readUntil, startBenchCluster, startRun } from './bench-cluster.ts';
import { type EndlessModel } from './endless-model.ts';

const TIMES = Number(process.env['BENCH_ROUNDS'] ?? 100);

export async function measure(): Promise<BenchTable> {
  await using cluster = await startBenchCluster();
  await using executing = await cluster.start();
  await using other = await cluster.start();
  const rows: (string | number)[][] = [];
  const findings: Finding[] = [];
  for (const [name, caller] of [
    ['the node that executes', executing],
    ['another node', other],
  ] as const) {
    const times: number[] = [];
    for (let index = 0; index < TIMES; index += 1) {
      times.push(await cancelOne(cluster.model, { executing, caller }, `${name} ${index}`));
    }
    const p99 = quantile(times, 0.99);
    rows.push([name, TIMES, quantile(times, 0.5), p99, Math.max(...times)]);
    findings.push({ what: `cancel, asked on ${name}, p99`, value: p99, unit: 'ms', goal: { atMost: 100 } });
  }
  return {
    question:
      'cancel: from the mutation to the closed model connection, while streaming (goal: p99 < 100 ms)',
    columns: ['asked on', 'times', 'p50 ms', 'p99 ms', 'max ms'],
    rows,
    findings,
  };
}

async function cancelOne(
  model: EndlessModel,
  { executing, caller }: { executing: BenchNode; caller: BenchNode },
  message: string,
): Promise<number> {
  const runId = await startRun(executing.client, message);
  await readUntil(caller.client, runId, { type: 'TextDelta' });
  const closed = model.closedAt(message);
  const begin = performance.now();
  const [at] = await Promise.all([closed, cancelRun(caller.client, runId)]);
  return at - begin;
}
