import { parseJson } from '../agent/check-arguments.ts';
import type { Tool } from '../agent/tool.ts';
import type { ApprovalRow } from '../store/approval.ts';
import type { NewToolStep } from '../store/step.ts';
import type { ModelToolCall, ToolStepRow } from '../store/step-row.ts';
import type { Json } from '../store/tables.ts';
import type { ActiveRun } from './active-run.ts';
import type { Ledger } from './ledger.ts';
import { needsApproval } from './needs-approval.ts';
import type { SnapshotSource } from './tool-call-snapshot.ts';

/** A call's step, new or found in the ledger. */
export type CallStep = SnapshotSource &
  Pick<ToolStepRow, 'index' | 'callId' | 'effect' | 'idempotencyKey' | 'content'>;

/**
 * `nothing`: it has ended. `make`: perhaps again, under its key. `make approved`: once the decision has been used. `ask for call`, `ask for
 * outcome`: it waits for a decision. `give up`: it may have happened, and cannot be made again.
 */
export type NextStep = 'nothing' | 'make' | 'make approved' | 'ask for call' | 'ask for outcome' | 'give up';

/** A tool call of a turn, and what is to be done about it. */
export interface PlannedCall {
  readonly step: CallStep;
  /** `undefined`: there is none of that name, for this run's starter. */
  readonly tool: Tool | undefined;
  /** As the model wrote them. */
  readonly argumentsText: string;
  /** The last one that was asked for: the call is made with what it was about. */
  readonly approval: ApprovalRow | null;
  /** To be inserted first. */
  readonly isNew: boolean;
  readonly next: NextStep;
}

/**
 * What is to be done about a call that a turn asks for. One that an earlier attempt has left open: it is still to be decided, or was
 * approved, or was under way, and then it is made again if that does no harm, and else asked about.
 * @throws RunStop, HandOver when the run must stop meanwhile.
 */
export async function planCall(
  active: ActiveRun,
  call: ModelToolCall,
  { tool, ledger }: { readonly tool: Tool | undefined; readonly ledger: Ledger },
): Promise<PlannedCall> {
  const argumentsText = call.arguments;
  const known = ledger.calls.get(call.id);
  if (known !== undefined) {
    const approval = ledger.approvals.get(call.id) ?? null;
    return {
      step: known,
      tool,
      argumentsText,
      approval,
      isNew: false,
      next: planKnown(known, tool, approval),
    };
  }
  const step = newStep(active, call, tool);
  const added = { step, tool, argumentsText, approval: null, isNew: true };
  if (tool === undefined || !(await needsApproval(active, tool, argumentsText)))
    return { ...added, next: 'make' };
  const pending = { ...step, status: 'PENDING_APPROVAL', startedAt: null } as const;
  return { ...added, step: pending, next: 'ask for call' };
}

function planKnown(step: ToolStepRow, tool: Tool | undefined, approval: ApprovalRow | null): NextStep {
  if (step.finishedAt !== null) return 'nothing';
  const isPending = step.status === 'PENDING_APPROVAL';
  // Of what is pending nothing has happened, and without a tool it fails by itself.
  if (tool === undefined) return isPending ? 'make' : 'give up';
  if (approval?.status === 'APPROVED' && approval.usedAt === null) return 'make approved';
  if (isPending) return 'ask for call';
  const isHarmless = step.status === 'RUNNING' && (step.effect === 'read' || step.effect === 'idempotent');
  return isHarmless ? 'make' : 'ask for outcome';
}

function newStep({ lease, progress, now }: ActiveRun, call: ModelToolCall, tool: Tool | undefined): CallStep {
  const index = progress.takeIndex();
  return {
    id: call.id,
    index,
    callId: call.callId,
    toolName: call.name,
    // What JSON.parse gave is JSON.
    arguments: (parseJson(call.arguments) ?? {}) as Json,
    effect: tool?.effect ?? 'read',
    idempotencyKey: `${lease.runId}:${index}`,
    status: 'RUNNING',
    content: '',
    result: null,
    error: null,
    startedAt: now(),
    finishedAt: null,
  };
}

/** The step of a planned call as it is inserted. */
export function toNewStep({ step }: PlannedCall, now: Date): NewToolStep {
  const { id, index, status, callId, toolName, effect, idempotencyKey } = step;
  const place = { kind: 'tool', id, index, status, callId, toolName } as const;
  return { ...place, arguments: step.arguments, effect, idempotencyKey, now };
}
