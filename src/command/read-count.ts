import type { CommandHelp } from './help/command-help.ts';
import { usageError } from './parse-command-line.ts';

/** How many of a page. @throws UsageError for what is no number from 1 to 100. */
export function readCount(help: CommandHelp, option: string, text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 100) return count;
  throw usageError(help, `--${option} takes a number from 1 to 100.`);
}
