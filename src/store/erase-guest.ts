import { sql, type SqlBool } from 'kysely';

import { isAnyOf } from './owner.ts';
import { OPEN_STATUSES } from './run.ts';
import { type RunRow, selectRuns, toKnownRun } from './run-row.ts';
import { type Db } from './tables.ts';

/** No `sub` is empty: nobody is taken for who started the run. */
const NOBODY = '';

/** Open runs that `userId` started, in whoever's session, at most 100. Index: run_starter_idx. */
export async function listOpenRunsStartedBy(db: Db, userId: string): Promise<RunRow[]> {
  const rows = await selectRuns(db)
    .where('run.started_by', '=', userId)
    .where(isAnyOf('run.status', OPEN_STATUSES))
    .limit(100)
    .execute();
  return rows.map(toKnownRun);
}

/**
 * Takes the name of `userId` out of at most `limit` ended runs, with the scopes, the token and the key that came with it;
 * what they say stays, and is the session owner's. How many. Index: run_starter_idx.
 */
export async function anonymizeRuns(
  db: Db,
  { userId, limit }: { readonly userId: string; readonly limit: number },
): Promise<number> {
  const changed = await db
    .updateTable('run')
    .set({
      started_by: NOBODY,
      scopes: '[]',
      idempotency_key: null,
      token_id: null,
      token_issued_at: null,
    })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('run')
        .select('id')
        .where('started_by', '=', userId)
        .where(sql<SqlBool>`run.finished_at is not null`)
        .limit(limit)
        .forUpdate(),
    )
    .returning('id')
    .execute();
  return changed.length;
}

/**
 * Takes the name of `userId`, and what was noted, out of at most `limit` decisions on the runs of others. How many. Index:
 * approval_decider_idx.
 */
export async function anonymizeDecisions(
  db: Db,
  { userId, limit }: { readonly userId: string; readonly limit: number },
): Promise<number> {
  const changed = await db
    .updateTable('approval')
    .set({ decided_by: NOBODY, note: null })
    .where('id', 'in', (eb) =>
      eb.selectFrom('approval').select('id').where('decided_by', '=', userId).limit(limit),
    )
    .returning('id')
    .execute();
  return changed.length;
}

/** Forgets how fast `userId` started runs. Index: user_pace_pkey. */
export async function deletePace(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('user_pace').where('user_id', '=', userId).execute();
}
