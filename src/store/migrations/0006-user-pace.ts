import { type Kysely, sql } from 'kysely';

/** How fast each user may start runs: one row for whoever has started some lately. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('user_pace')
    .addColumn('user_id', 'text', (column) => column.primaryKey())
    .addColumn('full_at', sql`timestamptz`, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('user_pace_full_idx').on('user_pace').column('full_at').execute();
}
