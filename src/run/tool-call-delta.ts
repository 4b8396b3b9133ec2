import { isRecord } from '../lib/is-record.ts';

/** What one entry of `delta.tool_calls` says. */
export interface ToolCallDelta {
  readonly index: number | null;
  readonly id: string | null;
  /** Empty when not said. */
  readonly name: string;
  /** JSON text, or a piece of one. */
  readonly arguments: string;
  /** The arguments came as a value and not as text: they are complete, and replace what was there. */
  readonly isWhole: boolean;
}

/**
 * Reads an entry as OpenAI and those who resemble it write them: any member may be missing or null, the id may stand inside
 * `function`, the arguments may be an object. `null` when it says nothing at all.
 */
export function readToolCallDelta(entry: unknown): ToolCallDelta | null {
  if (!isRecord(entry)) return null;
  const call = isRecord(entry['function']) ? entry['function'] : {};
  const id = readId(entry['id']) ?? readId(call['id']);
  const name = typeof call['name'] === 'string' ? call['name'] : '';
  const isWhole = typeof call['arguments'] !== 'string' && (call['arguments'] ?? null) !== null;
  const text = isWhole ? JSON.stringify(call['arguments']) : (call['arguments'] ?? '');
  if (id === null && name === '' && text === '') return null;
  return { index: readIndex(entry['index']), id, name, arguments: String(text), isWhole };
}

/** Beyond this length arguments count as unfinished: reading them again and again would be quadratic. */
const MAX_WHOLE_LENGTH = 65_536;

/** Whether `text` is one complete JSON object, to which nothing can be appended. */
export function isWholeObject(text: string): boolean {
  if (text.length > MAX_WHOLE_LENGTH || !/^\s*\{/.test(text) || !text.trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // what does not parse is unfinished
  }
}

function readId(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function readIndex(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}
