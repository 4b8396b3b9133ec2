import { isDoneWithin } from '../lib/is-done-within.ts';
import type { Logger } from '../lib/logger.ts';
import { findAbandonedRuns, MAX_ORPHANED } from '../store/abandoned-run.ts';
import type { Lease } from '../store/step.ts';
import { expireApprovals } from './expire-approvals.ts';
import { type ReleaseOptions, releaseRun } from './release-run.ts';
import type { RunEngine } from './run-engine.ts';
import { settleEach } from './settle-each.ts';

export interface SweepOptions extends ReleaseOptions {
  readonly nodeId: string;
  readonly engine: Pick<RunEngine, 'wake' | 'wakeQueued' | 'executes' | 'endCancelled'>;
  readonly log: Logger;
  /** Between two looks, a little more or less. */
  readonly intervalMs: number;
  /** Between two looks for runs that wait without a wake-up. Default: 15,000. */
  readonly reconcileMs?: number;
}

/**
 * Takes over the runs of dead nodes, and those that this node holds and does not execute: each goes back to QUEUED, with a wake-up,
 * for whoever claims it first. Several nodes may do it at once. A run that cannot be had is left for the next look.
 * @throws UnavailableError when the database is away.
 */
export async function takeOverRuns(options: Omit<SweepOptions, 'intervalMs'>): Promise<void> {
  const { db, nodeId, engine, log } = options;
  const { own, orphaned } = await findAbandonedRuns(db, nodeId);
  // What is being executed now, or has ended since, is told by the slot and refused by the epoch.
  const lost = own
    .filter(({ runId }) => !engine.executes(runId))
    .map((lease) => ({ lease, isRecovery: false }));
  const dead = orphaned.map((lease) => ({ lease, isRecovery: true }));
  const taken = await settleEach([...lost, ...dead], (found) => takeOver(options, found), log);
  if (orphaned.length === MAX_ORPHANED && taken.includes(true)) await takeOverRuns(options);
}

/** `false`: it was another's already. */
async function takeOver(
  options: Omit<SweepOptions, 'intervalMs'>,
  { lease, isRecovery }: { readonly lease: Lease; readonly isRecovery: boolean },
): Promise<boolean> {
  const { engine, log } = options;
  const { queued, ended } = await releaseRun(options, lease, { isRecovery });
  if (queued) log.warn({ runId: lease.runId }, 'a run that nobody executes any more goes on');
  if (queued) engine.wake(lease.runId);
  if (ended.ended && ended.nextRunId !== null) engine.wake(ended.nextRunId);
  return queued || ended.ended;
}

/** How long a stop waits for a look under way. */
const STOP_MS = 2000;

/**
 * Looks again and again for what nobody was told of: runs of dead nodes, wishes to cancel what is executed here or waits,
 * approvals that have expired, and runs that wait without a wake-up. Returns what ends the looking, and waits a little for a
 * look under way: a database that has fallen silent answers none.
 */
export function sweepRuns(options: SweepOptions): () => Promise<void> {
  const { engine, log, intervalMs, reconcileMs = 15_000 } = options;
  let timer: NodeJS.Timeout;
  let reconciledAt = performance.now();
  let looking = Promise.resolve();
  const look = async (): Promise<void> => {
    // None of them waits for another, which may itself wait for a lock.
    const looks = [takeOverRuns(options), engine.endCancelled(), expireApprovals(options)];
    for (const result of await Promise.allSettled(looks))
      if (result.status === 'rejected') log.debug({ err: result.reason }, 'a look failed');
    if (performance.now() - reconciledAt < reconcileMs) return;
    reconciledAt = performance.now();
    await engine.wakeQueued();
  };
  // Nodes that started together must not look together.
  const schedule = (): void => {
    timer = setTimeout(
      () => {
        looking = look().finally(() => isEnded || schedule());
      },
      intervalMs * (0.75 + Math.random() / 2),
    ).unref();
  };
  let isEnded = false;
  schedule();
  return async () => {
    isEnded = true;
    clearTimeout(timer);
    await isDoneWithin(looking, STOP_MS);
  };
}
