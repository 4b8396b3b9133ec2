import { recoverRuns, type RecoveryOptions } from './recover-runs.ts';
import type { RunEngine } from './run-engine.ts';

export interface SweepOptions extends Omit<RecoveryOptions, 'suspects'> {
  readonly engine: Pick<RunEngine, 'wakeQueued'>;
  /** Between two looks. Default: 15,000. */
  readonly intervalMs?: number;
}

/**
 * Looks now and then for what nobody was told of: runs that wait though nothing is before them, and runs of a process that
 * died. A process that looks dead at two looks in a row is taken for dead: one that has merely lost its connection is back by
 * then. Returns what ends the looking.
 */
export function sweepRuns({ engine, intervalMs = 15_000, ...recovery }: SweepOptions): () => void {
  let suspects: ReadonlySet<string> = new Set();
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      suspects = await recoverRuns({ ...recovery, suspects });
    } catch (error) {
      recovery.log.debug({ err: error }, 'looking for runs of dead processes failed');
      suspects = new Set();
    }
    await engine.wakeQueued();
    isLooking = false;
  };
  const timer = setInterval(() => void look(), intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
