/** Any-of lists in one line: `a + (b | c)` is a, and b or c. */
export function formatRequirement(allOf: readonly (readonly string[])[]): string {
  return allOf
    .map((anyOf) => (anyOf.length > 1 && allOf.length > 1 ? `(${anyOf.join(' | ')})` : anyOf.join(' | ')))
    .join(' + ');
}
