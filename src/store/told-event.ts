import { sql } from 'kysely';

import { type Db } from './tables.ts';

/** What the log of a run has told already: an event's type, and the message or tool call that it is about. */
export interface ToldEvent {
  readonly type: string;
  readonly subjectId: string;
}

/** What the log of a run tells of its messages and tool calls, each once. Index: run_event_pkey. */
export async function listToldEvents(db: Db, runId: string): Promise<ToldEvent[]> {
  const subject = sql<string | null>`coalesce(payload ->> 'messageId', payload -> 'toolCall' ->> 'id')`;
  const rows = await db
    .selectFrom('run_event')
    .select(['type', subject.as('subject_id')])
    .distinct()
    .where('run_id', '=', runId)
    .where(subject, 'is not', null)
    .execute();
  return rows.map(({ type, subject_id }) => ({ type, subjectId: subject_id ?? '' }));
}

/** When the first piece of text of a run was said; `null`: none was. Index: run_event_pkey. */
export async function findFirstTextAt(db: Db, runId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('run_event')
    .select('at')
    .where('run_id', '=', runId)
    .where('type', '=', 'TextDelta')
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return row?.at ?? null;
}

/**
 * The text that readers of the log are left with: that of the last message that was not superseded, as far as it was said.
 * Index: run_event_pkey.
 */
export async function readSpokenText(db: Db, runId: string): Promise<string> {
  const messageId = sql<string>`said.payload ->> 'messageId'`;
  const row = await db
    .selectFrom('run_event as said')
    .select(sql<string>`string_agg(said.payload ->> 'delta', '' order by said.seq)`.as('text'))
    .where('said.run_id', '=', runId)
    .where('said.type', '=', 'TextDelta')
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('run_event as superseded')
            .select('superseded.seq')
            .where('superseded.run_id', '=', runId)
            .where('superseded.type', '=', 'MessageSuperseded')
            .where(sql<string>`superseded.payload ->> 'messageId'`, '=', messageId),
        ),
      ),
    )
    .groupBy(messageId)
    .orderBy(sql`min(said.seq)`, 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.text ?? '';
}
