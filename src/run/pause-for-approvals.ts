import { type RunEvent, toRunEvent } from '../event/run-event.ts';
import { orAborted } from '../lib/or-aborted.ts';
import { uuidV7 } from '../lib/uuid-v7.ts';
import { appendRunEvents } from '../store/append-run-events.ts';
import { insertApprovals, type NewApproval } from '../store/approval.ts';
import { lockRun } from '../store/lock-run.ts';
import { pauseRun } from '../store/pause-run.ts';
import { findRunById } from '../store/run.ts';
import { changeStep } from '../store/step.ts';
import type { Db } from '../store/tables.ts';
import type { ActiveRun } from './active-run.ts';
import { digestArguments } from './arguments-digest.ts';
import { OUTCOME_UNKNOWN } from './history.ts';
import type { PlannedCall } from './plan-call.ts';
import { cancelled, Paused } from './run-stop.ts';
import { toSnapshot } from './tool-call-snapshot.ts';
import { untilAvailable } from './until-available.ts';

/**
 * Asks for decisions and pauses the run, in one transaction, once all it has said is in the log; then it holds no slot and no lease.
 * @throws Paused when that is done, by this call or by one whose answer was lost; RunStop, HandOver when the run must stop instead.
 */
export async function pauseForApprovals(active: ActiveRun, open: readonly PlannedCall[]): Promise<never> {
  const { db, hub, lease, signal, writer } = active;
  await orAborted(writer.drain(), signal);
  const pause = (): Promise<RunEvent[] | null> =>
    db.transaction().execute((trx) => storePause(trx, active, open));
  const events = await untilAvailable(pause, signal);
  if (events !== null) hub.publish(lease.runId, events);
  else await requirePaused(active);
  throw new Paused('The run waits for approvals.');
}

/** `null`, and nothing is stored: the run is paused already, another's, or to be cancelled. */
async function storePause(
  trx: Db,
  active: ActiveRun,
  open: readonly PlannedCall[],
): Promise<RunEvent[] | null> {
  const { lease } = active;
  const { runId } = lease;
  const now = active.now();
  await lockRun(trx, runId);
  if (!(await pauseRun(trx, lease, now))) return null;
  for (const { step, next } of open) {
    if (next === 'ask for outcome')
      await changeStep(trx, { runId, index: step.index }, { status: 'UNKNOWN', content: OUTCOME_UNKNOWN });
  }
  await insertApprovals(
    trx,
    open.map((call) => toApproval(active, call, now)),
  );
  const rows = await appendRunEvents(trx, runId, { bodies: open.map(toRequest), now });
  return rows.map(toRunEvent);
}

async function requirePaused({ db, lease, signal }: ActiveRun): Promise<void> {
  const run = await untilAvailable(() => findRunById(db, lease.runId), signal);
  const isOurs = run?.status === 'RUNNING' && run.leaseEpoch === lease.epoch;
  if (isOurs && run.cancelRequestedAt !== null) throw cancelled();
}

function toApproval({ run, approvalSeconds }: ActiveRun, call: PlannedCall, now: Date): NewApproval {
  const { step, tool, next } = call;
  const seconds = tool?.approvalSeconds ?? approvalSeconds;
  return {
    id: uuidV7(now.getTime()),
    runId: run.id,
    toolCallId: step.id,
    agentId: run.agentId,
    kind: next === 'ask for call' ? 'CALL' : 'OUTCOME',
    toolName: step.toolName,
    argumentsDigest: digestArguments(step.arguments),
    fourEyes: tool?.approver === 'other',
    requestedAt: now,
    expiresAt: new Date(now.getTime() + seconds * 1000),
  };
}

function toRequest({ step, next }: PlannedCall) {
  const toolCall = toSnapshot(next === 'ask for outcome' ? { ...step, status: 'UNKNOWN' } : step);
  return { type: 'ApprovalRequested', payload: { toolCall } } as const;
}
