import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';

import type { FormattedExecutionResult } from 'graphql';

import type { HttpLimits } from './http-limits.ts';
import type { CountedSocket } from './socket-counts.ts';

/** Results that a stream is given in one turn of the event loop. */
const RESULTS_PER_TURN = 32;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // A proxy that compresses, or waits for more, keeps what is meant to be seen now.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

export interface EventStreamOptions {
  /** As `ClientAddress` gives it. */
  readonly address: string;
  readonly limits: Pick<HttpLimits, 'bufferedBytes'>;
}

/**
 * A response as a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), those of GraphQL over SSE
 * in distinct connections mode: `next` with a result, `complete` when there are no more.
 */
export class EventStream implements CountedSocket {
  readonly address: string;
  readonly #response: ServerResponse;
  readonly #bufferedBytes: number;
  readonly #ending = new AbortController();
  #drained = new Set<() => void>();
  #results = 0;
  /** Writes that the connection has taken, and how many those were when it was last looked at. */
  #taken = 0;
  #takenBefore = -1;

  constructor(response: ServerResponse, { address, limits }: EventStreamOptions) {
    this.address = address;
    this.#response = response;
    this.#bufferedBytes = limits.bufferedBytes;
    response.once('close', () => this.#end());
  }

  /** Aborts when the stream has ended, from whichever side. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  get isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed;
  }

  onceClosed(callback: () => void): void {
    if (this.#response.destroyed) callback();
    else this.#response.once('close', callback);
  }

  /** Sends the head, and a comment, without which some browsers do not say that the stream is open. */
  begin(headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(200, { ...HEADERS, ...headers });
    this.#write(':\n\n');
  }

  next(result: FormattedExecutionResult): void {
    this.#write(`event: next\ndata: ${JSON.stringify(result)}\n\n`);
  }

  /** Says that there is no more, and ends. The empty data is there for browsers' own EventSource, which passes over events without. */
  complete(): void {
    this.#write('event: complete\ndata:\n\n');
    this.end();
  }

  /** Ends without having said so: the client asks again. */
  end(): void {
    if (this.isOpen) this.#response.end();
    this.#end();
  }

  /**
   * Resolves when the client has read most of what it was sent, and never once it has left; `undefined`: it has. Now and then a turn of
   * the event loop passes as well.
   */
  ready(): Promise<void> | undefined {
    const isTurn = ++this.#results % RESULTS_PER_TURN === 0;
    return isTurn || this.#isBehind ? this.#untilReady(isTurn) : undefined;
  }

  /** Ends a stream of which nothing was read since it was last looked at, and sends a comment on any other. */
  checkAlive(): void {
    const isStalled = this.#response.writableLength > 0 && this.#taken === this.#takenBefore;
    if (isStalled) return void this.#response.destroy();
    this.#takenBefore = this.#taken;
    if (!this.#isBehind) this.#write(':\n\n');
  }

  async #untilReady(isTurn: boolean): Promise<void> {
    if (isTurn) await setImmediate();
    while (this.isOpen && this.#isBehind) {
      await new Promise<void>((resolve) => this.#drained.add(resolve));
    }
  }

  #write(text: string): void {
    if (!this.isOpen) return;
    this.#response.write(text, () => {
      this.#taken += 1;
      if (!this.#isBehind) this.#wake();
    });
  }

  get #isBehind(): boolean {
    return this.#response.writableLength > this.#bufferedBytes;
  }

  #end(): void {
    this.#ending.abort();
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#drained;
    this.#drained = new Set();
    for (const wake of waiting) wake();
  }
}
