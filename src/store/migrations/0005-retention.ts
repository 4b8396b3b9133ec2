import { type Kysely, sql } from 'kysely';

/** How much of an ended run's log is left. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('run')
    .addColumn('log_state', 'text', (column) =>
      column
        .notNull()
        .defaultTo('WHOLE')
        .check(sql`log_state in ('WHOLE', 'COMPACTED', 'DROPPED')`),
    )
    .execute();
  await db.schema
    .createIndex('run_retention_idx')
    .on('run')
    .columns(['log_state', 'finished_at'])
    .where(sql.ref('finished_at'), 'is not', null)
    .execute();
}
