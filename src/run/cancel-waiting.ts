import type { RunEnded } from '../store/end-run.ts';
import { lockRun } from '../store/lock-run.ts';
import type { Owners } from '../store/owner.ts';
import { findCancelledWaiting } from '../store/revoked-run.ts';
import { requestCancel } from '../store/run.ts';
import type { RunStatus } from '../store/tables.ts';
import { closeAndPublish, closeRun, type RunClosing } from './close-run.ts';
import { publishEnd } from './finish-run.ts';
import type { ReleaseOptions } from './release-run.ts';

/** Runs that wait are looked for so many at a time. */
const BATCH = 100;
const NOT_ENDED: RunEnded = { ended: false };

/**
 * Stores the wish to cancel a run of `owners`, and ends it when it waits. `status`: what it was; `null`: it had ended, or is not theirs.
 */
export async function cancelWaiting(
  options: ReleaseOptions,
  owners: Owners,
  runId: string,
): Promise<{ status: RunStatus | null; ended: RunEnded }> {
  const closing = toCancelled(runId, options.now());
  const cancelled = await options.db.transaction().execute(async (trx) => {
    await lockRun(trx, runId);
    const run = await requestCancel(trx, owners, { id: runId, now: closing.now });
    if (run === null || run.status === 'RUNNING') return { status: run?.status ?? null, ended: NOT_ENDED };
    // Together: nobody looks for a run that is PAUSED with a wish that was not carried out.
    return { status: run.status, ended: await closeRun(trx, options.dispatch, closing) };
  });
  publishEnd(options.hub, closing, cancelled.ended);
  return cancelled;
}

/** Ends a run that waits and is to be cancelled. */
export async function endCancelled(options: ReleaseOptions, runId: string): Promise<RunEnded> {
  return await closeAndPublish(options, toCancelled(runId, options.now()));
}

/** As `endCancelled`, of all such runs, one after the other, until the signal aborts. */
export async function* endAllCancelled(
  options: ReleaseOptions,
  signal: AbortSignal,
): AsyncGenerator<RunEnded, void, undefined> {
  let ids: string[];
  do {
    ids = await findCancelledWaiting(options.db, BATCH);
    for (const id of ids) {
      if (signal.aborted) return;
      yield await endCancelled(options, id);
    }
  } while (ids.length === BATCH);
}

function toCancelled(runId: string, now: Date): RunClosing {
  return { runId, status: 'CANCELLED', error: null, from: ['QUEUED', 'PAUSED'], epoch: null, now };
}
