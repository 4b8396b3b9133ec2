import { type RawBuilder, type Selectable, sql, type SqlBool } from 'kysely';

import { isUuid } from '../lib/is-uuid.ts';
import { type Owners, ownedBy } from './owner.ts';
import {
  EMPTY_PAGE,
  type Keyset,
  type Page,
  type PageResult,
  parsePage,
  toCursor,
  toPageResult,
} from './page.ts';
import { type Db, type StepTable } from './tables.ts';

/** A step as a message of its session. */
export interface MessageRow {
  /** The step's id. */
  readonly id: string;
  readonly role: 'USER' | 'ASSISTANT' | 'TOOL';
  readonly content: string;
  readonly runId: string;
  readonly turn: number;
  readonly index: number;
  readonly createdAt: Date;
}

/** Place of a message in its session. */
type MessageKey = readonly [turn: number, index: number];

const ROLES = { input: 'USER', model: 'ASSISTANT', tool: 'TOOL' } as const;

/** The cursor of `message` in the list of its session's messages. */
export function toMessageCursor({ turn, index }: MessageRow): string {
  return toCursor(`${turn}:${index}`);
}

/**
 * A page of the messages of a session of `owners`, oldest first; empty when there is no such session. Left out are answers of
 * the model without text, superseded ones, and tool calls that have not ended. Indexes: session_pkey, step_session_idx.
 * @throws InvalidInputError when the page will not do.
 */
export async function listMessages(
  db: Db,
  owners: Owners,
  { sessionId, page }: { readonly sessionId: string; readonly page: Page },
): Promise<PageResult<MessageRow>> {
  const keyset = parsePage(page, parseMessageKey);
  if (!isUuid(sessionId)) return EMPTY_PAGE;
  const direction = keyset.backward ? 'desc' : 'asc';
  const rows = await db
    .selectFrom('session')
    .innerJoin('step', 'step.session_id', 'session.id')
    .selectAll('step')
    .where('session.id', '=', sessionId)
    .where(ownedBy('session', owners))
    .where(isMessage())
    .where(between(keyset))
    .orderBy('step.turn', direction)
    .orderBy('step.index', direction)
    .limit(keyset.limit + 1)
    .execute();
  return toPageResult(keyset, rows.map(toMessage));
}

function isMessage(): RawBuilder<SqlBool> {
  return sql`case step.kind
    when 'model' then step.content <> '' and step.status <> 'SUPERSEDED'
    when 'tool' then step.finished_at is not null
    else true
  end`;
}

function between({ after, before }: Keyset<MessageKey>): RawBuilder<SqlBool> {
  const bounds = [
    ...(after === null ? [] : [sql<SqlBool>`(step.turn, step.index) > (${after[0]}, ${after[1]})`]),
    ...(before === null ? [] : [sql<SqlBool>`(step.turn, step.index) < (${before[0]}, ${before[1]})`]),
  ];
  return bounds.length === 0 ? sql`true` : sql.join(bounds, sql` and `);
}

function parseMessageKey(text: string): MessageKey | null {
  const [, turn, index] = /^(\d{1,9}):(\d{1,9})$/.exec(text) ?? [];
  return turn === undefined || index === undefined ? null : [Number(turn), Number(index)];
}

function toMessage(row: Selectable<StepTable>): MessageRow {
  return {
    id: row.id,
    role: ROLES[row.kind],
    content: row.content,
    runId: row.run_id,
    turn: row.turn,
    index: row.index,
    createdAt: row.created_at,
  };
}
