import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ServerProcess extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
  readonly process: ChildProcess;
  /** All that it wrote so far, stdout and stderr. */
  readonly output: readonly string[];
  /** Ends the process with that signal and gives its exit code, `null` when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** The program `ambit`. */
export const CLI = new URL('../../src/start.js', import.meta.url).pathname;

const START_MS = 45_000;
/** What is told of a process that was killed for it. */
export const NEITHER = 'It neither served nor ended in time.';

/**
 * `ambit serve` as a process of its own, once it says where it serves. Throws what it wrote when it ends instead; one that does neither in
 * time is killed.
 */
export async function startServerProcess(
  env: Record<string, string>,
  args: string[] = [],
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [CLI, 'serve', ...args], {
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const url = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      output.push(line);
      const [, address] = /^Ambit (?:serves|executes) .* (http:\S+)\/(?:graphql$|health )/.exec(line) ?? [];
      if (address !== undefined) url.resolve(address);
    });
  }
  const exited = once(child, 'close');
  const late = setTimeout(() => {
    output.push(NEITHER);
    child.kill('SIGKILL');
  }, START_MS);
  void exited.then(() => url.reject(new Error(output.join('\n'))));
  void url.promise.catch(() => undefined).finally(() => clearTimeout(late));
  const end: ServerProcess['end'] = async (signal) => {
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    url: await url.promise,
    process: child,
    output,
    end,
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

export interface FinishedProgram {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ambit` with `args` to its end. */
export function runCommand(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<FinishedProgram> {
  return runProgram(process.execPath, [CLI, ...args], env);
}

/** Runs a program to its end; one that goes on for 15 seconds is ended. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd: string = process.cwd(),
): Promise<FinishedProgram> {
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 15_000,
  });
  const [stdout, stderr] = await Promise.all([child.stdout, child.stderr].map((stream) => stream.toArray()));
  if (child.exitCode === null) await once(child, 'close');
  return { code: child.exitCode, stdout: String(stdout?.join('')), stderr: String(stderr?.join('')) };
}
