import { type RawBuilder, type Selectable, sql, type SqlBool } from 'kysely';

import { uuidV7Floor } from '../lib/uuid-v7-floor.ts';
import { type Condition, isOnPage, meets } from './is-on-page.ts';
import { jsonText } from './json-text.ts';
import { narrowTo } from './owner.ts';
import { type Page, type PageResult, parseIdKey, parsePage, toPageResult } from './page.ts';
import { type AuditEventTable, type AuditOutcome, type Db } from './tables.ts';

/** One thing that was allowed, denied or failed, or several that are alike. Cleaned: it holds no text that a caller could choose freely. */
export interface AuditEventRow {
  /** A UUID version 7 of `at`. */
  readonly id: string;
  /** When it happened; of several, the last one. */
  readonly at: Date;
  readonly firstAt: Date;
  /** How many are joined in this row. */
  readonly count: number;
  readonly nodeId: string;
  /** Of the operation; of several, the first one. */
  readonly correlationId: string | null;
  readonly transport: string | null;
  /** The token's `sub`; `null`: no token, or one that was refused. */
  readonly userId: string | null;
  readonly outcome: AuditOutcome;
  /** As in the answer's `extensions.code`; `null`: ALLOWED. */
  readonly code: string | null;
  /** More about it, in words of ours. */
  readonly reason: string | null;
  readonly operationName: string | null;
  /** `Type.field`; `null`: it did not come to a field. */
  readonly field: string | null;
  /** Response keys from the root, without list indexes. */
  readonly path: readonly string[];
  /** Arguments that are ids, by name. */
  readonly ids: Readonly<Record<string, string>>;
  /** Any-of lists. */
  readonly required: readonly (readonly string[])[];
  /** The granted scopes by which they were met. */
  readonly grants: readonly string[];
}

export interface AuditFilter {
  readonly userId?: string | null | undefined;
  readonly outcome?: AuditOutcome | null | undefined;
  /** `Type.field`. */
  readonly field?: string | null | undefined;
  /** Not before this instant. */
  readonly since?: Date | null | undefined;
  /** Before this instant. */
  readonly until?: Date | null | undefined;
  readonly page: Page;
}

/** How far the instant in an id may be from `at`: ids of one process rise when its clock is set back by less. */
const SLACK_MS = 10_000;
const FAR_FUTURE_MS = Date.UTC(9999, 0);

/** Stores events in one statement; those that are stored already stay as they are. Index: audit_event_pkey. */
export async function insertAuditEvents(db: Db, events: readonly AuditEventRow[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    id: event.id,
    at: event.at,
    first_at: event.firstAt,
    count: event.count,
    node_id: event.nodeId,
    correlation_id: event.correlationId,
    transport: event.transport,
    user_id: event.userId,
    outcome: event.outcome,
    code: event.code,
    reason: event.reason,
    operation_name: event.operationName,
    field: event.field,
    path: jsonText(event.path),
    ids: jsonText(event.ids),
    required: jsonText(event.required),
    grants: jsonText(event.grants),
  }));
  await db
    .insertInto('audit_event')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/**
 * A page of the events that meet every filter, newest first by id. Indexes: audit_event_user_idx, audit_event_field_idx or
 * audit_event_outcome_idx for the first filter of these names, in this order; what others are given is then looked for among all that
 * it lets through. Without any of them: audit_event_pkey.
 * @throws InvalidInputError when the page will not do.
 */
export async function listAuditEvents(db: Db, filter: AuditFilter): Promise<PageResult<AuditEventRow>> {
  const keyset = parsePage(filter.page, parseIdKey);
  const conditions: readonly Condition[] = [
    { column: 'user_id', values: narrowTo('all', filter.userId) },
    { column: 'field', values: narrowTo('all', filter.field) },
    { column: 'outcome', values: narrowTo('all', filter.outcome) },
  ];
  const [lead, ...others] = conditions.filter(({ values }) => values !== 'all');
  const filters = [...others.map((condition) => meets('audit_event', condition)), ...isBetween(filter)];
  const rows = await db
    .selectFrom('audit_event')
    .selectAll()
    .where(isOnPage('audit_event', { leads: lead === undefined ? [] : [lead], filters, keyset }))
    .orderBy('id', keyset.backward ? 'asc' : 'desc')
    .limit(keyset.limit + 1)
    .execute();
  return toPageResult(keyset, rows.map(toAuditEvent));
}

/** The bounds of ids are those that an index is read by; the instants are then compared exactly. */
function isBetween({ since, until }: AuditFilter): RawBuilder<SqlBool>[] {
  const [id, at] = [sql.ref('audit_event.id'), sql.ref('audit_event.at')];
  return [
    ...(isGiven(since)
      ? [sql<SqlBool>`${at} >= ${clamp(since)} and ${id} >= ${floorOf(since, -SLACK_MS)}`]
      : []),
    ...(isGiven(until)
      ? [sql<SqlBool>`${at} < ${clamp(until)} and ${id} < ${floorOf(until, SLACK_MS)}`]
      : []),
  ];
}

/**
 * Deletes events from before an instant, the oldest first, at most `limit`, and none of the last day. `trx` must be a transaction. How
 * many were deleted. Index: audit_event_pkey.
 */
export async function deleteOldAuditEvents(
  trx: Db,
  { before, limit }: { readonly before: Date; readonly limit: number },
): Promise<number> {
  await sql`select set_config('ambit.audit_before', ${before.toISOString()}, true)`.execute(trx);
  const deleted = await trx
    .deleteFrom('audit_event')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('audit_event')
        .select('id')
        .where('id', '<', floorOf(before, SLACK_MS))
        .where('at', '<', before)
        .where('at', '<', sql<Date>`now() - interval '1 day'`)
        .orderBy('id')
        .limit(limit),
    )
    .returning('id')
    .execute();
  return deleted.length;
}

function isGiven<TValue>(value: TValue): value is NonNullable<TValue> {
  return value !== null && value !== undefined;
}

function floorOf(at: Date, slackMs: number): string {
  return uuidV7Floor(new Date(clamp(at).getTime() + slackMs));
}

/** An instant that every database knows; before and after these there are no events. */
function clamp(at: Date): Date {
  return new Date(Math.min(Math.max(at.getTime(), 0), FAR_FUTURE_MS));
}

function toAuditEvent(row: Selectable<AuditEventTable>): AuditEventRow {
  return {
    id: row.id,
    at: row.at,
    firstAt: row.first_at,
    count: row.count,
    nodeId: row.node_id,
    correlationId: row.correlation_id,
    transport: row.transport,
    userId: row.user_id,
    outcome: row.outcome,
    code: row.code,
    reason: row.reason,
    operationName: row.operation_name,
    field: row.field,
    path: row.path,
    ids: row.ids,
    required: row.required,
    grants: row.grants,
  };
}
