import { type Kysely, sql } from 'kysely';

/** The nodes that live, whose lease stands for those of all their runs; and how often a run was taken over from a dead one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('node')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('lease_until', sql`timestamptz(3)`, (column) => column.notNull())
    .execute();
  await db.schema
    .alterTable('run')
    .dropColumn('lease_until')
    .addColumn('recoveries', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}
