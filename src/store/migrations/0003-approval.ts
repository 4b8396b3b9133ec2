import { type Kysely, sql } from 'kysely';

/** The approvals that runs wait for, and how long runs have waited for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createApproval(db);
  await sql`create unique index approval_open_key on approval (tool_call_id) where status = 'PENDING'`.execute(
    db,
  );
  await sql`create index approval_run_idx on approval (run_id, id)`.execute(db);
  await sql`create index approval_agent_idx on approval (agent_id, id desc) where status = 'PENDING'`.execute(
    db,
  );
  await sql`create index approval_expiry_idx on approval (expires_at) where status = 'PENDING'`.execute(db);
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
