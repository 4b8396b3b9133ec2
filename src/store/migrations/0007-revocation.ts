import { type Kysely, sql } from 'kysely';

/**
 * Revoked tokens: one row for each `jti`, one for each user, one for everybody. `seq` is new whenever a row is written. And which token
 * started each run; runs of before count as started by one that says neither its `jti` nor when it was issued.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('revocation')
    .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('token', 'user', 'all')`))
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull().generatedByDefaultAsIdentity())
    .addColumn('issued_before', sql`timestamptz(3)`)
    .addColumn('revoked_at', sql`timestamptz(3)`, (column) => column.notNull())
    .addColumn('revoked_by', 'text', (column) => column.notNull())
    .addColumn('keep_until', sql`timestamptz(3)`)
    .addPrimaryKeyConstraint('revocation_pkey', ['kind', 'subject'])
    .addCheckConstraint('revocation_instant', sql`(kind = 'token') = (issued_before is null)`)
    .execute();
  await db.schema.createIndex('revocation_seq_key').unique().on('revocation').column('seq').execute();
  await db.schema
    .createIndex('revocation_keep_idx')
    .on('revocation')
    .column('keep_until')
    .where(sql.ref('keep_until'), 'is not', null)
    .execute();
  await db.schema
    .alterTable('run')
    .addColumn('token_id', 'text')
    .addColumn('token_issued_at', sql`timestamptz(3)`)
    .addColumn('revoked_at', sql`timestamptz(3)`)
    .execute();
  await db.schema
    .createIndex('run_token_idx')
    .on('run')
    .column('token_id')
    .where(sql.ref('token_id'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('run_cancel_idx')
    .on('run')
    .column('id')
    .where(sql<boolean>`cancel_requested_at is not null and finished_at is null`)
    .execute();
}
