import type { RunEnd, RunEnded } from '../store/end-run.ts';
import { lockRun } from '../store/lock-run.ts';
import type { RunMetricsRow } from '../store/run-row.ts';
import { seizeRun } from '../store/seize-run.ts';
import { listRunSteps } from '../store/step.ts';
import type { StepRow } from '../store/step-row.ts';
import type { Db, RunStatus } from '../store/tables.ts';
import { readSpokenText } from '../store/told-event.ts';
import { closeSteps } from './close-steps.ts';
import type { Dispatch } from './dispatch.ts';
import { endAndDispatch, type FinishOptions, publishEnd } from './finish-run.ts';

export interface RunClosing extends Pick<RunEnd, 'runId' | 'status' | 'error' | 'now'> {
  /** In which states it may be closed. */
  readonly from: readonly RunStatus[];
  /** The lease that a RUNNING run must still have; `null`: whichever. */
  readonly epoch: number | null;
}

/**
 * Ends a run that nobody executes, with the text that reached the log and what its steps cost. `trx` must be a transaction. `ended:
 * false`: it is in none of the states any more, or another has its lease.
 */
export async function closeRun(trx: Db, dispatch: Dispatch, closing: RunClosing): Promise<RunEnded> {
  const { runId, status, error, now } = closing;
  if ((await lockRun(trx, runId)) === null) return { ended: false };
  const epoch = await seizeRun(trx, runId, { statuses: closing.from, epoch: closing.epoch });
  if (epoch === null) return { ended: false };
  await closeSteps(trx, { runId, epoch }, { status, now });
  const steps = await listRunSteps(trx, runId);
  // Not that of a step: the last one may be superseded and its readers, who were not told so, still have it before them.
  const output = await readSpokenText(trx, runId);
  return await endAndDispatch(trx, dispatch, {
    runId,
    epoch,
    status,
    output,
    error,
    metrics: sumMetrics(steps),
    now,
  });
}

/** As `closeRun`, in a transaction of its own, after which readers are told. */
export async function closeAndPublish(
  { db, dispatch, hub }: FinishOptions,
  closing: RunClosing,
): Promise<RunEnded> {
  const ended = await db.transaction().execute((trx) => closeRun(trx, dispatch, closing));
  publishEnd(hub, closing, ended);
  return ended;
}

function sumMetrics(steps: readonly StepRow[]): RunMetricsRow {
  const turns = steps.filter((step) => step.kind === 'model');
  return {
    inputTokens: turns.reduce((sum, { inputTokens }) => sum + (inputTokens ?? 0), 0),
    outputTokens: turns.reduce((sum, { outputTokens }) => sum + (outputTokens ?? 0), 0),
    modelCalls: turns.length,
    toolCalls: steps.filter((step) => step.kind === 'tool').length,
    timeToFirstTokenMs: null,
  };
}
