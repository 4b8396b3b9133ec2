import { spawnSync } from 'node:child_process';

/** The core of the server that is measured, and the one of everything that only puts load on it. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** Keeps this process, all its threads, on one core. Those it starts stay there too, unless they are put elsewhere. */
export function pinToCore(core: number): void {
  // It fails when a thread ends while it looks at it, having put the others there.
  spawnSync('taskset', ['-acp', String(core), String(process.pid)], { stdio: 'ignore' });
}
