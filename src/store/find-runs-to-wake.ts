import { type Db } from './tables.ts';

/**
 * The ids of the runs that anybody may claim, oldest first, at most `limit`: the first QUEUED run of every session that has no other
 * active. Indexes: run_status_idx, session_pkey.
 */
export async function findRunsToWake(db: Db, limit: number): Promise<string[]> {
  const rows = await claimableRuns(db).orderBy('run.id').limit(limit).execute();
  return rows.map(({ id }) => id);
}

/** The runs that anybody may claim. Indexes: as above. */
export function claimableRuns(db: Db) {
  return db
    .selectFrom('run')
    .innerJoin('session', 'session.id', 'run.session_id')
    .select('run.id')
    .where('run.status', '=', 'QUEUED')
    .where(({ eb, or }) =>
      or([eb('session.active_run_id', 'is', null), eb('session.active_run_id', '=', eb.ref('run.id'))]),
    )
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('run as earlier')
            .select('earlier.id')
            .whereRef('earlier.session_id', '=', 'run.session_id')
            .whereRef('earlier.turn', '<', 'run.turn')
            .where('earlier.status', '=', 'QUEUED'),
        ),
      ),
    );
}
