import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { type FinishedProgram } from './server-process.ts';

/** A program under way. */
export interface CommandProcess extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Resolves when it has written that on stdout or stderr; rejects with all that it wrote when it ends before. */
  wrote(text: string | RegExp): Promise<void>;
  readonly done: Promise<FinishedProgram>;
}

/** Starts a program that is told things while it runs. Disposing of it kills it. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): CommandProcess {
  const child = spawn(program, args, { env: { PATH: process.env['PATH'], ...env }, stdio: 'pipe' });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      child.emit('wrote');
    });
  }
  // Who has ended reads no more.
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close');
  void closed.then(() => child.emit('wrote'));
  const hasWritten = (text: string | RegExp): boolean =>
    [texts.stdout, texts.stderr].some((told) =>
      typeof text === 'string' ? told.includes(text) : text.test(told),
    );
  return {
    process: child,
    async wrote(text) {
      while (!hasWritten(text)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`It ended without: ${String(text)}\n${texts.stdout}\n${texts.stderr}`);
        await once(child, 'wrote');
      }
    },
    done: closed.then(() => ({ code: child.exitCode, ...texts })),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
