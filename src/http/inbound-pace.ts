import type { WebSocket } from 'ws';

import type { HttpLimits } from './http-limits.ts';

const CHECK_MS = 100;
const WINDOW_MS = 1000;
/** How much more may wait for the client before it is no longer read than before it is no longer given results. */
const REPLY_ROOM = 64;

/**
 * Stops reading a socket that sends more messages than it may, or asks for more than it reads, until its next second has
 * begun and it has caught up. What it has sent waits in its own connection; nobody else's is touched.
 */
export class InboundPace implements Disposable {
  readonly #socket: WebSocket;
  readonly #limits: HttpLimits;
  #windowStart = performance.now();
  #count = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(socket: WebSocket, limits: HttpLimits) {
    this.#socket = socket;
    this.#limits = limits;
  }

  /** One message has come. */
  count(): void {
    this.#count++;
    if (this.#timer !== null || !this.#isOver()) return;
    this.#socket.pause();
    this.#check();
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #check(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#isOver()) return this.#check();
      this.#socket.resume();
    }, CHECK_MS);
  }

  #isOver(): boolean {
    const now = performance.now();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = now;
      this.#count = 0;
    }
    const { messagesPerSecond, bufferedBytes } = this.#limits;
    return this.#count > messagesPerSecond || this.#socket.bufferedAmount > bufferedBytes * REPLY_ROOM;
  }
}
