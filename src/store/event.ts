import { type Selectable, sql } from 'kysely';

import { jsonText } from './json-text.ts';
import { statement } from './statement.ts';
import { type Db, type JsonObject, type RunEventTable } from './tables.ts';

/** An event of a run's log. */
export interface EventRow {
  readonly runId: string;
  readonly seq: number;
  readonly type: string;
  readonly payload: JsonObject;
  readonly at: Date;
}

export interface NewEvent {
  readonly runId: string;
  /** The lease under which it was written. */
  readonly epoch: number;
  readonly seq: number;
  readonly type: string;
  readonly payload: object;
  readonly at: Date;
}

export interface Appended {
  /** The runs whose events are in the log now; a run that is missing has lost its lease or ended, and none of its are. */
  readonly written: ReadonlySet<string>;
  /** Those of them that are to be cancelled. */
  readonly cancelRequested: ReadonlySet<string>;
}

/**
 * Appends events of many runs, all events of a run under one epoch, in one statement: 1. the rows of the runs whose lease still
 * holds are locked in the order of their ids, so a claim or an end waits for this flush, and this flush sees it; 2. their events
 * are inserted in the order of the log. Indexes: run_pkey, run_event_pkey.
 * @throws ConflictError when a seq is taken: nothing of the statement is written then.
 */
export async function appendEvents(db: Db, events: readonly NewEvent[]): Promise<Appended> {
  if (events.length === 0) return { written: new Set(), cancelRequested: new Set() };
  const rows = await appended(db, { leases: toLeases(events), events: toRecords(events) });
  const cancelled = rows.filter(({ cancel_requested_at }) => cancel_requested_at !== null);
  return {
    written: new Set(rows.map(({ id }) => id)),
    cancelRequested: new Set(cancelled.map(({ id }) => id)),
  };
}

const appended = statement((db, values: { readonly leases: string; readonly events: string }) =>
  db
    .with('alive', (qb) =>
      qb
        .selectFrom('run')
        .innerJoin(leaseRecords(values.leases), (join) =>
          join.onRef('lease.run_id', '=', 'run.id').onRef('lease.epoch', '=', 'run.lease_epoch'),
        )
        .select(['run.id', 'run.cancel_requested_at'])
        .where('run.status', '=', 'RUNNING')
        .orderBy('run.id')
        .forShare('run'),
    )
    .with('written', (qb) =>
      qb
        .insertInto('run_event')
        .columns(['run_id', 'seq', 'type', 'payload', 'at'])
        .expression((eb) =>
          eb
            .selectFrom('alive')
            .innerJoin(eventRecords(values.events), (join) => join.onRef('record.run_id', '=', 'alive.id'))
            .select(['record.run_id', 'record.seq', 'record.type', 'record.payload', 'record.at'])
            .orderBy('record.run_id')
            .orderBy('record.seq'),
        ),
    )
    .selectFrom('alive')
    .selectAll(),
);

/** Events of one run after a seq, in order. Index: run_event_pkey. */
export async function readEvents(
  db: Db,
  { runId, after, limit }: { readonly runId: string; readonly after: number; readonly limit: number },
): Promise<EventRow[]> {
  const rows = await db
    .selectFrom('run_event')
    .selectAll()
    .where('run_id', '=', runId)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(toEvent);
}

/** Where a reader stands in the log of a run: it has seen every event up to `after`. */
export interface EventCursor {
  readonly runId: string;
  readonly after: number;
}

/**
 * Events of many runs, each after its own cursor, at most `limit` a run, by run and then in order: one query for all readers of
 * a node. Index: run_event_pkey, once per cursor.
 */
export async function readEventsAfter(
  db: Db,
  cursors: readonly EventCursor[],
  limit: number,
): Promise<EventRow[]> {
  if (cursors.length === 0) return [];
  const rows = await db
    .selectFrom(cursorRecords(cursors))
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('run_event')
          .selectAll('run_event')
          .whereRef('run_event.run_id', '=', 'reader.run_id')
          .whereRef('run_event.seq', '>', 'reader.after')
          .orderBy('run_event.seq')
          .limit(limit)
          .as('event'),
      (join) => join.onTrue(),
    )
    .selectAll('event')
    .orderBy('event.run_id')
    .orderBy('event.seq')
    .execute();
  return rows.map(toEvent);
}

function toEvent(row: Selectable<RunEventTable>): EventRow {
  return { runId: row.run_id, seq: row.seq, type: row.type, payload: row.payload, at: row.at };
}

/** One row per run of `events`, as JSON. */
function toLeases(events: readonly NewEvent[]): string {
  const epochs = new Map(events.map(({ runId, epoch }) => [runId, epoch]));
  return jsonText(Array.from(epochs, ([run_id, epoch]) => ({ run_id, epoch })));
}

function leaseRecords(leases: string) {
  return sql<{ run_id: string; epoch: number }>`json_to_recordset(${leases}::json)`.as<'lease'>(
    sql`lease(run_id uuid, epoch integer)`,
  );
}

function toRecords(events: readonly NewEvent[]): string {
  return jsonText(
    events.map(({ runId, seq, type, payload, at }) => ({ run_id: runId, seq, type, payload, at })),
  );
}

function eventRecords(events: string) {
  return sql<Selectable<RunEventTable>>`json_to_recordset(${events}::json)`.as<'record'>(
    sql`record(run_id uuid, seq integer, type text, payload jsonb, at timestamptz)`,
  );
}

function cursorRecords(cursors: readonly EventCursor[]) {
  const records = cursors.map(({ runId, after }) => ({ run_id: runId, after }));
  return sql<{ run_id: string; after: number }>`json_to_recordset(${jsonText(records)}::json)`.as<'reader'>(
    sql`reader(run_id uuid, after integer)`,
  );
}
