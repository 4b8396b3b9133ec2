import { type Kysely, sql } from 'kysely';

/** What was refused, done and failed: a table that only grows, but for what retention takes from its old end. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createTable(db);
  for (const [name, columns] of INDEXES) {
    await db.schema.createIndex(name).on('audit_event').expression(sql.raw(columns)).execute();
  }
  await guardTable(db, schemaOf(db));
}

const INDEXES = [
  ['audit_event_user_idx', 'user_id, id desc'],
  ['audit_event_field_idx', 'field, id desc'],
  ['audit_event_outcome_idx', 'outcome, id desc'],
] as const;

async function createTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit_event')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('at', sql`timestamptz(3)`, (column) => column.notNull())
    .addColumn('first_at', sql`timestamptz(3)`, (column) => column.notNull())
    .addColumn('count', 'integer', (column) => column.notNull().check(sql`count > 0`))
    .addColumn('node_id', 'text', (column) => column.notNull())
    .addColumn('correlation_id', 'text')
    .addColumn('transport', 'text')
    .addColumn('user_id', 'text')
    .addColumn('outcome', 'text', (column) =>
      column.notNull().check(sql`outcome in ('ALLOWED', 'DENIED', 'FAILED', 'DROPPED')`),
    )
    .addColumn('code', 'text')
    .addColumn('reason', 'text')
    .addColumn('operation_name', 'text')
    .addColumn('field', 'text')
    .addColumn('path', 'jsonb', (column) => column.notNull())
    .addColumn('ids', 'jsonb', (column) => column.notNull())
    .addColumn('required', 'jsonb', (column) => column.notNull())
    .addColumn('grants', 'jsonb', (column) => column.notNull())
    .execute();
}

/**
 * No row is changed, and none deleted or truncated, whoever asks. The one exception is made for retention: a transaction that sets
 * `ambit.audit_before` may delete rows from before that instant, and never those of the last day.
 */
async function guardTable(db: Kysely<unknown>, schema: string): Promise<void> {
  const table = sql.id(schema, 'audit_event');
  const guard = sql.id(schema, 'audit_event_guard');
  await sql`create function ${guard}() returns trigger language plpgsql as $guard$
    begin
      if tg_op = 'DELETE' then
        if old.at < nullif(current_setting('ambit.audit_before', true), '')::timestamptz
          and old.at < now() - interval '1 day' then
          return old;
        end if;
      end if;
      raise exception 'The audit log is append-only.' using errcode = 'insufficient_privilege';
    end
  $guard$`.execute(db);
  await sql`create trigger audit_event_guard before update or delete on ${table}
    for each row execute function ${guard}()`.execute(db);
  await sql`create trigger audit_event_truncate_guard before truncate on ${table}
    for each statement execute function ${guard}()`.execute(db);
}

/** The schema that `db` writes to, which the builder fills in and plain SQL must name. */
function schemaOf(db: Kysely<unknown>): string {
  const { schema } = db.schema.dropTable('audit_event').toOperationNode().table.table;
  return schema?.name ?? 'public';
}
