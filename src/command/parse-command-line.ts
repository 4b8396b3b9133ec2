import { parseArgs } from 'node:util';
import type { CommandHelp } from './help/command-help.ts';
import { formatUsage } from './help/format-help.ts';
import { UsageError } from './usage-error.ts';

/** What Node adds of an unknown option, cut off in its last word. */
const ADVICE = /\. To specify a positional argument.*$/s;
const WORDS_ADVICE = '. What begins with - and is none goes behind --.';

/** What `parseArgs` of Node gives for the options of a command. */
type CommandLine<TOptions extends CommandHelp['options']> = ReturnType<
  typeof parseArgs<{ args: string[]; options: TOptions; allowPositionals: true }>
>;

/**
 * Reads a command line by the command's help.
 * @throws UsageError with the command's usage, for options that it does not have and for too few or too many words.
 */
export function parseCommandLine<TOptions extends CommandHelp['options']>(
  help: CommandHelp & { readonly options: TOptions },
  args: string[],
): CommandLine<TOptions> {
  const line = readLine(help, args);
  const [min, max] = help.words;
  const { length } = line.positionals;
  if (length >= min && length <= max) return line;
  throw usageError(
    help,
    length < min ? 'Something is missing.' : `There is no place for "${line.positionals.at(max)}".`,
  );
}

/** The error that says what is wrong with a command line, how it is written, and where there is more. */
export function usageError(help: CommandHelp, sentence: string): UsageError {
  return new UsageError(`${sentence}\n\n${formatUsage(help)}\nambit help ${help.name} says more.`);
}

function readLine<TOptions extends CommandHelp['options']>(
  help: CommandHelp & { readonly options: TOptions },
  args: string[],
): CommandLine<TOptions> {
  try {
    return parseArgs({ args, options: help.options, allowPositionals: true });
  } catch (error) {
    // Whatever else it throws is a mistake in the options of the help.
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      throw usageError(help, error.message.replace(ADVICE, help.words[1] > 0 ? WORDS_ADVICE : '.'));
    throw error;
  }
}
