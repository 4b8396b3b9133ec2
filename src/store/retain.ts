import { sql, type SqlBool } from 'kysely';

import { jsonText } from './json-text.ts';
import { mergeDeltas } from './merge-deltas.ts';
import { type Db, LOG_STATES, type LogState } from './tables.ts';

/** What each step of retention is given: runs that ended before `before`, so many at a time. */
export interface RetentionBatch {
  readonly before: Date;
  readonly limit: number;
}

/**
 * Takes the right to do a batch of retention, until `trx` ends; `false`: another node has it. Through a transaction-mode pooler as
 * well.
 */
export async function tryRetentionLock(trx: Db): Promise<boolean> {
  const { rows } = await sql<{
    taken: boolean;
  }>`select pg_try_advisory_xact_lock(hashtextextended('ambit retention', 0)) as taken`.execute(trx);
  return rows[0]?.taken === true;
}

/**
 * Merges the deltas of ended runs: of each stretch of deltas of one message one row is left for its text and one for its reasoning,
 * under the last `seq` they had, with the first one as `firstSeq` in the payload. Where text and reasoning take turns both rows
 * stand for the whole stretch, at its end. `trx` must be a transaction. How many runs were merged. Indexes: run_retention_idx,
 * run_event_pkey.
 */
export async function compactLogs(trx: Db, batch: RetentionBatch): Promise<number> {
  const ids = await takeRuns(trx, { states: ['WHOLE'], next: 'COMPACTED', batch });
  if (ids.length > 0) await mergeDeltas(trx, ids);
  return ids.length;
}

/**
 * Deletes the events of ended runs, RunFinished excepted, which says in its payload that others were before it. `trx` must be a
 * transaction. How many runs lost theirs. Indexes: run_retention_idx, run_event_pkey.
 */
export async function dropLogs(trx: Db, batch: RetentionBatch): Promise<number> {
  const ids = await takeRuns(trx, { states: ['WHOLE', 'COMPACTED'], next: 'DROPPED', batch });
  if (ids.length === 0) return 0;
  await trx
    .deleteFrom('run_event')
    .using('run')
    .where(anyOf('run.id', ids))
    .whereRef('run_event.run_id', '=', 'run.id')
    .whereRef('run_event.seq', '<', 'run.last_seq')
    .execute();
  await trx
    .updateTable('run_event')
    .set({ payload: jsonText({ dropped: true }) })
    .where(anyOf('run_event.run_id', ids))
    .execute();
  return ids.length;
}

/**
 * Deletes ended runs with their steps and events, and the sessions that are then empty and have not changed since `before`. `trx`
 * must be a transaction: the sessions are locked first, as everywhere; one that is in use is left for later. How many runs were
 * deleted. Indexes: run_retention_idx, session_pkey, run_pkey, run_session_turn_key.
 */
export async function deleteOldRuns(trx: Db, { before, limit }: RetentionBatch): Promise<number> {
  const old = await trx
    .selectFrom('run')
    .innerJoin('session', 'session.id', 'run.session_id')
    .select(['run.id', 'session.id as session_id'])
    .where('run.log_state', 'in', LOG_STATES)
    .where('run.finished_at', '<', before)
    .limit(limit)
    .forUpdate('session')
    .skipLocked()
    .execute();
  if (old.length === 0) return 0;
  await trx
    .deleteFrom('run')
    .where(
      anyOf(
        'run.id',
        old.map(({ id }) => id),
      ),
    )
    .execute();
  await trx
    .deleteFrom('session')
    .where(
      anyOf(
        'session.id',
        old.map(({ session_id }) => session_id),
      ),
    )
    .where('session.updated_at', '<', before)
    .where(({ exists, not, selectFrom }) =>
      not(exists(selectFrom('run').select('run.id').whereRef('run.session_id', '=', 'session.id'))),
    )
    .execute();
  return old.length;
}

/** Forgets the pace of users who may start as many runs as ever: no row says the same. Index: user_pace_full_idx. */
export async function deleteFullPaces(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('user_pace').where('full_at', '<', now).execute();
}

async function takeRuns(
  trx: Db,
  { states, next, batch }: { states: readonly LogState[]; next: LogState; batch: RetentionBatch },
): Promise<string[]> {
  const runs = await trx
    .updateTable('run')
    .set({ log_state: next })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('run')
        .select('id')
        .where('log_state', 'in', states)
        .where('finished_at', '<', batch.before)
        .limit(batch.limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning('id')
    .execute();
  return runs.map(({ id }) => id);
}

function anyOf(column: string, ids: readonly string[]) {
  return sql<SqlBool>`${sql.ref(column)} = any(${ids}::uuid[])`;
}
