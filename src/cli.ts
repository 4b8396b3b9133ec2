import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { AmbitError } from './errors.ts';
import { COMMANDS, findCommand } from './command/commands.ts';
import { formatHelp, formatOverview } from './command/help/format-help.ts';
import { UsageError } from './command/usage-error.ts';
import { toPrintableText } from './lib/to-printable-text.ts';

const HELP_FLAGS: ReadonlySet<string> = new Set(['--help', '-h']);

// What a later start finds compiled costs it neither time nor the memory of the compiler.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/ambit/code'));

// Whoever read what is written here has gone, as `head` does: there is nobody to tell any more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.stderr.write(`Nothing can be written: ${error.message}\n`);
  process.exit(error.code === 'EPIPE' ? undefined : 1);
});
process.stderr.on('error', () => undefined);

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${toPrintableText(describe(error))}\n`);
  process.exitCode = 1;
}

async function main(words: string[]): Promise<void> {
  // Conversations and keys are in the files that are made from here on: nobody else on the machine is to read them.
  // What init writes are sources, for whomever the user's umask says.
  if (words[0] !== 'init') process.umask(0o077);
  if (words.length === 0 || words[0] === 'help' || wantsHelp(words)) {
    const named = words.filter((word) => !HELP_FLAGS.has(word));
    return void process.stdout.write(help(named[0] === 'help' ? named.slice(1) : named));
  }
  const found = findCommand(words);
  if (found === null) throw unknownCommand(words);
  const command = await found.command.load();
  await command(found.args);
}

/** Before `--`, behind which words mean themselves. */
function wantsHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? undefined : end).some((word) => HELP_FLAGS.has(word));
}

function help(words: readonly string[]): string {
  const helps = COMMANDS.map((command) => command.help);
  if (words.length === 0) return formatOverview(helps);
  const found = findCommand(words);
  if (found === null) throw unknownCommand(words);
  return formatHelp(found.command.help, helps);
}

function unknownCommand([name]: readonly string[]): UsageError {
  return new UsageError(`There is no command "${name}".\n\n${help([])}`);
}

/** Our own sentences say enough; anything else needs its stack to be found. */
function describe(error: unknown): string {
  if (error instanceof AmbitError || error instanceof UsageError || error instanceof TypeError)
    return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
