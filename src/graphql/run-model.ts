import type { RunRow } from '../store/run-row.ts';

/** A run as the schema shows it. */
export interface RunModel extends RunRow {
  /** Set by `runAgent` when it answers an earlier request again. */
  readonly replayed?: boolean;
}

/** Characters of its long texts. */
export function lengthOfRun({ input, output }: Pick<RunRow, 'input' | 'output'>): number {
  return input.length + (output?.length ?? 0);
}
