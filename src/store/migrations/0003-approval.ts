import { type Kysely, sql } from 'kysely';

const IS_PENDING = sql<boolean>`status = 'PENDING'`;

/** The approvals that runs wait for, and how long runs have waited for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createApproval(db);
  await db.schema
    .createIndex('approval_open_key')
    .unique()
    .on('approval')
    .column('tool_call_id')
    .where(IS_PENDING)
    .execute();
  await db.schema.createIndex('approval_run_idx').on('approval').columns(['run_id', 'id']).execute();
  await db.schema
    .createIndex('approval_agent_idx')
    .on('approval')
    .expression(sql`agent_id, id desc`)
    .where(IS_PENDING)
    .execute();
  await db.schema.createIndex('approval_decider_idx').on('approval').column('decided_by').execute();
  await db.schema
    .createIndex('approval_expiry_idx')
    .on('approval')
    .column('expires_at')
    .where(IS_PENDING)
    .execute();
  await db.schema
    .alterTable('run')
    .addColumn('paused_at', sql`timestamptz(3)`)
    .addColumn('paused_ms', sql`double precision`, (column) => column.notNull().defaultTo(0))
    .execute();
}

async function createApproval(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('approval')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('run_id', 'uuid', (column) => column.notNull().references('run.id').onDelete('cascade'))
    .addColumn('tool_call_id', 'uuid', (column) => column.notNull())
    .addColumn('agent_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('CALL', 'OUTCOME')`))
    .addColumn('tool_name', 'text', (column) => column.notNull())
    .addColumn('arguments_digest', 'text', (column) => column.notNull())
    .addColumn('four_eyes', 'boolean', (column) => column.notNull())
    .addColumn('status', 'text', (column) =>
      column.notNull().check(sql`status in ('PENDING', 'APPROVED', 'REFUSED', 'EXPIRED', 'CANCELLED')`),
    )
    .addColumn('requested_at', sql`timestamptz(3)`, (column) => column.notNull())
    .addColumn('expires_at', sql`timestamptz(3)`, (column) => column.notNull())
    .addColumn('decided_at', sql`timestamptz(3)`)
    .addColumn('decided_by', 'text')
    .addColumn('note', 'text')
    .addColumn('used_at', sql`timestamptz(3)`)
    .execute();
}
