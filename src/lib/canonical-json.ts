import { isRecord } from './is-record.ts';

/** JSON text that is the same for equal values: the keys of every object in the order of their code units. Nested 256 deep at most. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(JSON.parse(JSON.stringify(value ?? null))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const entries = Object.keys(value)
    .toSorted()
    .map((key) => [key, sorted(value[key])] as const);
  // Own properties, also one called __proto__.
  return Object.fromEntries(entries);
}
