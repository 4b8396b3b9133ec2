import { cancelApprovals } from '../store/approval.ts';
import { readEvents } from '../store/event.ts';
import { lockRun } from '../store/lock-run.ts';
import { type Lease, listOpenSteps, type StepChanges, updateStep } from '../store/step.ts';
import type { StepRow, ToolStepRow } from '../store/step-row.ts';
import type { Db, JsonObject, TerminalStatus } from '../store/tables.ts';

const PAGE_SIZE = 128;

/**
 * Closes what a run that ends leaves open. An answer that was broken off keeps the text that reached the log; a tool call
 * that was under way may have happened and becomes UNKNOWN, unless it only reads; one that waited for a
 * decision is CANCELLED, and nobody decides it any more. Nothing is changed when the lease is lost. `trx` must be a transaction: the run is
 * locked in the order that `endRun` locks it.
 */
export async function closeSteps(
  trx: Db,
  lease: Lease,
  end: { readonly status: TerminalStatus; readonly now: Date },
): Promise<void> {
  const open = await listOpenSteps(trx, lease.runId);
  if (open.length > 0) await lockRun(trx, lease.runId);
  if (open.some((step) => step.kind === 'tool')) await cancelApprovals(trx, lease, end.now);
  for (const step of open) {
    const changes = await toChanges(trx, step, end.status);
    await updateStep(trx, { ...lease, index: step.index }, { ...changes, finishedAt: end.now });
  }
}

async function toChanges(trx: Db, step: StepRow, status: TerminalStatus): Promise<StepChanges> {
  if (step.kind === 'tool') return toToolChanges(step);
  const content = await readText(trx, step);
  return { status: status === 'CANCELLED' ? 'CANCELLED' : 'FAILED', content };
}

function toToolChanges({ effect, status }: ToolStepRow): StepChanges {
  if (status === 'PENDING_APPROVAL') {
    const text = 'The call was not made.';
    return { status: 'CANCELLED', content: text, error: text };
  }
  const isKnown = effect === 'read' && status !== 'UNKNOWN';
  const error = isKnown ? 'The call was interrupted.' : 'Whether the call took effect is not known.';
  return { status: isKnown ? 'CANCELLED' : 'UNKNOWN', content: error, error };
}

/** The text of a message as far as it is in the log. */
async function readText(trx: Db, { runId, id }: StepRow): Promise<string> {
  const parts: string[] = [];
  for (let after = 0; ;) {
    const events = await readEvents(trx, { runId, after, limit: PAGE_SIZE });
    const ofMessage = events.filter(
      ({ type, payload }) => type === 'TextDelta' && payload['messageId'] === id,
    );
    parts.push(...ofMessage.map(({ payload }) => deltaOf(payload)));
    const last = events.at(-1);
    if (last === undefined || events.length < PAGE_SIZE) return parts.join('');
    after = last.seq;
  }
}

function deltaOf({ delta }: JsonObject): string {
  return typeof delta === 'string' ? delta : '';
}
