import { updateStep } from '../store/step.ts';
import type { ModelStepRow, StepRow, ToolStepRow } from '../store/step-row.ts';
import type { ActiveRun } from './active-run.ts';
import type { StoredTurn } from './ask-model.ts';
import { toTurnMessages } from './history.ts';
import { EMPTY_LEDGER, type Ledger, readLedger } from './ledger.ts';
import type { LoopStart } from './run-loop.ts';
import { toSnapshot } from './tool-call-snapshot.ts';
import { storeStep, untilAvailable } from './until-available.ts';

export interface Resumption extends LoopStart<StoredTurn> {
  readonly ledger: Ledger;
}

/**
 * Where a claimed run goes on, its progress restored. 1. An answer that was broken off is marked SUPERSEDED; if any of it was told, so
 * is that. 2. What was stored and not told any more is told. 3. The last complete answer is what the loop goes on with: its calls may
 * be open. Nothing is read of a run that is executed for the first time.
 */
export async function resumeRun(active: ActiveRun): Promise<Resumption> {
  const { db, run, signal, progress } = active;
  if (run.attempt <= 1)
    return { messages: [], turn: null, modelCalls: 0, toolCalls: 0, ledger: EMPTY_LEDGER };
  const ledger = await untilAvailable(() => readLedger(db, run.id), signal);
  for (const step of ledger.steps) {
    if (step.kind === 'model') await supersede(active, step, ledger);
    if (step.kind === 'tool') await tellFinished(active, step, ledger);
  }
  progress.restore(ledger.steps, ledger.firstTextAt);
  return { ...toStart(ledger.steps), ledger };
}

async function supersede(active: ActiveRun, step: ModelStepRow, { hasTold }: Ledger): Promise<void> {
  const { db, lease, signal, writer, now } = active;
  const { id, index, status, finishedAt } = step;
  if (finishedAt === null) {
    const changes = { status: 'SUPERSEDED', finishedAt: now() } as const;
    await storeStep(() => updateStep(db, { ...lease, index }, changes), signal);
  } else if (status !== 'SUPERSEDED') return;
  const isVisible = hasTold('TextDelta', id) || hasTold('ReasoningDelta', id);
  if (isVisible && !hasTold('MessageSuperseded', id))
    await writer.append({ type: 'MessageSuperseded', payload: { messageId: id } });
}

/** A call that was refused was never started, and its refusal is told in the transaction that stores it. */
async function tellFinished({ writer }: ActiveRun, step: ToolStepRow, { hasTold }: Ledger): Promise<void> {
  if (step.finishedAt === null || step.status === 'REJECTED') return;
  const toolCall = toSnapshot(step);
  if (!hasTold('ToolCallStarted', step.id)) {
    const started = { ...toolCall, status: 'RUNNING', result: null, error: null, finishedAt: null } as const;
    await writer.append({ type: 'ToolCallStarted', payload: { toolCall: started } });
  }
  if (!hasTold('ToolCallFinished', step.id))
    await writer.append({ type: 'ToolCallFinished', payload: { toolCall } });
}

function toStart(steps: readonly StepRow[]): LoopStart<StoredTurn> {
  const asked = steps.filter((step) => step.kind === 'model');
  const turns = asked.filter(({ status }) => status === 'COMPLETED');
  const last = turns.at(-1);
  return {
    messages: turns.slice(0, -1).flatMap((turn) => toTurnMessages(turn, steps)),
    turn: last === undefined ? null : toTurn(last),
    modelCalls: asked.length,
    toolCalls: turns.reduce((sum, { toolCalls }) => sum + toolCalls.length, 0),
  };
}

function toTurn({ content, toolCalls, finishReason }: ModelStepRow): StoredTurn {
  return { text: content, toolCalls, calls: toolCalls, usage: null, finishReason: finishReason ?? 'unknown' };
}
