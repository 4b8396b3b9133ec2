import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process as a lock file names it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Where `pid` means something: the host, and on Linux the namespace of its process ids. */
  readonly place: string;
  /** When it began, in the system's own unit, since a pid is used again; `null` where the system does not tell. */
  readonly startedAt: string | null;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, place: findPlace(), startedAt: findStart(process.pid) };
}

/** Whether the process runs; `null` when that cannot be told from here. */
export function isRunning({ pid, place, startedAt }: ProcessIdentity): boolean | null {
  if (place !== findPlace()) return null;
  if (!Number.isInteger(pid) || pid <= 0 || !isKnownPid(pid)) return false;
  const found = findStart(pid);
  return found === null || startedAt === null || found === startedAt;
}

function isKnownPid(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function findPlace(): string {
  return `${hostname()} ${readOrNull(() => readlinkSync('/proc/self/ns/pid')) ?? process.platform}`;
}

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)): clock ticks from the boot. Field 2, in brackets, may hold blanks. */
function findStart(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    // Not Linux, or the process is gone: either way there is nothing to tell.
    return null;
  }
}
