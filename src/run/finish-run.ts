import type { EventHub } from '../event/event-hub.ts';
import { endRun, type RunEnd, type RunEnded } from '../store/end-run.ts';
import type { Db } from '../store/tables.ts';
import { closeSteps } from './close-steps.ts';

/** Ends a run and the steps it leaves open in one transaction, and tells its readers. `ended: false`: it was not ours to end. */
export async function finishRun(
  { db, hub }: { readonly db: Db; readonly hub: EventHub },
  end: RunEnd,
): Promise<RunEnded> {
  const { runId, epoch, now } = end;
  const ended = await db.transaction().execute(async (trx) => {
    if (epoch !== null) await closeSteps(trx, { runId, epoch }, end);
    return await endRun(trx, end);
  });
  if (!ended.ended) return ended;
  hub.publish(runId, [{ runId, seq: ended.lastSeq, at: now, type: 'RunFinished', payload: {} }]);
  return ended;
}
