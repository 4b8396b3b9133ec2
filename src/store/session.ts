import { type Selectable } from 'kysely';

import { isUuid } from '../lib/is-uuid.ts';
import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import { isOnPage, meets } from './is-on-page.ts';
import { narrowTo, type Owners, ownedBy } from './owner.ts';
import { type Page, type PageResult, parseIdKey, parsePage, toPageResult } from './page.ts';
import { statement } from './statement.ts';
import { type Db, type SessionTable } from './tables.ts';

/** A conversation with one agent, of one owner. */
export interface SessionRow {
  readonly id: string;
  readonly agentId: string;
  readonly owner: string;
  readonly name: string | null;
  /** The run that is RUNNING or PAUSED, if one is. */
  readonly activeRunId: string | null;
  /** The turn that the session's next run gets. */
  readonly nextTurn: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewSession {
  readonly id: string;
  readonly agentId: string;
  readonly owner: string;
  readonly name: string | null;
  readonly now: Date;
}

/** Which sessions, besides those that the owners allow. */
export interface SessionQuery {
  readonly agentId?: string | null | undefined;
  readonly owner?: string | null | undefined;
  readonly page: Page;
}

/** Stores a session. `name` is made well-formed. */
export async function insertSession(db: Db, session: NewSession): Promise<SessionRow> {
  const name = session.name === null ? null : toWellFormedText(session.name);
  const [row] = await inserted(db, { ...session, name });
  if (row === undefined) throw new Error('An insert without conditions has inserted nothing.');
  return toSession(row);
}

const inserted = statement((db, session: NewSession) =>
  db
    .insertInto('session')
    .values({
      id: session.id,
      agent_id: session.agentId,
      owner: session.owner,
      name: session.name,
      created_at: session.now,
      updated_at: session.now,
    })
    .returningAll(),
);

/** The session, or `null` when it is unknown, malformed or not of `owners`. Index: session_pkey. */
export async function findSession(db: Db, owners: Owners, id: string): Promise<SessionRow | null> {
  if (!isUuid(id)) return null;
  const row = await selectSession(db, owners, id).executeTakeFirst();
  return row === undefined ? null : toSession(row);
}

/** As `findSession`; nobody else gets a turn of the session until `trx`, a transaction, ends. Index: session_pkey. */
export async function lockSession(trx: Db, owners: Owners, id: string): Promise<SessionRow | null> {
  if (!isUuid(id)) return null;
  const row = await selectSession(trx, owners, id).forUpdate().executeTakeFirst();
  return row === undefined ? null : toSession(row);
}

/**
 * A page of the sessions of `owners`, newest first by id. Indexes: session_owner_idx for those of some owners, session_agent_idx for an
 * agent's, session_pkey for everybody's. It reads no more than a page of each owner, but for an agent's sessions of some owners: those
 * are looked for among all of these owners.
 * @throws InvalidInputError when the page will not do.
 */
export async function listSessions(
  db: Db,
  owners: Owners,
  query: SessionQuery,
): Promise<PageResult<SessionRow>> {
  const keyset = parsePage(query.page, parseIdKey);
  const owned = { column: 'owner', values: narrowTo(owners, query.owner) };
  const ofAgent = { column: 'agent_id', values: narrowTo('all', query.agentId) };
  const indexed =
    owned.values === 'all' ? { leads: [ofAgent] } : { leads: [owned], filters: [meets('session', ofAgent)] };
  const rows = await db
    .selectFrom('session')
    .selectAll()
    .where(isOnPage('session', { ...indexed, keyset }))
    .orderBy('id', keyset.backward ? 'asc' : 'desc')
    .limit(keyset.limit + 1)
    .execute();
  return toPageResult(keyset, rows.map(toSession));
}

/** Gives the session another name, made well-formed; `null` when it is unknown or not of `owners`. Index: session_pkey. */
export async function renameSession(
  db: Db,
  owners: Owners,
  change: { readonly id: string; readonly name: string; readonly now: Date },
): Promise<SessionRow | null> {
  if (!isUuid(change.id)) return null;
  const row = await db
    .updateTable('session')
    .set({ name: toWellFormedText(change.name), updated_at: change.now })
    .where('id', '=', change.id)
    .where(ownedBy('session', owners))
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : toSession(row);
}

/**
 * Deletes the session with its runs, steps and events; whether there was one of `owners`. A run that goes on meanwhile finds
 * its lease lost. Indexes: session_pkey; run_session_turn_key, step_pkey and run_event_pkey for what goes with it.
 */
export async function deleteSession(db: Db, owners: Owners, id: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  const deleted = await db
    .deleteFrom('session')
    .where('id', '=', id)
    .where(ownedBy('session', owners))
    .returning('id')
    .executeTakeFirst();
  return deleted !== undefined;
}

function selectSession(db: Db, owners: Owners, id: string) {
  return db.selectFrom('session').selectAll().where('id', '=', id).where(ownedBy('session', owners));
}

function toSession(row: Selectable<SessionTable>): SessionRow {
  return {
    id: row.id,
    agentId: row.agent_id,
    owner: row.owner,
    name: row.name,
    activeRunId: row.active_run_id,
    nextTurn: row.next_turn,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
