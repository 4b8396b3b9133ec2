import type { ToolCallSnapshot } from '../event/run-event.ts';
import { startApprovedStep } from '../store/approval.ts';
import { insertSteps, updateStep } from '../store/step.ts';
import type { ActiveRun } from './active-run.ts';
import { digestArguments } from './arguments-digest.ts';
import type { StoredTurn } from './ask-model.ts';
import { executeTool, failed, type ToolOutcome } from './execute-tool.ts';
import { OUTCOME_UNKNOWN } from './history.ts';
import { EMPTY_LEDGER, type Ledger } from './ledger.ts';
import { offeredTools } from './offered-tools.ts';
import { pauseForApprovals } from './pause-for-approvals.ts';
import { planCall, type PlannedCall, toNewStep } from './plan-call.ts';
import type { AnsweredCall } from './run-loop.ts';
import { HandOver } from './run-stop.ts';
import { toSnapshot } from './tool-call-snapshot.ts';
import { storeStep } from './until-available.ts';

/**
 * Runs the tool calls of a turn, all at once; those that an earlier attempt has ended are not repeated. 1. Every new call is stored,
 * RUNNING or PENDING_APPROVAL, before any is made, so that a crash leaves a trace of what may have happened. 2. Each call that needs no
 * decision, or has one, runs; a wrong name or wrong arguments are an outcome like any other. 3. Its outcome is stored, then told. 4. If
 * decisions are missing the run pauses. Gives what the model is told, in the turn's order.
 * @throws RunStop when the run must stop, calls under way being over or abandoned then, and stored, however long the database is away;
 * HandOver when it goes on elsewhere, calls without an outcome being left open; Paused.
 */
export async function callTools(
  active: ActiveRun,
  { calls }: StoredTurn,
  ledger: Ledger = EMPTY_LEDGER,
): Promise<readonly AnsweredCall[]> {
  const { signal } = active;
  const tools = new Map(offeredTools(active.agent, active.starter).map((tool) => [tool.name, tool]));
  const planned: PlannedCall[] = [];
  // One after the other: places are given in the turn's order.
  for (const call of calls)
    planned.push(await planCall(active, call, { tool: tools.get(call.name), ledger }));
  await insertNew(active, planned);
  const answered = await Promise.allSettled(planned.map((call) => answer(active, call, ledger)));
  signal.throwIfAborted();
  const failure = answered.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  const open = planned.filter((call) => call.next === 'ask for call' || call.next === 'ask for outcome');
  if (open.length > 0) return await pauseForApprovals(active, open);
  return answered.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

async function insertNew({ db, lease, progress, signal, now }: ActiveRun, planned: readonly PlannedCall[]) {
  const added = planned.filter(({ isNew }) => isNew);
  const at = now();
  const steps = added.map((call) => toNewStep(call, call.step.startedAt ?? at));
  if (steps.length > 0) await storeStep(() => insertSteps(db, lease, steps), signal);
  progress.addToolCalls(added.length);
}

async function answer(active: ActiveRun, call: PlannedCall, ledger: Ledger): Promise<AnsweredCall> {
  const { callId, content } = call.step;
  switch (call.next) {
    case 'nothing':
    case 'ask for call':
    case 'ask for outcome':
      return { callId, content };
    case 'give up':
      return await finish(active, call, failed('UNKNOWN', OUTCOME_UNKNOWN));
    case 'make':
    case 'make approved':
      return await make(active, call, ledger);
    default:
      return call.next satisfies never;
  }
}

async function make(active: ActiveRun, call: PlannedCall, { hasTold }: Ledger): Promise<AnsweredCall> {
  const { writer, signal, now } = active;
  const startedAt = call.step.startedAt ?? now();
  const started = { ...call, step: { ...call.step, status: 'RUNNING', startedAt } as const };
  if (call.next === 'make approved') await useApproval(active, call, startedAt);
  if (!hasTold('ToolCallStarted', call.step.id))
    await writer.append({ type: 'ToolCallStarted', payload: { toolCall: toSnapshot(started.step) } });
  const outcome = await execute(active, started);
  const isOpen = outcome.status === 'CANCELLED' || outcome.status === 'UNKNOWN';
  // Whoever goes on with the run decides what becomes of it.
  if (isOpen && signal.reason instanceof HandOver) throw signal.reason;
  return await finish(active, started, outcome);
}

async function useApproval(
  { db, lease, signal, now }: ActiveRun,
  { step, approval }: PlannedCall,
  startedAt: Date,
): Promise<void> {
  const use = { approvalId: approval?.id ?? '', usedAt: now(), startedAt };
  await storeStep(() => startApprovedStep(db, { ...lease, index: step.index }, use), signal);
}

async function finish(active: ActiveRun, { step }: PlannedCall, outcome: ToolOutcome): Promise<AnsweredCall> {
  const { db, lease, writer, patience, now } = active;
  const finishedAt = now();
  const { status, content, result, error } = outcome;
  const changes = { status, content, result, error, startedAt: step.startedAt, finishedAt };
  // What has happened is stored also when the run must stop.
  await storeStep(() => updateStep(db, { ...lease, index: step.index }, changes), patience);
  const toolCall: ToolCallSnapshot = toSnapshot({ ...step, ...outcome, finishedAt });
  await writer.append({ type: 'ToolCallFinished', payload: { toolCall } });
  return { callId: step.callId, content };
}

async function execute(active: ActiveRun, call: PlannedCall): Promise<ToolOutcome> {
  const { step, tool } = call;
  if (tool === undefined)
    return failed('FAILED', `There is no tool called ${JSON.stringify(step.toolName)}.`);
  const { approval } = call;
  if (approval !== null && digestArguments(step.arguments) !== approval.argumentsDigest)
    return failed('FAILED', 'The arguments are not those that were approved.');
  return await active.watch.callTool({ name: tool.name, callId: step.id }, () =>
    executeTool({
      tool,
      argumentsText: approval !== null ? JSON.stringify(step.arguments) : call.argumentsText,
      idempotencyKey: step.idempotencyKey ?? step.id,
      principal: active.starter,
      signal: active.signal,
      log: active.log,
    }),
  );
}
