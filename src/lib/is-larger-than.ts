/** What a value costs besides its text, in characters: quotes, comma, digits. */
const OVERHEAD = 8;

/**
 * Whether `value`, as JSON, has more than about `maxCharacters`: its texts, names and a little for each value are counted, escapes
 * are not. Stops as soon as that is clear, and does not recur.
 */
export function isLargerThan(value: unknown, maxCharacters: number): boolean {
  const waiting: unknown[] = [value];
  for (let characters = 0; waiting.length > 0;) {
    const next = waiting.pop();
    characters += OVERHEAD;
    if (typeof next === 'string') characters += next.length;
    else if (Array.isArray(next)) for (const item of next) waiting.push(item);
    else if (typeof next === 'object' && next !== null) {
      for (const key of Object.keys(next)) {
        characters += key.length;
        waiting.push((next as Record<string, unknown>)[key]); // one of its own keys
      }
    }
    if (characters > maxCharacters) return true;
  }
  return false;
}
