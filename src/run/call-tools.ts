import { parseJson } from '../agent/check-arguments.ts';
import type { Tool } from '../agent/tool.ts';
import type { ToolCallSnapshot } from '../event/run-event.ts';
import { insertSteps, type NewToolStep, updateStep } from '../store/step.ts';
import type { ModelToolCall } from '../store/step-row.ts';
import type { Json } from '../store/tables.ts';
import type { ActiveRun } from './active-run.ts';
import type { StoredTurn } from './ask-model.ts';
import { executeTool, failed, type ToolOutcome } from './execute-tool.ts';
import { offeredTools } from './offered-tools.ts';
import type { AnsweredCall } from './run-loop.ts';
import { storeStep } from './until-available.ts';

/**
 * Runs the tool calls of a turn, all at once. 1. Every call is stored as RUNNING before any is made, so that a crash leaves a
 * trace of what may have happened. 2. Each call runs; a wrong name or wrong arguments are an outcome like any other. 3. Its
 * outcome is stored, then told. Gives the outcomes in the turn's order.
 * @throws RunStop when the run must stop; calls under way are then over or abandoned, and stored, however long the database is away.
 */
export async function callTools(active: ActiveRun, { calls }: StoredTurn): Promise<readonly AnsweredCall[]> {
  const { db, lease, progress, signal } = active;
  const tools = new Map(offeredTools(active.agent, active.starter).map((tool) => [tool.name, tool]));
  const pending = calls.map((call) => toPendingCall(active, call, tools.get(call.name)));
  await storeStep(
    () =>
      insertSteps(
        db,
        lease,
        pending.map(({ step }) => step),
      ),
    signal,
  );
  progress.addToolCalls(calls.length);
  const answered = await Promise.allSettled(pending.map((call) => answer(active, call)));
  signal.throwIfAborted();
  return answered.map((call) => {
    if (call.status === 'rejected') throw call.reason;
    return call.value;
  });
}

interface PendingCall {
  readonly step: NewToolStep;
  readonly tool: Tool | undefined;
  readonly argumentsText: string;
}

function toPendingCall(
  { lease, progress, now }: ActiveRun,
  call: ModelToolCall,
  tool: Tool | undefined,
): PendingCall {
  const index = progress.takeIndex();
  const step: NewToolStep = {
    kind: 'tool',
    id: call.id,
    index,
    status: 'RUNNING',
    callId: call.callId,
    toolName: call.name,
    // What JSON.parse gave is JSON.
    arguments: (parseJson(call.arguments) ?? {}) as Json,
    effect: tool?.effect ?? 'read',
    idempotencyKey: `${lease.runId}:${index}`,
    now: now(),
  };
  return { step, tool, argumentsText: call.arguments };
}

async function answer(active: ActiveRun, call: PendingCall): Promise<AnsweredCall> {
  const { db, lease, writer, patience, now } = active;
  await writer.append({ type: 'ToolCallStarted', payload: { toolCall: snapshot(call, null, null) } });
  const outcome = await execute(active, call);
  const finishedAt = now();
  const { status, content, result, error } = outcome;
  await storeStep(
    () =>
      updateStep(db, { ...lease, index: call.step.index }, { status, content, result, error, finishedAt }),
    // What has happened is stored also when the run must stop.
    patience,
  );
  await writer.append({
    type: 'ToolCallFinished',
    payload: { toolCall: snapshot(call, outcome, finishedAt) },
  });
  return { callId: call.step.callId, outcome };
}

async function execute(active: ActiveRun, { step, tool, argumentsText }: PendingCall): Promise<ToolOutcome> {
  if (tool === undefined)
    return failed('FAILED', `There is no tool called ${JSON.stringify(step.toolName)}.`);
  return await executeTool({
    tool,
    argumentsText,
    idempotencyKey: step.idempotencyKey ?? step.id,
    principal: active.starter,
    signal: active.signal,
    log: active.log,
  });
}

function snapshot(
  { step }: PendingCall,
  outcome: ToolOutcome | null,
  finishedAt: Date | null,
): ToolCallSnapshot {
  return {
    id: step.id,
    name: step.toolName,
    arguments: step.arguments,
    result: outcome?.result ?? null,
    error: outcome?.error ?? null,
    status: outcome?.status ?? 'RUNNING',
    startedAt: step.now.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
