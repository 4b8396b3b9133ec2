import { type RunEvent, toRunEvent } from '../event/run-event.ts';
import { appendRunEvents } from '../store/append-run-events.ts';
import { type ApprovalRow, decideApproval, listRunApprovals } from '../store/approval.ts';
import { unpauseRun } from '../store/pause-run.ts';
import type { RunRow } from '../store/run-row.ts';
import { changeStep, listRunSteps, type StepChanges } from '../store/step.ts';
import type { StepRow, ToolStepRow } from '../store/step-row.ts';
import type { Db } from '../store/tables.ts';
import type { Dispatch } from './dispatch.ts';
import { OUTCOME_UNKNOWN } from './history.ts';
import { toSnapshot } from './tool-call-snapshot.ts';

/** What is decided of one approval. */
export interface Resolution {
  readonly approval: ApprovalRow;
  readonly status: 'APPROVED' | 'REFUSED' | 'EXPIRED';
  /** The `sub` of who decided; `null`: nobody did in time. */
  readonly decidedBy: string | null;
  readonly note: string | null;
}

export interface Resolved {
  readonly events: readonly RunEvent[];
  /** Nothing is open any more: the run is QUEUED, with a wake-up. */
  readonly goesOn: boolean;
}

/**
 * Stores decisions, what they mean for the tool calls, and ApprovalResolved; when no approval is open any more the run goes on. A refused
 * call is told to the model, with the note. `trx` must be a transaction in which the run is locked and PAUSED.
 */
export async function resolveApprovals(
  trx: Db,
  dispatch: Dispatch,
  { run, resolutions, now }: { run: RunRow; resolutions: readonly Resolution[]; now: Date },
): Promise<Resolved> {
  const steps = await listRunSteps(trx, run.id);
  const bodies = [];
  for (const resolution of resolutions) {
    const { approval, ...decision } = resolution;
    if (!(await decideApproval(trx, approval.id, { ...decision, now }))) continue;
    const step = await settleStep(trx, findCall(steps, approval.toolCallId), { resolution, now });
    const payload = { toolCall: toSnapshot(step), approved: decision.status === 'APPROVED' };
    bodies.push({ type: 'ApprovalResolved', payload });
  }
  const events = (await appendRunEvents(trx, run.id, { bodies, now })).map(toRunEvent);
  const isOpen = (await listRunApprovals(trx, run.id)).some(({ status }) => status === 'PENDING');
  const goesOn = !isOpen && (await unpauseRun(trx, run, now));
  if (goesOn) await dispatch.enqueue(trx, run.id);
  return { events, goesOn };
}

/** The step as it is then. An approved call stays as it is, until whoever executes the run makes it. */
async function settleStep(
  trx: Db,
  step: ToolStepRow,
  { resolution, now }: { readonly resolution: Resolution; readonly now: Date },
): Promise<ToolStepRow> {
  if (resolution.status === 'APPROVED') return step;
  const text = toText(resolution);
  const status = resolution.approval.kind === 'CALL' ? 'REJECTED' : 'UNKNOWN';
  const changes = { status, content: text, error: text, finishedAt: now } as const satisfies StepChanges;
  await changeStep(trx, step, changes);
  return { ...step, ...changes };
}

function toText({ approval, status, note }: Resolution): string {
  const refused =
    status === 'EXPIRED' ? 'The call was refused: nobody approved it in time.' : 'The call was refused.';
  const text = approval.kind === 'CALL' ? refused : OUTCOME_UNKNOWN;
  return note === null ? text : `${text} Note: ${note}`;
}

function findCall(steps: readonly StepRow[], id: string): ToolStepRow {
  const step = steps.find((candidate) => candidate.id === id);
  if (step?.kind !== 'tool') throw new Error('An approval names no tool call of its run.');
  return step;
}
