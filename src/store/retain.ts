import { sql, type SqlBool } from 'kysely';

import { jsonText } from './json-text.ts';
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

/**
 * 1. Each event belongs to a stretch: deltas of one message that follow each other. 2. Of a stretch, the pieces of text are joined,
 * and those of reasoning. 3. Each joined row takes the place of its last one; where the two overlap, the one that ends earlier takes
 * the place before the last. 4. All other deltas go. What stands alone stays as it is.
 */
async function mergeDeltas(trx: Db, ids: readonly string[]): Promise<void> {
  await trx
    .with('log', (qb) =>
      qb
        .selectFrom('run_event')
        .select(['run_id', 'seq', 'type', 'at'])
        .select(sql<string>`payload ->> 'delta'`.as('delta'))
        .select(sql<string | null>`case when ${IS_DELTA} then payload ->> 'messageId' end`.as('message'))
        .where(anyOf('run_event.run_id', ids)),
    )
    .with('marked', (qb) =>
      qb
        .selectFrom('log')
        .selectAll()
        .select(
          sql<number>`(message is null or message is distinct from
            lag(message) over (partition by run_id order by seq))::integer`.as('begins'),
        ),
    )
    .with('placed', (qb) =>
      qb
        .selectFrom('marked')
        .selectAll()
        .select(sql<number>`sum(begins) over (partition by run_id order by seq)`.as('stretch')),
    )
    .with('joined', (qb) =>
      qb
        .selectFrom('placed')
        .select(['run_id', 'stretch', 'type', 'message'])
        .select(sql<string>`string_agg(delta, '' order by seq)`.as('delta'))
        .select(sql<Date>`max(at)`.as('at'))
        .select(sql<number>`min(seq)`.as('first_seq'))
        .select(sql<number>`max(seq)`.as('last_seq'))
        .where('message', 'is not', null)
        .groupBy(['run_id', 'stretch', 'type', 'message']),
    )
    .with('bounded', (qb) =>
      qb
        .selectFrom('joined')
        .selectAll()
        .select(sql<number>`min(first_seq) over ${STRETCH}`.as('stretch_first'))
        .select(sql<number>`max(last_seq) over ${STRETCH}`.as('stretch_last'))
        .select(
          sql<boolean>`count(*) over ${STRETCH} > 1 and max(first_seq) over ${STRETCH} <= min(last_seq) over ${STRETCH}`.as(
            'is_mixed',
          ),
        ),
    )
    .with('kept', (qb) =>
      qb
        .selectFrom('bounded')
        .select(['run_id', 'type', 'message', 'delta', 'at'])
        .select(sql<number>`case when is_mixed then stretch_first else first_seq end`.as('first_seq'))
        .select(
          sql<number>`case when is_mixed and last_seq < stretch_last then stretch_last - 1 else last_seq end`.as(
            'seq',
          ),
        )
        .where(sql<SqlBool>`is_mixed or first_seq < last_seq`),
    )
    .with('gone', (qb) =>
      qb
        .deleteFrom('run_event')
        .using('kept')
        .whereRef('run_event.run_id', '=', 'kept.run_id')
        .where(sql<SqlBool>`run_event.type in ('TextDelta', 'ReasoningDelta')`)
        .where(sql<SqlBool>`run_event.payload ->> 'messageId' = kept.message`)
        .where(sql<SqlBool>`run_event.seq between kept.first_seq and kept.seq`)
        .where(({ exists, not, selectFrom }) =>
          not(
            exists(
              selectFrom('kept as target')
                .select('target.seq')
                .whereRef('target.run_id', '=', 'run_event.run_id')
                .whereRef('target.seq', '=', 'run_event.seq'),
            ),
          ),
        ),
    )
    .updateTable('run_event')
    .from('kept')
    .whereRef('run_event.run_id', '=', 'kept.run_id')
    .whereRef('run_event.seq', '=', 'kept.seq')
    .set((eb) => ({
      type: eb.ref('kept.type'),
      at: eb.ref('kept.at'),
      payload: sql`jsonb_build_object('messageId', kept.message, 'delta', kept.delta, 'firstSeq', kept.first_seq)`,
    }))
    .execute();
}

const STRETCH = sql`(partition by run_id, stretch)`;
const IS_DELTA = sql`type in ('TextDelta', 'ReasoningDelta')`;

function anyOf(column: string, ids: readonly string[]) {
  return sql<SqlBool>`${sql.ref(column)} = any(${ids}::uuid[])`;
}
