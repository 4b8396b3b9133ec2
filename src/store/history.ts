import { type RunRow, selectRuns, toKnownRun } from './run-row.ts';
import { type StepRow, toStep } from './step-row.ts';
import { type Db } from './tables.ts';

/** A run of a session with its steps in order. */
export interface Turn {
  readonly run: RunRow;
  readonly steps: readonly StepRow[];
}

/**
 * The last `limit` turns of a session before `beforeTurn`, newest first: what the history sent to a model is made of. Runs that
 * failed or were cancelled are among them. Indexes: run_session_turn_key, step_session_idx.
 */
export async function listHistory(
  db: Db,
  query: { readonly sessionId: string; readonly beforeTurn: number; readonly limit: number },
): Promise<Turn[]> {
  const runs = await selectRuns(db)
    .where('run.session_id', '=', query.sessionId)
    .where('run.turn', '<', query.beforeTurn)
    .orderBy('run.turn', 'desc')
    .limit(query.limit)
    .execute();
  const oldest = runs.at(-1);
  if (oldest === undefined) return [];
  const steps = await db
    .selectFrom('step')
    .selectAll()
    .where('session_id', '=', query.sessionId)
    .where('turn', '>=', oldest.turn)
    .where('turn', '<', query.beforeTurn)
    .orderBy('turn')
    .orderBy('index')
    .execute();
  const byRun = Map.groupBy(steps.map(toStep), ({ runId }) => runId);
  return runs.map((run) => ({ run: toKnownRun(run), steps: byRun.get(run.id) ?? [] }));
}
