/** What a bench found: rows of named figures, and those of them that count. */
export interface BenchTable {
  readonly question: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** For the last table, of all benches. Default: none. */
  readonly findings?: readonly Finding[];
}

/** One figure and what is wanted of it. */
export interface Finding {
  readonly what: string;
  readonly value: number;
  /** `×`: a ratio of two things measured side by side. */
  readonly unit: '×' | 'ms' | 'µs' | 'MB' | 'kB' | '1/s' | 'count';
  /** Default: none is set. */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
}

export function printTable({ question, columns, rows }: BenchTable): void {
  const lines = [columns, ...rows].map((row) => row.map(format));
  const widths = columns.map((_name, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  console.log(`\n${question}\n`);
  for (const [index, line] of lines.entries()) {
    console.log(`| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
    if (index === 0) console.log(`| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  }
}

/** The findings of all tables as one. */
export function toSummary(tables: readonly BenchTable[]): BenchTable {
  const findings = tables.flatMap((table) => table.findings ?? []);
  return {
    question: 'all benches: ratios, and what is wanted of them',
    columns: ['what', 'value', 'unit', 'goal', 'met'],
    rows: findings.map(({ what, value, unit, goal }) => [what, value, unit, ...judge(value, goal)]),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** The value below which `share` of the values are. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function judge(value: number, goal: Finding['goal']): [string, string] {
  if (goal === undefined) return ['', ''];
  if ('atMost' in goal) return [`≤ ${goal.atMost}`, value <= goal.atMost ? 'yes' : 'NO'];
  return [`≥ ${goal.atLeast}`, value >= goal.atLeast ? 'yes' : 'NO'];
}

function format(value: string | number): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 3 : 1);
}
