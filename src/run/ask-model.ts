import type { DeltaType } from '../event/run-event.ts';
import { orAborted } from '../lib/or-aborted.ts';
import { uuidV7 } from '../lib/uuid-v7.ts';
import { insertSteps, type StepChanges, updateStep } from '../store/step.ts';
import type { ModelToolCall } from '../store/step-row.ts';
import type { ActiveRun } from './active-run.ts';
import { estimateUsage } from './estimate-usage.ts';
import type { ModelMessage, ModelRequest, ModelTurn } from './model.ts';
import { offeredTools } from './offered-tools.ts';
import { storeStep } from './until-available.ts';

/** A turn as it is stored: each call beside its id of ours. */
export interface StoredTurn extends ModelTurn {
  readonly calls: readonly ModelToolCall[];
}

/**
 * Asks the model once. Its text goes into the log as it comes, and is not read faster than the log takes it; the turn becomes a
 * step of the run. A turn that breaks off stays open, and is closed with the run.
 * @throws ModelError, RunStop
 */
export async function askModel(active: ActiveRun, messages: readonly ModelMessage[]): Promise<StoredTurn> {
  const { db, lease, progress, writer, signal, patience, now } = active;
  const step = { ...lease, index: progress.takeIndex() };
  const messageId = uuidV7();
  await storeStep(
    () =>
      insertSteps(db, lease, [
        { kind: 'model', id: messageId, index: step.index, status: 'RUNNING', now: now() },
      ]),
    signal,
  );
  progress.beginMessage();
  const turn = await streamTurn(active, messageId, messages);
  // A turn that is stored is not asked for again, so what it said must be in the log by then.
  await orAborted(writer.drain(), patience);
  const calls = turn.toolCalls.map((call) => ({ id: uuidV7(), ...call }));
  const finishedAt = now();
  const changes = { content: turn.text, toolCalls: calls, ...usageOf(turn), finishedAt };
  await storeStep(() => updateStep(db, step, { status: 'COMPLETED', ...changes }), patience);
  return { ...turn, calls };
}

async function streamTurn(
  active: ActiveRun,
  messageId: string,
  messages: readonly ModelMessage[],
): Promise<ModelTurn> {
  const { run, agent, starter, modelName, progress, watch } = active;
  const request: ModelRequest = {
    model: modelName,
    runId: run.id,
    instructions: agent.instructions,
    messages,
    tools: offeredTools(agent, starter).map(({ name, description, parametersSchema }) => ({
      name,
      description,
      parameters: parametersSchema,
    })),
  };
  const turn = await watch.askModel(modelName, (heard) => hear(active, request, { messageId, heard }));
  const usage = estimateUsage(request, turn);
  progress.addUsage(usage);
  watch.countTokens(modelName, usage);
  return { ...turn, usage };
}

async function hear(
  { model, writer, progress, signal }: ActiveRun,
  request: ModelRequest,
  { messageId, heard }: { readonly messageId: string; readonly heard: () => void },
): Promise<ModelTurn> {
  const append = (type: DeltaType, delta: string): Promise<void> | undefined => {
    const full = writer.appendDelta(type, messageId, delta);
    return full === undefined ? undefined : orAborted(full, signal);
  };
  for await (const event of model.stream(request, signal)) {
    heard();
    if (event.type === 'turn') return event.turn;
    if (event.type === 'text') progress.addText(event.delta);
    const full = append(event.type === 'text' ? 'TextDelta' : 'ReasoningDelta', event.delta);
    // Awaiting nothing would still cost a turn of the event loop's queue per token.
    if (full !== undefined) await full;
  }
  throw new Error('The model ended without a turn.');
}

function usageOf({ usage, finishReason }: ModelTurn): StepChanges {
  return {
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    finishReason,
  };
}
