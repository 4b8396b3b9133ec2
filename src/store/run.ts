import { sql, type SqlBool } from 'kysely';

import { isUuid } from '../lib/is-uuid.ts';
import { type Condition, type IdPage, isOnPage, meets } from './is-on-page.ts';
import { isAnyOf, narrowTo, type Owners, ownedBy } from './owner.ts';
import { EMPTY_PAGE, type Page, type PageResult, parseIdKey, parsePage, toPageResult } from './page.ts';
import { knownSeq, type RunRow, selectRuns, toKnownRun } from './run-row.ts';
import { statement } from './statement.ts';
import { type Db, RUN_STATUSES, type RunStatus } from './tables.ts';

/** Which runs, besides those that the owners allow. `agentIds`: of these agents only; an empty list: of none. */
export interface RunQuery {
  readonly agentId?: string | null | undefined;
  readonly agentIds?: readonly string[] | null | undefined;
  readonly sessionId?: string | null | undefined;
  readonly owner?: string | null | undefined;
  /** Left out: any; an empty list: none. */
  readonly status?: readonly RunStatus[] | null | undefined;
  readonly page: Page;
}

/** The states of a run that has not ended. */
export const OPEN_STATUSES: readonly RunStatus[] = ['QUEUED', 'RUNNING', 'PAUSED'];

/** The same, as run_open_idx has it. */
const IS_OPEN = sql<SqlBool>`run.finished_at is null`;

/** The run, or `null` when it is unknown, malformed or not of `owners`. Index: run_pkey. */
export async function findRun(db: Db, owners: Owners, id: string): Promise<RunRow | null> {
  if (!isUuid(id)) return null;
  const row = await selectRuns(db).where('run.id', '=', id).where(ownedBy('run', owners)).executeTakeFirst();
  return row === undefined ? null : toKnownRun(row);
}

/** The run whoever it belongs to: for the engine, never for a request. Index: run_pkey. */
export async function findRunById(db: Db, id: string): Promise<RunRow | null> {
  return await findRun(db, 'all', id);
}

/** How far a run is, without its texts: those may be large. */
export type RunState = Pick<RunRow, 'id' | 'agentId' | 'owner' | 'status' | 'lastSeq' | 'finishedAt'>;

/** As `findRun`. Index: run_pkey. */
export async function findRunState(db: Db, owners: Owners, id: string): Promise<RunState | null> {
  if (!isUuid(id)) return null;
  const [row] = await runState(db, { id, owners: owners === 'all' ? null : owners });
  if (row === undefined) return null;
  const { id: runId, agent_id: agentId, owner, status, finished_at: finishedAt, known_seq } = row;
  return { id: runId, agentId, owner, status, lastSeq: known_seq ?? 0, finishedAt };
}

const runState = statement((db, values: { readonly id: string; readonly owners: readonly string[] | null }) =>
  db
    .selectFrom('run')
    .select(['run.id', 'run.agent_id', 'run.owner', 'run.status', 'run.finished_at', knownSeq])
    .where('run.id', '=', values.id)
    .where(sql<SqlBool>`(${values.owners}::text[] is null or run.owner = any(${values.owners}::text[]))`),
);

/** What a request may have named its run by, at least one of them. */
export interface RequestNames {
  readonly id: string | null;
  readonly startedBy: string;
  readonly idempotencyKey: string | null;
}

/**
 * The runs of that id, whoever's, and of that starter's key, in one look: none, one, or two that are not the same.
 * Indexes: run_pkey, run_idempotency_key.
 */
export async function findRequestedRuns(db: Db, names: RequestNames): Promise<RunRow[]> {
  const { id, startedBy, idempotencyKey } = names;
  const byId = db
    .selectFrom('run')
    .select('run.id')
    .where('run.id', '=', id ?? '');
  const byKey = db
    .selectFrom('run')
    .select('run.id')
    .where('run.started_by', '=', startedBy)
    .where('run.idempotency_key', '=', idempotencyKey ?? '');
  if (id === null && idempotencyKey === null) return [];
  const named = id === null ? byKey : idempotencyKey === null ? byId : byId.union(byKey);
  const rows = await selectRuns(db).where('run.id', 'in', named).execute();
  return rows.map(toKnownRun);
}

/**
 * A page of the runs of `owners`, newest first by id. It reads no more than a page for each owner, agent and status, but where it looks
 * for runs among others: see `findIndex`.
 * @throws InvalidInputError when the page will not do.
 */
export async function listRuns(db: Db, owners: Owners, query: RunQuery): Promise<PageResult<RunRow>> {
  const keyset = parsePage(query.page, parseIdKey);
  const { sessionId } = query;
  if (typeof sessionId === 'string' && !isUuid(sessionId)) return EMPTY_PAGE;
  const rows = await selectRuns(db)
    .where(isOnPage('run', { ...findIndex(owners, query), keyset }))
    .orderBy('run.id', keyset.backward ? 'asc' : 'desc')
    .limit(keyset.limit + 1)
    .execute();
  return toPageResult(keyset, rows.map(toKnownRun));
}

/**
 * What the runs are found by; the filters are then looked at run after run:
 * - run_session_idx, of a session: all of its runs at most;
 * - run_open_idx, open runs of some owners: with an agent, all of their open runs at most;
 * - run_owner_idx, of some owners: with an agent, or states of runs that have ended, all of their runs at most;
 * - run_agent_status_idx, of an agent, and run_status_idx, of some states: nothing is left to filter;
 * - run_pkey, all.
 */
function findIndex(owners: Owners, query: Omit<RunQuery, 'page'>): Omit<IdPage, 'keyset'> {
  const session: Condition = { column: 'session_id', values: narrowTo('all', query.sessionId) };
  const owner: Condition = { column: 'owner', values: narrowTo(owners, query.owner) };
  const agent: Condition = { column: 'agent_id', values: narrowTo(query.agentIds ?? 'all', query.agentId) };
  const status: Condition = { column: 'status', values: narrowTo(query.status ?? 'all', null) };
  const meet = (...conditions: Condition[]) => conditions.map((condition) => meets('run', condition));
  if (session.values !== 'all') return { leads: [session], filters: meet(owner, agent, status) };
  if (owner.values !== 'all' && query.status?.every(isOpen)) {
    return { leads: [owner, status], filters: [IS_OPEN, ...meet(agent)] };
  }
  if (owner.values !== 'all') return { leads: [owner], filters: meet(agent, status) };
  if (agent.values === 'all') return { leads: [status] };
  return { leads: [agent, { column: 'status', values: narrowTo(query.status ?? RUN_STATUSES, null) }] };
}

function isOpen(status: RunStatus): boolean {
  return OPEN_STATUSES.includes(status);
}

/** Those of the runs that wait to be claimed. Index: run_pkey. */
export async function findQueuedRuns(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('run')
    .select('id')
    .where(sql<SqlBool>`id = any(${ids.filter(isUuid)}::uuid[])`)
    .where('status', '=', 'QUEUED')
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Those of the ids under which there is no run. Index: run_pkey. */
export async function findMissingRuns(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom(sql<{ id: string }>`unnest(${ids.filter(isUuid)}::uuid[])`.as<'asked'>(sql`asked(id)`))
    .select('asked.id')
    .where(({ exists, not, selectFrom }) =>
      not(exists(selectFrom('run').select('run.id').whereRef('run.id', '=', 'asked.id'))),
    )
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Those of the runs that are to be cancelled and have not ended. Index: run_cancel_idx. */
export async function findCancelRequested(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('run')
    .select('id')
    .where(sql<SqlBool>`id = any(${ids.filter(isUuid)}::uuid[])`)
    .where('cancel_requested_at', 'is not', null)
    .where('finished_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Marks an open run as to be cancelled, the first time for good: the run as it is now, or `null` when it is unknown, ended, or
 * not of `owners`. Waits for a flush or a claim in flight. It changes no status: a QUEUED run is then ended by `endRun`, a
 * RUNNING one by its worker. Index: run_pkey.
 */
export async function requestCancel(
  db: Db,
  owners: Owners,
  { id, now }: { readonly id: string; readonly now: Date },
): Promise<RunRow | null> {
  if (!isUuid(id)) return null;
  const marked = await db
    .updateTable('run')
    .set((eb) => ({ cancel_requested_at: eb.fn.coalesce('cancel_requested_at', eb.val(now)) }))
    .where('id', '=', id)
    .where(ownedBy('run', owners))
    .where(isAnyOf('run.status', OPEN_STATUSES))
    .returning('id')
    .executeTakeFirst();
  return marked === undefined ? null : await findRun(db, owners, id);
}
