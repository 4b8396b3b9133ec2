import { listRunApprovals, type ApprovalRow } from '../store/approval.ts';
import { listRunSteps } from '../store/step.ts';
import type { StepRow, ToolStepRow } from '../store/step-row.ts';
import type { Db } from '../store/tables.ts';
import { findFirstTextAt, listToldEvents } from '../store/told-event.ts';

/** What earlier attempts at a run have done. */
export interface Ledger {
  /** In their order. */
  readonly steps: readonly StepRow[];
  /** The tool calls among them, by id. */
  readonly calls: ReadonlyMap<string, ToolStepRow>;
  /** The last approval that was asked for of each tool call. */
  readonly approvals: ReadonlyMap<string, ApprovalRow>;
  /** Whether the log tells that of a message or a tool call. */
  readonly hasTold: (type: string, subjectId: string) => boolean;
  readonly firstTextAt: Date | null;
}

/** Of a run that begins. */
export const EMPTY_LEDGER: Ledger = {
  steps: [],
  calls: new Map(),
  approvals: new Map(),
  hasTold: () => false,
  firstTextAt: null,
};

export async function readLedger(db: Db, runId: string): Promise<Ledger> {
  const steps = await listRunSteps(db, runId);
  const approvals = await listRunApprovals(db, runId);
  const told = await listToldEvents(db, runId);
  const keys = new Set(told.map(({ type, subjectId }) => `${type} ${subjectId}`));
  return {
    steps,
    calls: new Map(steps.flatMap((step) => (step.kind === 'tool' ? [[step.id, step] as const] : []))),
    // Oldest first, so the last one stays.
    approvals: new Map(approvals.map((approval) => [approval.toolCallId, approval])),
    hasTold: (type, subjectId) => keys.has(`${type} ${subjectId}`),
    firstTextAt: await findFirstTextAt(db, runId),
  };
}
