/** The names of all series of an exposition: those of a histogram are its parts', counted yet or not. */
export function readMetricNames(exposition: string): Set<string> {
  const types = [...exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

const NO_METRICS =
  /"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'offset', 'bool', 'by', 'without']);

/** The names of series that a PromQL expression asks for. */
export function namesIn(expression: string): string[] {
  const bare = expression.replaceAll(NO_METRICS, ' ');
  // What a parenthesis follows is a function; what a digit precedes, a unit.
  const words = bare.matchAll(/(?<![\w:])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g);
  return [...words].map(([word]) => word).filter((word) => !KEYWORDS.has(word));
}
