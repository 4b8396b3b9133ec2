import { setTimeout as delay } from 'node:timers/promises';

import { type FaultCounts } from './fault-counts.ts';
import { type FaultNode } from './fault-node.ts';
import { type PostgresServer } from './postgres-server.ts';
import { type Random } from './random.ts';

export interface FaultTargets {
  readonly nodes: readonly FaultNode[];
  readonly postgres: PostgresServer;
  readonly counts: FaultCounts;
}

export interface FaultScheduleOptions {
  readonly random: Random;
  /** From one fault to the next. */
  readonly gapMs: { readonly min: number; readonly max: number };
  readonly signal: AbortSignal;
}

/** So often each kind of fault comes, of 100. */
const WEIGHTS = { kill: 30, stop: 20, freeze: 20, cut: 20, restart: 10 };
type FaultKind = keyof typeof WEIGHTS;

/** Injects faults until the signal; returns when all are healed. A node has one fault at a time; several nodes may have one. */
export async function injectFaults(targets: FaultTargets, options: FaultScheduleOptions): Promise<void> {
  const { random, gapMs, signal } = options;
  const underWay = new Set<Promise<void>>();
  let isRestarting = false;
  while (!signal.aborted) {
    await delay(random.integer(gapMs.min, gapMs.max), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const kind = pickKind(random);
    const healthy = targets.nodes.filter(({ isBusy }) => !isBusy);
    if (kind === 'restart' ? isRestarting : healthy.length === 0) continue;
    let fault: Promise<void>;
    if (kind === 'restart') {
      isRestarting = true;
      fault = restartPostgres(targets, random).finally(() => (isRestarting = false));
    } else {
      const node = random.pick(healthy);
      node.isBusy = true;
      fault = harm(node, { kind, random, counts: targets.counts }).finally(() => (node.isBusy = false));
    }
    underWay.add(fault);
    void fault.finally(() => underWay.delete(fault)).catch(() => undefined);
  }
  await Promise.all(underWay);
}

function pickKind(random: Random): FaultKind {
  const kinds = Object.entries(WEIGHTS) as [FaultKind, number][];
  return random.pick(kinds.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind)));
}

async function restartPostgres({ postgres, counts }: FaultTargets, random: Random): Promise<void> {
  counts.postgresRestarts += 1;
  await postgres.stop(random.pick(['fast', 'immediate']));
  await delay(random.integer(0, 1500));
  await postgres.start();
}

interface Harm {
  readonly kind: Exclude<FaultKind, 'restart'>;
  readonly random: Random;
  readonly counts: FaultCounts;
}

async function harm(node: FaultNode, { kind, random, counts }: Harm): Promise<void> {
  switch (kind) {
    case 'kill':
    case 'stop': {
      counts[kind === 'kill' ? 'kills' : 'stops'] += 1;
      await node.end(kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
      await delay(random.integer(0, 3000));
      return await node.start();
    }
    case 'freeze':
      counts.freezes += 1;
      node.freeze();
      await delay(random.integer(300, 6000));
      return node.thaw();
    case 'cut': {
      counts.databaseCuts += 1;
      if (random.chance(0.5)) node.proxy.refuse();
      else node.proxy.fallSilent();
      await delay(random.integer(200, 4000));
      // What fell silent stays silent: those connections are dead, and new ones get through.
      return node.proxy.pass();
    }
    default:
      return kind satisfies never;
  }
}
