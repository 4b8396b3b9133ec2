import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { devHelp } from './help/dev-help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { UsageError } from './usage-error.ts';

const SRC = fileURLToPath(new URL('../', import.meta.url));
const SCHEMA = fileURLToPath(new URL('../../schema.graphql', import.meta.url));
const START = fileURLToPath(new URL('../start.js', import.meta.url));

/** `ambit dev [app.ts]`: serves, and starts again whenever our sources, the schema, the app file or `.env` change. */
export async function dev(args: string[]): Promise<void> {
  const { positionals } = parseCommandLine(devHelp, args);
  const apps = positionals.map((path) => resolve(path));
  for (const path of apps) {
    await access(path).catch(() => {
      throw new UsageError(`There is no app file ${path}.`);
    });
  }
  const settings = existsSync('.env') ? [resolve('.env')] : [];
  const watched = [SRC, SCHEMA, ...apps, ...settings].map((path) => `--watch-path=${path}`);
  const flags = ['--watch', '--watch-preserve-output', ...watched];
  const child = spawn(process.execPath, [...flags, START, 'serve', ...apps], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
