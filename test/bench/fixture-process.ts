import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A process of the bench, pinned to one core. */
export interface FixtureProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The rest of the first line that began with `ready `. */
  readonly address: string;
  /** CPU seconds used so far, user and system. */
  cpuSeconds(): number;
  /** Resident memory in MB. */
  residentMegabytes(): number;
}

const TICKS_PER_SECOND = 100;

/** Starts `file` on a core of its own, and returns when it has written `ready <address>`, or the pattern's first group. */
export async function startFixture(
  file: URL,
  options: { core: number; args?: string[]; env?: Record<string, string>; ready?: RegExp },
): Promise<FixtureProcess> {
  const { core, args = [], env = {}, ready = /^ready (.*)$/ } = options;
  const child = spawn('taskset', ['-c', String(core), process.execPath, file.pathname, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = Promise.withResolvers<string>();
  createInterface(child.stdout).on('line', (line) => {
    const match = ready.exec(line);
    if (match !== null) address.resolve(match[1] ?? '');
  });
  const exited = once(child, 'exit');
  void exited.then(() => address.reject(new Error(`${file.pathname} ended before it was ready.`)));
  return {
    child,
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
function readCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function readResidentMegabytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
