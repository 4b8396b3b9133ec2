import { type Db, type RunStatus } from './tables.ts';

/**
 * Takes the lease of an open run in one of these states in order to end it in the same transaction, whoever held it: its new epoch, or
 * `null` when it is in none of them, or `epoch` is given and not its own. `trx` must be a transaction in which the run is locked.
 * Index: run_pkey.
 */
export async function seizeRun(
  trx: Db,
  runId: string,
  { statuses, epoch }: { readonly statuses: readonly RunStatus[]; readonly epoch: number | null },
): Promise<number | null> {
  const row = await trx
    .updateTable('run')
    .set((eb) => ({ status: 'RUNNING', lease_epoch: eb('lease_epoch', '+', 1) }))
    .where('id', '=', runId)
    .where('status', 'in', statuses)
    .$if(epoch !== null, (update) => update.where('lease_epoch', '=', epoch))
    .returning('lease_epoch')
    .executeTakeFirst();
  return row?.lease_epoch ?? null;
}
