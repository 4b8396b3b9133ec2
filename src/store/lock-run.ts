import { isUuid } from '../lib/is-uuid.ts';
import { statement } from './statement.ts';
import { type Db } from './tables.ts';

/** The session of a run whose rows are locked. */
export interface LockedSession {
  readonly id: string;
  readonly activeRunId: string | null;
}

/**
 * Locks the row of the run's session, then the run's own, always in this order (so does the deletion of a session), until
 * `trx` ends; `null` when there is no such run. A flush in flight is waited for: what follows in `trx` sees its events.
 * Indexes: run_pkey, session_pkey.
 */
export async function lockRun(trx: Db, runId: string): Promise<LockedSession | null> {
  if (!isUuid(runId)) return null;
  const [row] = await locked(trx, { runId });
  return row === undefined ? null : { id: row.id, activeRunId: row.active_run_id };
}

const locked = statement((db, { runId }: { readonly runId: string }) =>
  db
    .selectFrom('run')
    .innerJoin('session', 'session.id', 'run.session_id')
    .select(['session.id', 'session.active_run_id'])
    .where('run.id', '=', runId)
    .forUpdate(['session', 'run']),
);
