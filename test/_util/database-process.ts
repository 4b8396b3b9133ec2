import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { serverUser } from './server-user.ts';

export interface DatabaseProcessOptions {
  readonly cwd: string;
  /** What the line of its stderr holds that says that it accepts connections. */
  readonly ready: string;
}

/**
 * Starts the program of a database or a pooler, not as root. `started` resolves when it is ready, and rejects with what it said when it
 * ends before.
 */
export function startDatabaseProcess(
  program: string,
  args: readonly string[],
  { cwd, ready }: DatabaseProcessOptions,
): { readonly child: ChildProcess; readonly started: Promise<void> } {
  const child = spawn(program, args, { ...serverUser(), cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  const started = Promise.withResolvers<void>();
  createInterface(child.stderr).on('line', (line) => {
    if (lines.length < 50) lines.push(line);
    if (line.includes(ready)) started.resolve();
  });
  child.once('exit', () => started.reject(new Error(lines.join('\n'))));
  return { child, started: started.promise };
}

/** Ends a process with a signal, and waits until it has ended; nothing when it has already. */
export async function endProcess(child: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
