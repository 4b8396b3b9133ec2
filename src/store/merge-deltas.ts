import { sql, type SqlBool } from 'kysely';

import { type Db } from './tables.ts';

/**
 * Merges the deltas of these runs.
 *
 * 1. Each event belongs to a stretch: deltas of one message that follow each other.
 * 2. Of a stretch, the pieces of text are joined, and those of reasoning.
 * 3. Each joined row takes the place of its last one; where the two overlap, the one that ends earlier takes the place before the last.
 * 4. All other deltas go. What stands alone stays as it is.
 *
 * `trx` must be a transaction. Index: run_event_pkey.
 */
export async function mergeDeltas(trx: Db, ids: readonly string[]): Promise<void> {
  await withPlaces(trx, ids)
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

/** Steps 1 and 2. */
function withJoined(trx: Db, ids: readonly string[]) {
  return trx
    .with('log', (qb) =>
      qb
        .selectFrom('run_event')
        .select(['run_id', 'seq', 'type', 'at'])
        .select(sql<string>`payload ->> 'delta'`.as('delta'))
        .select(sql<string | null>`case when ${IS_DELTA} then payload ->> 'messageId' end`.as('message'))
        .where(sql<SqlBool>`run_event.run_id = any(${ids}::uuid[])`),
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
    );
}

/** Steps 1 to 3. */
function withPlaces(trx: Db, ids: readonly string[]) {
  return withJoined(trx, ids)
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
    );
}

const STRETCH = sql`(partition by run_id, stretch)`;
const IS_DELTA = sql`type in ('TextDelta', 'ReasoningDelta')`;
