import { isUuid } from '../lib/is-uuid.ts';
import { hasOpenRun } from './has-open-run.ts';
import { type Owners, ownedBy } from './owner.ts';
import { deleteSession } from './session.ts';
import { type Db } from './tables.ts';

/**
 * Deletes the session as `deleteSession` does, unless one of its runs is open: `busy`, and nothing is deleted. `unknown`: there is
 * no such session of `owners`. `trx` must be a transaction: the session's row is locked first, so no run is accepted meanwhile.
 * Indexes: session_pkey, run_session_turn_key.
 */
export async function deleteIdleSession(
  trx: Db,
  owners: Owners,
  id: string,
): Promise<'deleted' | 'busy' | 'unknown'> {
  if (!isUuid(id) || !(await lockSession(trx, owners, id))) return 'unknown';
  if (await hasOpenRun(trx, id)) return 'busy';
  return (await deleteSession(trx, owners, id)) ? 'deleted' : 'unknown';
}

async function lockSession(trx: Db, owners: Owners, id: string): Promise<boolean> {
  const session = await trx
    .selectFrom('session')
    .select('id')
    .where('id', '=', id)
    .where(ownedBy('session', owners))
    .forUpdate()
    .executeTakeFirst();
  return session !== undefined;
}
