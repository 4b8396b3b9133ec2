import type { EventHub } from '../event/event-hub.ts';
import { endRun, type RunEnd, type RunEnded } from '../store/end-run.ts';
import type { Db } from '../store/tables.ts';
import { closeSteps } from './close-steps.ts';
import type { Dispatch } from './dispatch.ts';

export interface FinishOptions {
  readonly db: Db;
  readonly hub: EventHub;
  readonly dispatch: Dispatch;
}

/** Ends a run and the steps it leaves open in one transaction, and tells its readers. `ended: false`: it was not ours to end. */
export async function finishRun(options: FinishOptions, end: RunEnd): Promise<RunEnded> {
  const { runId, epoch } = end;
  const ended = await options.db.transaction().execute(async (trx) => {
    // A run that completed leaves nothing open: each turn and call was stored before the run went on.
    if (epoch !== null && end.status !== 'COMPLETED') await closeSteps(trx, { runId, epoch }, end);
    return await endAndDispatch(trx, options.dispatch, end);
  });
  publishEnd(options.hub, end, ended);
  return ended;
}

/** Ends a run, and inserts the wake-up of the next one of its session in the same transaction. */
export async function endAndDispatch(trx: Db, dispatch: Dispatch, end: RunEnd): Promise<RunEnded> {
  const ended = await endRun(trx, end);
  if (ended.ended && ended.nextRunId !== null) await dispatch.enqueue(trx, ended.nextRunId);
  return ended;
}

/** Tells the readers of this process, after the commit. */
export function publishEnd(
  hub: EventHub,
  { runId, now }: Pick<RunEnd, 'runId' | 'now'>,
  ended: RunEnded,
): void {
  if (!ended.ended) return;
  hub.publish(runId, [{ runId, seq: ended.lastSeq, at: now, type: 'RunFinished', payload: {} }]);
}
