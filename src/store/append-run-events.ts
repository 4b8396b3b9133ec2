import { type EventRow } from './event.ts';
import { jsonText } from './json-text.ts';
import { type Db } from './tables.ts';

/**
 * Appends events to the log of a run after all that is in it, and gives them with their numbers. `trx` must be a transaction in which
 * the run is locked, so that no flush is in flight. Index: run_event_pkey.
 */
export async function appendRunEvents(
  trx: Db,
  runId: string,
  { bodies, now }: { readonly bodies: readonly { type: string; payload: object }[]; readonly now: Date },
): Promise<EventRow[]> {
  if (bodies.length === 0) return [];
  const { last } = await trx
    .selectFrom('run_event')
    .select(({ fn }) => fn.max('seq').as('last'))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
  const rows = bodies.map(({ type, payload }, index) => ({
    run_id: runId,
    seq: (last ?? 0) + index + 1,
    type,
    payload: jsonText(payload),
    at: now,
  }));
  await trx.insertInto('run_event').values(rows).execute();
  return rows.map(({ seq, type, payload }) => ({ runId, seq, type, payload: JSON.parse(payload), at: now }));
}
