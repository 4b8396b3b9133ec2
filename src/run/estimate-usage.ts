import type { ModelMessage, ModelRequest, ModelTurn, ModelUsage } from './model.ts';

const CHARACTERS_A_TOKEN = 4;

/** What a turn cost, as the endpoint says; where it says nothing, estimated at four characters a token. */
export function estimateUsage(request: ModelRequest, turn: ModelTurn): ModelUsage {
  if (turn.usage !== null) return turn.usage;
  const { instructions, messages, tools } = request;
  const prompt = (instructions ?? '').length + sum(messages.map(lengthOf)) + JSON.stringify(tools).length;
  const answer = lengthOf({ role: 'assistant', content: turn.text, toolCalls: turn.toolCalls });
  return { inputTokens: toTokens(prompt), outputTokens: toTokens(answer) };
}

function lengthOf(message: ModelMessage): number {
  const calls = message.role === 'assistant' ? message.toolCalls : [];
  return message.content.length + sum(calls.map((call) => call.name.length + call.arguments.length));
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}

function toTokens(length: number): number {
  return Math.ceil(length / CHARACTERS_A_TOKEN);
}
