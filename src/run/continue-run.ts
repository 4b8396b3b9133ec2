import {
  ApprovalConflictError,
  ConflictError,
  InvalidInputError,
  MissingScopeError,
  NotFoundError,
} from '../errors.ts';
import type { Identity } from '../scope/principal.ts';
import { type ApprovalRow, listRunApprovals } from '../store/approval.ts';
import { lockRun } from '../store/lock-run.ts';
import { findRunById } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Db } from '../store/tables.ts';
import type { ApprovalOptions } from './approval-options.ts';
import { expireRunApprovals } from './expire-approvals.ts';
import { resolveApprovals, type Resolution, type Resolved } from './resolve-approvals.ts';

export interface ToolCallDecision {
  readonly toolCallId: string;
  readonly approve: boolean;
  /** Told to the model when the call is refused. */
  readonly note: string | null;
}

export interface RunDecision {
  readonly runId: string;
  /** One for every open approval of the run. */
  readonly decisions: readonly ToolCallDecision[];
  /** The caller has made sure that they may decide. */
  readonly decider: Identity;
}

/**
 * Decides all open approvals of a PAUSED run, which then goes on with the rights of who started it; all or nothing, in one transaction. Of
 * several who decide at once one does.
 * @throws ConflictError when the run is not PAUSED; ApprovalConflictError when the decisions are not those that are open;
 * MissingScopeError when the decider started the run and the tool demands another; InvalidInputError when a call is decided twice;
 * NotFoundError when the run is gone.
 */
export async function continueRun(options: ApprovalOptions, decision: RunDecision): Promise<void> {
  const { db, dispatch, hub, engine, now } = options;
  const { runId } = decision;
  // What has expired cannot be approved any more, whether or not it was noticed.
  await expireRunApprovals(options, runId);
  const resolved = await db.transaction().execute(async (trx): Promise<Resolved> => {
    const run = await lockPaused(trx, runId);
    const open = (await listRunApprovals(trx, runId)).filter(({ status }) => status === 'PENDING');
    const resolutions = match(open, decision);
    requireOther(run, decision.decider, resolutions);
    return await resolveApprovals(trx, dispatch, { run, resolutions, now: now() });
  });
  hub.publish(runId, resolved.events);
  if (resolved.goesOn) engine.wake(runId);
}

async function lockPaused(trx: Db, runId: string): Promise<RunRow> {
  await lockRun(trx, runId);
  const run = await findRunById(trx, runId);
  if (run === null) throw new NotFoundError('Run');
  if (run.status !== 'PAUSED') throw new ConflictError(`The run waits for no approval: it is ${run.status}.`);
  return run;
}

function match(open: readonly ApprovalRow[], { decisions, decider }: RunDecision): Resolution[] {
  const byCall = new Map(decisions.map((decision) => [decision.toolCallId.toLowerCase(), decision]));
  if (byCall.size < decisions.length)
    throw new InvalidInputError('decisions', 'Each tool call is decided once.');
  const resolutions = open.flatMap((approval): Resolution[] => {
    const decision = byCall.get(approval.toolCallId);
    if (decision === undefined) return [];
    const status = decision.approve ? 'APPROVED' : 'REFUSED';
    return [{ approval, status, decidedBy: decider.id, note: decision.note }];
  });
  if (resolutions.length === open.length && byCall.size === open.length) return resolutions;
  const ids = open.map(({ toolCallId }) => toolCallId);
  throw new ApprovalConflictError(`Decide exactly the tool calls that are open: ${ids.join(', ')}.`, ids);
}

function requireOther(run: RunRow, decider: Identity, resolutions: readonly Resolution[]): void {
  if (decider.id !== run.startedBy) return;
  const own = resolutions.find(({ approval, status }) => approval.fourEyes && status === 'APPROVED');
  if (own === undefined) return;
  throw new MissingScopeError(
    `A call of ${own.approval.toolName} is approved by somebody other than who started the run.`,
    [],
  );
}
