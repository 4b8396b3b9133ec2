// What do several nodes on one Postgres cost, and is NOTIFY their limit? Runs at 50 tokens a second are spread over the nodes; half of the readers
// are on another node than the one that executes the run, and hear of it by NOTIFY alone. Nodes, Postgres, model and readers share all cores.
// BENCH_NODES and BENCH_RUNS (lists, the latter ascending), and BENCH_SECONDS make it smaller. Postgres must run on this machine, and do nothing else.
import { type BenchTable, type Finding, quantile } from './bench-table.ts';
import { measureNodeLoads, type NodeLoad } from './node-load.ts';
import { measureNotifyLimit, type NotifyLimit } from './notify-limit.ts';
import { findPostmaster } from './postgres-cpu.ts';

const NODES = (process.env['BENCH_NODES'] ?? '1,2,3').split(',').map(Number);
const RUNS = (process.env['BENCH_RUNS'] ?? '150,400').split(',').map(Number);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
const TOKENS_PER_SECOND = 50;
const LIMIT_MS = 1500;
/** Beside the nodes, who counts listens too. */
const COUNTERS = 1;
const MANY_LISTENERS = 16;

export async function measure(): Promise<BenchTable[]> {
  const databaseUrl = process.env['TEST_DATABASE_URL'];
  if (databaseUrl === undefined) throw new Error('Set TEST_DATABASE_URL: this bench needs a Postgres.');
  const loads: NodeLoad[] = [];
  for (const nodes of NODES) {
    const options = { databaseUrl, nodes, sizes: RUNS, tokensPerSecond: TOKENS_PER_SECOND };
    loads.push(...(await measureNodeLoads({ ...options, countMs: SECONDS * 1000 })));
  }
  const last = loads.at(-1);
  if (last === undefined) throw new Error('Nothing was to be measured.');
  const limits = await measureLimits(databaseUrl, last);
  return [toTable(loads), toLimitTable(limits, last)];
}

/** As many senders and listeners as the cluster has had, and a single listener, and many, to see what one more costs. */
async function measureLimits(databaseUrl: string, load: NodeLoad): Promise<NotifyLimit[]> {
  const postmaster = await findPostmaster(databaseUrl);
  const length = Math.round(load.notifiedLength / Math.max(1, load.notifications));
  const limits: NotifyLimit[] = [];
  for (const listeners of [load.nodes + COUNTERS, 1, MANY_LISTENERS]) {
    const options = { databaseUrl, postmaster, length, senders: load.nodes, listeners };
    limits.push(await measureNotifyLimit({ ...options, ms: LIMIT_MS }));
  }
  return limits;
}

function toTable(loads: readonly NodeLoad[]): BenchTable {
  return {
    question: `nodes: runs at ${TOKENS_PER_SECOND} tokens a second on nodes that share one Postgres; delay from model to reader, on the node that executes the run and on another; commits are those of the whole database, CPU in cores`,
    columns:
      'nodes|runs|asked/s|tokens/s|p50 ms|p99 ms|other p50 ms|other p99 ms|commits/s|NOTIFY/s|characters|Postgres CPU|nodes CPU|Postgres µs per token|nodes µs per token'.split(
        '|',
      ),
    rows: loads.map(toRow),
    findings: loads.flatMap(toFindings),
  };
}

function toRow(load: NodeLoad): (string | number)[] {
  const { nodes, runs, sameDelays, otherDelays, seconds, notifications, postgresSeconds, nodeSeconds } = load;
  const tokens = sameDelays.length + otherDelays.length;
  return [
    nodes,
    runs,
    runs * TOKENS_PER_SECOND,
    Math.round(tokens / seconds),
    quantile(sameDelays, 0.5),
    quantile(sameDelays, 0.99),
    ...[0.5, 0.99].map((share) => (nodes === 1 ? '' : quantile(otherDelays, share))),
    Math.round(load.commits / seconds),
    notifications / seconds,
    Math.round(load.notifiedLength / Math.max(1, notifications)),
    postgresSeconds / seconds,
    nodeSeconds / seconds,
    (postgresSeconds * 1e6) / tokens,
    (nodeSeconds * 1e6) / tokens,
  ];
}

function toFindings({ nodes, runs, otherDelays, notifications, seconds }: NodeLoad): Finding[] {
  if (nodes === 1) return [];
  const where = `${nodes} nodes, ${runs} runs`;
  const p99 = quantile(otherDelays, 0.99);
  return [
    { what: `${where}: p99 on another node`, value: p99, unit: 'ms', goal: { atMost: 150 } },
    { what: `${where}: notifications`, value: notifications / seconds, unit: '1/s' },
  ];
}

function toLimitTable(
  limits: readonly NotifyLimit[],
  { nodes, runs, notifications, seconds }: NodeLoad,
): BenchTable {
  const perSecond = notifications / seconds;
  const [alike] = limits;
  return {
    question: `nodes: notifications that Postgres takes when nothing else is asked of it, beside the ${perSecond.toFixed(1)} a second of ${nodes} nodes with ${runs} runs`,
    columns: 'senders|listeners|NOTIFY/s|Postgres µs each|share of it that the nodes use'.split('|'),
    rows: limits.map((limit) => [
      limit.senders,
      limit.listeners,
      Math.round(limit.perSecond),
      limit.cpuMicroseconds,
      perSecond / limit.perSecond,
    ]),
    findings: [
      {
        what: `${nodes} nodes, ${runs} runs: share of the notifications that Postgres takes`,
        value: perSecond / (alike?.perSecond ?? Number.NaN),
        unit: '×',
      },
    ],
  };
}
