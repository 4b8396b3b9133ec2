import type { Agent } from '../agent/agent.ts';
import { limitMet } from './run-stop.ts';
import type { ModelMessage, ModelTurn } from './model.ts';

/** A tool call of a turn, by the model's id for it, and what the model is told of it. */
export interface AnsweredCall {
  readonly callId: string;
  readonly content: string;
}

export interface LoopSteps<TTurn extends ModelTurn> {
  /** Asks the model, streams its answer into the log, and records the turn. */
  readonly askModel: (messages: readonly ModelMessage[]) => Promise<TTurn>;
  /** Runs the calls of a turn, all at once, and records how they went, in the turn's order. */
  readonly callTools: (turn: TTurn) => Promise<readonly AnsweredCall[]>;
}

/** Where the loop begins, or goes on. */
export interface LoopStart<TTurn extends ModelTurn> {
  /** All that was said before `turn`. */
  readonly messages: readonly ModelMessage[];
  /** The last answer, whose calls are to be made; `null`: the model is asked. */
  readonly turn: TTurn | null;
  /** How often the model was asked already. */
  readonly modelCalls: number;
  /** How many tool calls it has asked for. */
  readonly toolCalls: number;
}

/**
 * The agent's loop: ask the model; while it calls tools, run them and ask again with their results. Gives the final text.
 * @throws RunStop when a limit of the agent is met; whatever the steps throw.
 */
export async function runLoop<TTurn extends ModelTurn>(
  { limits }: Pick<Agent, 'limits'>,
  start: LoopStart<TTurn>,
  { askModel, callTools }: LoopSteps<TTurn>,
): Promise<string> {
  const { maxModelCalls, maxToolCalls } = limits;
  const messages = [...start.messages];
  let { turn, modelCalls, toolCalls } = start;
  for (;;) {
    if (turn === null) {
      if (modelCalls >= maxModelCalls) throw limitMet(`The run used its ${maxModelCalls} model calls.`);
      turn = await askModel(messages);
      modelCalls += 1;
      toolCalls += turn.toolCalls.length;
    }
    if (turn.toolCalls.length === 0) return turn.text;
    if (toolCalls > maxToolCalls) throw limitMet(`The run made more than ${maxToolCalls} tool calls.`);
    if (modelCalls >= maxModelCalls) throw limitMet(`The run used its ${maxModelCalls} model calls.`);
    const answered = await callTools(turn);
    messages.push(
      { role: 'assistant', content: turn.text, toolCalls: turn.toolCalls },
      ...answered.map(({ callId, content }) => ({ role: 'tool' as const, callId, content })),
    );
    turn = null;
  }
}
