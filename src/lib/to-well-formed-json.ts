import { toWellFormedText } from './to-well-formed-text.ts';

/** `value`, as JSON holds it, with NUL and lone surrogates in every text and key replaced. */
export function toWellFormedJson(value: unknown): unknown {
  if (typeof value === 'string') return toWellFormedText(value);
  if (Array.isArray(value)) return value.map(toWellFormedJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [toWellFormedText(key), toWellFormedJson(item)]),
  );
}
