import { type CreateTableBuilder, type Kysely, sql } from 'kysely';

/** Sessions, runs, steps and events. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createSession(db);
  await createRun(db);
  await createStep(db);
  await createRunEvent(db);
}

async function createSession(db: Kysely<unknown>): Promise<void> {
  await addTimes(db.schema.createTable('session'), { required: ['created_at', 'updated_at'] })
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('agent_id', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('name', 'text')
    .addColumn('active_run_id', 'uuid')
    .addColumn('next_turn', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await createIndex(db, 'session', { name: 'session_owner_idx', columns: ['owner', 'id desc'] });
  await createIndex(db, 'session', { name: 'session_agent_idx', columns: ['agent_id', 'id desc'] });
}

async function createRun(db: Kysely<unknown>): Promise<void> {
  const times = {
    required: ['created_at'],
    optional: ['started_at', 'finished_at', 'lease_until', 'cancel_requested_at'],
  };
  await addCounts(addTimes(db.schema.createTable('run'), times))
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('session_id', 'uuid', (column) =>
      column.notNull().references('session.id').onDelete('cascade'),
    )
    .addColumn('agent_id', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('started_by', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('input', 'text', (column) => column.notNull())
    .addColumn('input_digest', 'text', (column) => column.notNull())
    .addColumn('scopes', 'jsonb', (column) => column.notNull())
    .addColumn('turn', 'integer', (column) => column.notNull())
    .addColumn('lease_owner', 'text')
    .addColumn('output', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error_message', 'text')
    .addColumn('time_to_first_token_ms', 'integer')
    .addColumn('model', 'text')
    .addUniqueConstraint('run_session_turn_key', ['session_id', 'turn'])
    .addCheckConstraint(
      'run_status_check',
      sql`status in ('QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED')`,
    )
    .execute();
  await createIndex(db, 'run', { name: 'run_owner_idx', columns: ['owner', 'id desc'] });
  await createIndex(db, 'run', { name: 'run_agent_idx', columns: ['agent_id', 'id desc'] });
  await createIndex(db, 'run', { name: 'run_session_idx', columns: ['session_id', 'id desc'] });
  await createIndex(db, 'run', { name: 'run_status_idx', columns: ['status', 'id desc'] });
}

async function createStep(db: Kysely<unknown>): Promise<void> {
  const times = { required: ['created_at'], optional: ['started_at', 'finished_at'] };
  await addTimes(db.schema.createTable('step'), times)
    .addColumn('run_id', 'uuid', (column) => column.notNull().references('run.id').onDelete('cascade'))
    .addColumn('index', 'integer', (column) => column.notNull())
    .addColumn('id', 'uuid', (column) => column.notNull())
    .addColumn('session_id', 'uuid', (column) => column.notNull())
    .addColumn('turn', 'integer', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('input', 'model', 'tool')`))
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('tool_calls', 'jsonb')
    .addColumn('tool_name', 'text')
    .addColumn('call_id', 'text')
    .addColumn('arguments', 'jsonb')
    .addColumn('result', 'jsonb')
    .addColumn('error', 'text')
    .addColumn('effect', 'text')
    .addColumn('idempotency_key', 'text')
    .addColumn('input_tokens', 'integer')
    .addColumn('output_tokens', 'integer')
    .addColumn('finish_reason', 'text')
    .addPrimaryKeyConstraint('step_pkey', ['run_id', 'index'])
    .addUniqueConstraint('step_id_key', ['id'])
    .execute();
  await createIndex(db, 'step', { name: 'step_session_idx', columns: ['session_id', 'turn', 'index'] });
}

async function createRunEvent(db: Kysely<unknown>): Promise<void> {
  await addTimes(db.schema.createTable('run_event'), { required: ['at'] })
    .addColumn('run_id', 'uuid', (column) => column.notNull().references('run.id').onDelete('cascade'))
    .addColumn('seq', 'integer', (column) => column.notNull().check(sql`seq > 0`))
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('payload', 'jsonb', (column) => column.notNull())
    .addPrimaryKeyConstraint('run_event_pkey', ['run_id', 'seq'])
    .execute();
}

type AnyTable = CreateTableBuilder<string, string>;

/** Instants, to the millisecond that the API shows. */
function addTimes(table: AnyTable, names: { required: string[]; optional?: string[] }): AnyTable {
  const withRequired = names.required.reduce(
    (builder, name) => builder.addColumn(name, sql`timestamptz(3)`, (column) => column.notNull()),
    table,
  );
  return (names.optional ?? []).reduce(
    (builder, name) => builder.addColumn(name, sql`timestamptz(3)`),
    withRequired,
  );
}

function addCounts(table: AnyTable): AnyTable {
  const names = [
    'attempt',
    'lease_epoch',
    'last_seq',
    'input_tokens',
    'output_tokens',
    'model_calls',
    'tool_calls',
  ];
  return names.reduce(
    (builder, name) => builder.addColumn(name, 'integer', (column) => column.notNull().defaultTo(0)),
    table,
  );
}

async function createIndex(
  db: Kysely<unknown>,
  table: string,
  { name, columns }: { name: string; columns: string[] },
): Promise<void> {
  // The column list is ours, so it goes in as written: `id desc` is an expression to the builder.
  await db.schema
    .createIndex(name)
    .on(table)
    .expression(sql.raw(columns.join(', ')))
    .execute();
}
