import { isRecord } from '../lib/is-record.ts';

/** What a delta says in words. Both are empty where it says nothing. */
export interface DeltaText {
  readonly text: string;
  readonly reasoning: string;
}

/**
 * The words of a delta in the dialects there are: `content` as text or as a list of parts (Mistral), a `refusal` in its place
 * (OpenAI), reasoning as `reasoning_content` (DeepSeek, vLLM, llama.cpp) or `reasoning` (OpenRouter, Groq); an endpoint that
 * sends both names means the same words.
 */
export function readDeltaText(delta: Readonly<Record<string, unknown>>): DeltaText {
  const { content } = delta;
  const text = typeof content === 'string' ? content : joinParts(content);
  const reasoning = asText(delta['reasoning_content']) || asText(delta['reasoning']);
  return {
    text: text + asText(delta['refusal']),
    reasoning: Array.isArray(content) ? reasoning + joinThinking(content) : reasoning,
  };
}

function joinParts(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (isRecord(part) ? asText(part['text']) : '')).join('');
}

/** Parts of type `thinking` hold a list of text parts of their own. */
function joinThinking(content: readonly unknown[]): string {
  return content.map((part) => (isRecord(part) ? joinParts(part['thinking']) : '')).join('');
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
