import { setTimeout } from 'node:timers/promises';

import { countCommits } from './count-commits.ts';
import { NodeCluster } from './node-cluster.ts';
import { startNotificationCounter } from './notification-counter.ts';
import { findPostmaster, readPostgresSeconds } from './postgres-cpu.ts';

export interface NodeLoadOptions {
  readonly databaseUrl: string;
  readonly nodes: number;
  /** How many runs there are when it is counted, one count each; ascending. */
  readonly sizes: readonly number[];
  readonly tokensPerSecond: number;
  readonly countMs: number;
}

/** What a cluster did while it was counted. */
export interface NodeLoad {
  readonly nodes: number;
  readonly runs: number;
  readonly seconds: number;
  /** Milliseconds from model to reader, a token each: those told by the node that executes the run, and those told by another. */
  readonly sameDelays: readonly number[];
  readonly otherDelays: readonly number[];
  /** Of the whole database. */
  readonly commits: number;
  readonly notifications: number;
  /** Characters of all of them. */
  readonly notifiedLength: number;
  readonly postgresSeconds: number;
  readonly nodeSeconds: number;
}

/** Within this time after its start a node is known to the others, who tell it what is new from then on. */
const SETTLE_MS = 2500;

export async function measureNodeLoads(options: NodeLoadOptions): Promise<NodeLoad[]> {
  const { databaseUrl, nodes, sizes, tokensPerSecond, countMs } = options;
  await using cluster = await NodeCluster.start(databaseUrl, nodes);
  const loads: NodeLoad[] = [];
  for (const runs of sizes) {
    await cluster.grow({ runs, tokensPerSecond });
    await setTimeout(SETTLE_MS);
    loads.push({ nodes, runs, ...(await count(cluster, { databaseUrl, countMs })) });
  }
  return loads;
}

async function count(
  cluster: NodeCluster,
  { databaseUrl, countMs }: { readonly databaseUrl: string; readonly countMs: number },
): Promise<Omit<NodeLoad, 'nodes' | 'runs'>> {
  const postmaster = await findPostmaster(databaseUrl);
  await using notifications = await startNotificationCounter(databaseUrl, cluster.schema);
  const read = () => ({
    seconds: performance.now() / 1000,
    notifications: notifications.count,
    notifiedLength: notifications.length,
    postgresSeconds: readPostgresSeconds(postmaster),
    nodeSeconds: cluster.cpuSeconds(),
  });
  const commitsBefore = await countCommits(databaseUrl);
  const before = read();
  const counting = setTimeout(countMs);
  await Promise.all([cluster.same, cluster.other].map((tally) => tally.count(() => counting)));
  const after = read();
  return {
    seconds: after.seconds - before.seconds,
    sameDelays: cluster.same.delays,
    otherDelays: cluster.other.delays,
    commits: (await countCommits(databaseUrl)) - commitsBefore,
    notifications: after.notifications - before.notifications,
    notifiedLength: after.notifiedLength - before.notifiedLength,
    postgresSeconds: after.postgresSeconds - before.postgresSeconds,
    nodeSeconds: after.nodeSeconds - before.nodeSeconds,
  };
}
