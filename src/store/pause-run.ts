import { type Lease } from './step.ts';
import { type Db } from './tables.ts';

/**
 * Takes a RUNNING run to PAUSED; `false`: the lease is not the run's any more, it has ended, or it is to be cancelled. Its session
 * goes on naming it. `trx` must be a transaction in which the run is locked. Index: run_pkey.
 */
export async function pauseRun(trx: Db, { runId, epoch }: Lease, now: Date): Promise<boolean> {
  const row = await trx
    .updateTable('run')
    .set({ status: 'PAUSED', lease_owner: null, paused_at: now })
    .where('id', '=', runId)
    .where('status', '=', 'RUNNING')
    .where('lease_epoch', '=', epoch)
    .where('cancel_requested_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Takes a PAUSED run to QUEUED, so that anybody may claim it and go on; `false`: it is not PAUSED any more. The time it has waited is
 * added up. Index: run_pkey.
 */
export async function unpauseRun(
  trx: Db,
  {
    id,
    pausedAt,
    pausedMs,
  }: { readonly id: string; readonly pausedAt: Date | null; readonly pausedMs: number },
  now: Date,
): Promise<boolean> {
  const waitedMs = pausedAt === null ? 0 : Math.max(0, now.getTime() - pausedAt.getTime());
  const row = await trx
    .updateTable('run')
    .set({ status: 'QUEUED', paused_at: null, paused_ms: pausedMs + waitedMs })
    .where('id', '=', id)
    .where('status', '=', 'PAUSED')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
