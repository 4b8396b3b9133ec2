import { type Kysely, sql } from 'kysely';

/** The key under which a caller may repeat a request, and what finds the runs that somebody started. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('run').addColumn('idempotency_key', 'text').execute();
  await db.schema
    .createIndex('run_idempotency_key')
    .on('run')
    .unique()
    .columns(['started_by', 'idempotency_key'])
    .where(sql.ref('idempotency_key'), 'is not', null)
    .execute();
  await db.schema.createIndex('run_starter_idx').on('run').columns(['started_by', 'status']).execute();
}
