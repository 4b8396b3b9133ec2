import { type Kysely } from 'kysely';

/** Of which trace the request was that started a run, for whoever executes it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('run')
    .addColumn('traceparent', 'text')
    .addColumn('tracestate', 'text')
    .execute();
}
