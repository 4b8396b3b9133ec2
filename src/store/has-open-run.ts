import { isAnyOf } from './owner.ts';
import { OPEN_STATUSES } from './run.ts';
import { type Db } from './tables.ts';

/** Whether a run of the session has not ended, paused ones included. Index: run_session_turn_key. */
export async function hasOpenRun(db: Db, sessionId: string): Promise<boolean> {
  const run = await db
    .selectFrom('run')
    .select('id')
    .where('session_id', '=', sessionId)
    .where(isAnyOf('run.status', OPEN_STATUSES))
    .limit(1)
    .executeTakeFirst();
  return run !== undefined;
}
