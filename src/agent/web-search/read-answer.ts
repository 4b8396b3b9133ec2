import { ToolError } from '../../errors.ts';
import { isRecord } from '../../lib/is-record.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { SearchAnswer } from './search-client.ts';

/** The JSON object that a service answered. @throws ToolError when it is none. */
export function readJsonAnswer({ text }: SearchAnswer): Record<string, unknown> {
  const value = parseJson(text);
  if (!isRecord(value)) throw unreadable();
  return value;
}

/**
 * The answer of a service that takes a key.
 * @throws ToolError with a sentence for what its status says, when that is not 200.
 */
export function requireGranted(answer: SearchAnswer): SearchAnswer {
  const { status } = answer;
  if (status === 200) return answer;
  if (status === 401 || status === 403)
    throw new ToolError('The search service refuses the key in SEARCH_API_KEY.');
  if (status === 429)
    throw new ToolError('The search service has had too many requests. Wait before the next search.');
  // Tavily's own: the key's plan is used up.
  if (status === 432 || status === 433)
    throw new ToolError("The search service's plan for this key is used up.");
  throw new ToolError(`The search service answered with HTTP ${status}.`);
}

/** The answer came, but is not what the service is known to give. */
export function unreadable(): ToolError {
  return new ToolError('The answer of the search service cannot be read.');
}

/** `value` when it is text, else an empty one. */
export function readText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
