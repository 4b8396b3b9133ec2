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
