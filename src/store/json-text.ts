import { toWellFormedJson } from '../lib/to-well-formed-json.ts';
import { invalidValue } from './to-store-error.ts';

/**
 * `value` as the JSON text that a jsonb column takes: NUL and lone surrogates, which it refuses, become U+FFFD.
 * @throws InvalidInputError when it is no JSON, or nested too deep to be written.
 */
export function jsonText(value: unknown): string {
  try {
    const text = JSON.stringify(value ?? null);
    // Both are written as \u escapes, and little else is.
    return text.includes('\\u') ? JSON.stringify(toWellFormedJson(JSON.parse(text))) : text;
  } catch (error) {
    throw invalidValue(error instanceof Error ? error : undefined);
  }
}
