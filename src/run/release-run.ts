import type { RunEnded } from '../store/end-run.ts';
import { lockRun } from '../store/lock-run.ts';
import { requeueRun } from '../store/requeue-run.ts';
import { findRunById } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Lease } from '../store/step.ts';
import type { Db } from '../store/tables.ts';
import { closeRun, type RunClosing } from './close-run.ts';
import { type FinishOptions, publishEnd } from './finish-run.ts';

export interface ReleaseOptions extends FinishOptions {
  readonly now: () => Date;
}

/** What became of the run: it waits for its next claim, or has ended, or was another's already. */
export type Released = { readonly queued: boolean; readonly ended: RunEnded };

/** So often a run is taken over from nodes that died with it; a run that kills its node must not go on for ever. */
const MAX_RECOVERIES = 5;
const LOST: Released = { queued: false, ended: { ended: false } };

/**
 * Lets go of a RUNNING run, so that whoever claims it next goes on with it: in one transaction, with the wake-up. One that is to be
 * cancelled ends CANCELLED instead; with `isRecovery`, which says that its node died, one that has been recovered five times ends
 * FAILED (INTERRUPTED).
 */
export async function releaseRun(
  options: ReleaseOptions,
  lease: Lease,
  { isRecovery }: { readonly isRecovery: boolean },
): Promise<Released> {
  const now = options.now();
  const released = await options.db.transaction().execute(async (trx): Promise<Released> => {
    await lockRun(trx, lease.runId);
    const run = await findRunById(trx, lease.runId);
    if (run?.status !== 'RUNNING' || run.leaseEpoch !== lease.epoch) return LOST;
    const end = toEnd(run, isRecovery);
    if (end === null) return await requeue(trx, options, { lease, isRecovery });
    const closing: RunClosing = { ...lease, ...end, from: ['RUNNING'], now };
    return { queued: false, ended: await closeRun(trx, options.dispatch, closing) };
  });
  publishEnd(options.hub, { runId: lease.runId, now }, released.ended);
  return released;
}

async function requeue(
  trx: Db,
  { dispatch }: ReleaseOptions,
  { lease, isRecovery }: { readonly lease: Lease; readonly isRecovery: boolean },
): Promise<Released> {
  if (!(await requeueRun(trx, lease, { isRecovery }))) return LOST;
  await dispatch.enqueue(trx, lease.runId);
  return { queued: true, ended: { ended: false } };
}

/** How a run ends that is not to go on. */
function toEnd(run: RunRow, isRecovery: boolean): Pick<RunClosing, 'status' | 'error'> | null {
  if (run.cancelRequestedAt !== null) return { status: 'CANCELLED', error: null };
  if (!isRecovery || run.recoveries < MAX_RECOVERIES) return null;
  const message = 'The servers that executed the run died again and again.';
  return { status: 'FAILED', error: { code: 'INTERRUPTED', message } };
}
