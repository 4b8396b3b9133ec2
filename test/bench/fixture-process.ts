import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A process of the bench, pinned to one core where that is asked for. */
export interface FixtureProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** All lines that it wrote so far, stdout and stderr. */
  readonly output: readonly string[];
  /** The rest of the first line that began with `ready `. */
  readonly address: string;
  /** CPU seconds used so far, user and system. */
  cpuSeconds(): number;
  /** Resident memory in MB. */
  residentMegabytes(): number;
}

const TICKS_PER_SECOND = 100;
/** What the inspector says of itself, which is no trouble of the fixture's. */
const INSPECTOR = /^(?:Debugger |For help, see: https:\/\/nodejs.org\/|Starting inspector )/;

export interface FixtureOptions {
  /** Default: that of whoever starts it, or any. */
  readonly core?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The line that says it is ready; its first group is the address. Default: `ready <address>`. */
  readonly ready?: RegExp;
}

/** Starts `file`, and returns when it has written that it is ready. */
export async function startFixture(file: URL, options: FixtureOptions): Promise<FixtureProcess> {
  const { core, args = [], env = {}, ready = /^ready (.*)$/ } = options;
  const pinned = core === undefined ? [] : ['taskset', '-c', String(core)];
  const [program = '', ...words] = [...pinned, process.execPath, file.pathname, ...args];
  const child = spawn(program, words, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const address = Promise.withResolvers<string>();
  createInterface(child.stdout).on('line', (line) => {
    output.push(line);
    const match = ready.exec(line);
    if (match !== null) address.resolve(match[1] ?? '');
  });
  createInterface(child.stderr).on('line', (line) => {
    output.push(line);
    if (!INSPECTOR.test(line)) console.error(line);
  });
  const exited = once(child, 'exit');
  void exited.then(() => address.reject(new Error(`${file.pathname} ended before it was ready.`)));
  return {
    child,
    output,
    address: await address.promise,
    cpuSeconds: () => readCpuSeconds(child.pid ?? 0),
    residentMegabytes: () => readResidentMegabytes(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** utime and stime of /proc/<pid>/stat: proc(5). */
export function readCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function readResidentMegabytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
