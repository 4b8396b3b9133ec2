import type { Turn } from '../store/history.ts';
import type { ModelStepRow, StepRow, ToolStepRow } from '../store/step-row.ts';
import type { RunStatus } from '../store/tables.ts';
import type { ModelMessage } from './model.ts';

/** What the model is told of a call that may have happened. */
export const OUTCOME_UNKNOWN = 'The outcome of the call is not known.';

/** How an answer that did not end well is told to the model. */
const ENDINGS: Partial<Record<RunStatus, string>> = {
  CANCELLED: 'was cancelled',
  FAILED: 'failed',
  EXPIRED: 'met a limit',
};

/**
 * The past of a session as the model reads it, oldest first: as many whole turns, newest first, as fit into `maxTokens`,
 * estimated; no more is read than that. A turn that was cancelled or failed says so; every tool call is followed by its result.
 */
export async function buildHistory(
  newestFirst: AsyncIterable<Turn> | Iterable<Turn>,
  maxTokens: number,
): Promise<ModelMessage[]> {
  const turns: ModelMessage[][] = [];
  let tokens = 0;
  for await (const turn of newestFirst) {
    const messages = toMessages(turn);
    tokens += messages.reduce((sum, message) => sum + estimateTokens(message), 0);
    if (tokens > maxTokens) break;
    turns.push(messages);
  }
  return turns.toReversed().flat();
}

function toMessages({ run, steps }: Turn): ModelMessage[] {
  const messages = steps.flatMap((step) => toStepMessages(step, steps));
  const ending = ENDINGS[run.status];
  if (ending === undefined) return messages;
  const last = messages.at(-1);
  if (last?.role === 'assistant' && last.toolCalls.length === 0 && last.content !== '') {
    return [
      ...messages.slice(0, -1),
      { ...last, content: `${last.content}\n\n[This answer ${ending} here.]` },
    ];
  }
  return [...messages, { role: 'assistant', content: `[No answer: the run ${ending}.]`, toolCalls: [] }];
}

function toStepMessages(step: StepRow, steps: readonly StepRow[]): ModelMessage[] {
  switch (step.kind) {
    case 'input':
      return [{ role: 'user', content: step.content }];
    case 'model':
      return step.status === 'SUPERSEDED' || (step.content === '' && step.toolCalls.length === 0)
        ? []
        : toTurnMessages(step, steps);
    case 'tool':
      // Written behind the answer that made the call.
      return [];
    default:
      return step satisfies never;
  }
}

/** An answer that calls tools, with what came of each call. */
export function toTurnMessages(
  { content, toolCalls }: ModelStepRow,
  steps: readonly StepRow[],
): ModelMessage[] {
  const results = new Map(steps.filter((step) => step.kind === 'tool').map((step) => [step.id, step]));
  return [
    { role: 'assistant', content, toolCalls },
    ...toolCalls.map(({ id, callId }) => ({
      role: 'tool' as const,
      callId,
      content: toResultText(results.get(id)),
    })),
  ];
}

function toResultText(step: ToolStepRow | undefined): string {
  if (step === undefined) return 'The call was not made.';
  return step.finishedAt === null ? OUTCOME_UNKNOWN : step.content;
}

/** Four characters a token, and a little for each message: near enough to keep within a bound. */
function estimateTokens(message: ModelMessage): number {
  const calls = message.role === 'assistant' ? JSON.stringify(message.toolCalls).length : 0;
  return 4 + Math.ceil((message.content.length + calls) / 4);
}
