import type { Agent } from '../agent/agent.ts';
import { limitMet } from './run-stop.ts';
import type { ModelMessage, ModelTurn } from './model.ts';
import type { ToolOutcome } from './execute-tool.ts';

/** A tool call of a turn: what the model asked for, under an id of ours. */
export interface AnsweredCall {
  readonly callId: string;
  readonly outcome: ToolOutcome;
}

export interface LoopSteps {
  /** Asks the model, streams its answer into the log, and records the turn. */
  readonly askModel: (messages: readonly ModelMessage[]) => Promise<ModelTurn>;
  /** Runs the calls of a turn, all at once, and records how they went, in the turn's order. */
  readonly callTools: (turn: ModelTurn) => Promise<readonly AnsweredCall[]>;
}

/**
 * The agent's loop: ask the model; while it calls tools, run them and ask again with their results. Gives the final text.
 * @throws RunStop when a limit of the agent is met; whatever the steps throw.
 */
export async function runLoop(
  { limits }: Pick<Agent, 'limits'>,
  history: readonly ModelMessage[],
  { askModel, callTools }: LoopSteps,
): Promise<string> {
  const messages = [...history];
  let toolCalls = 0;
  for (let modelCalls = 1; ; modelCalls += 1) {
    const turn = await askModel(messages);
    if (turn.toolCalls.length === 0) return turn.text;
    toolCalls += turn.toolCalls.length;
    if (toolCalls > limits.maxToolCalls)
      throw limitMet(`The run made more than ${limits.maxToolCalls} tool calls.`);
    if (modelCalls >= limits.maxModelCalls)
      throw limitMet(`The run used its ${limits.maxModelCalls} model calls.`);
    const answered = await callTools(turn);
    messages.push(
      { role: 'assistant', content: turn.text, toolCalls: turn.toolCalls },
      ...answered.map(({ callId, outcome }) => ({ role: 'tool' as const, callId, content: outcome.content })),
    );
  }
}
