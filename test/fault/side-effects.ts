import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One execution of a tool, as the world outside saw it. */
export interface SideEffect {
  readonly tool: string;
  readonly effect: string;
  /** The idempotency key that the call came with. */
  readonly key: string;
  readonly arguments: unknown;
  readonly at: Date;
}

/** The world outside: every tool of the fault app tells it that it was executed, and waits a moment for the answer. */
export class SideEffects implements AsyncDisposable {
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #byRun = new Map<string, SideEffect[]>();
  readonly #answerMs: number;
  #count = 0;

  private constructor(answerMs: number) {
    this.#answerMs = answerMs;
  }

  /** `answerMs`: how long each tool takes. */
  static async start(answerMs: number): Promise<SideEffects> {
    const effects = new SideEffects(answerMs);
    effects.#server.listen(0, '127.0.0.1');
    await once(effects.#server, 'listening');
    return effects;
  }

  get url(): string {
    // A listening TCP server's address is an object.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get count(): number {
    return this.#count;
  }

  /** What happened for a run, in order: its id begins the keys of its calls. */
  of(runId: string): readonly SideEffect[] {
    return this.#byRun.get(runId) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer); // a request without encoding gives Buffers
    } catch {
      // Its process died while it spoke: what was not said has not happened.
      return;
    }
    const said = JSON.parse(Buffer.concat(parts).toString('utf8')) as Omit<SideEffect, 'at'>;
    this.#count += 1;
    const [runId = ''] = said.key.split(':');
    const known = this.#byRun.get(runId) ?? [];
    this.#byRun.set(runId, [...known, { ...said, at: new Date() }]);
    await delay(this.#answerMs);
    response.end(JSON.stringify({ executions: known.length + 1 }));
  }
}
