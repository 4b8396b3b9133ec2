import { setTimeout as delay } from 'node:timers/promises';

import { type ServerProcess, startServerProcess } from '../_util/server-process.ts';

export const FAULTS = ['SIGKILL', 'SIGTERM', 'SIGSTOP'] as const;
export type Fault = (typeof FAULTS)[number];

const APP = new URL('fault-app.ts', import.meta.url).pathname;
/** Longer than the lease. */
const FREEZE_MS = 3500;

/** A server that is ended and started anew, or frozen. Its address changes with each start. */
export class FaultNode implements AsyncDisposable {
  readonly #env: Record<string, string>;
  #server: ServerProcess | null = null;

  constructor(env: Record<string, string>) {
    this.#env = env;
  }

  /** `null` while it is down. */
  get url(): string | null {
    return this.#server?.url ?? null;
  }

  async start(): Promise<void> {
    this.#server = await startServerProcess(this.#env, [APP]);
  }

  /** Does it, and returns when the server works again. */
  async suffer(fault: Fault): Promise<void> {
    const server = this.#server;
    if (server === null) throw new Error('The node is down.');
    if (fault === 'SIGSTOP') {
      server.process.kill('SIGSTOP');
      await delay(FREEZE_MS);
      server.process.kill('SIGCONT');
      return;
    }
    this.#server = null;
    await server.end(fault);
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}
