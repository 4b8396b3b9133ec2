import { type Lease } from './step.ts';
import { type Db } from './tables.ts';

/**
 * Takes a RUNNING run back to QUEUED, so that anybody may claim it and go on; `session.active_run_id` still names it. `false`: the
 * lease is not the run's any more, or it has ended. `isRecovery`: its node died, which is counted. Index: run_pkey.
 */
export async function requeueRun(
  db: Db,
  { runId, epoch }: Lease,
  { isRecovery }: { readonly isRecovery: boolean },
): Promise<boolean> {
  const row = await db
    .updateTable('run')
    .set((eb) => ({
      status: 'QUEUED',
      lease_owner: null,
      recoveries: eb('recoveries', '+', isRecovery ? 1 : 0),
    }))
    .where('id', '=', runId)
    .where('status', '=', 'RUNNING')
    .where('lease_epoch', '=', epoch)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
