import { ToolError } from '../../errors.ts';
import { delay } from '../../lib/delay.ts';
import { orAborted } from '../../lib/or-aborted.ts';

export interface RequestPaceOptions {
  /** Between the starts of two requests. Default: 1,000. */
  readonly intervalMs?: number;
  /** Requests that may wait at once. Default: 10. */
  readonly maxWaiting?: number;
  /** A monotonic clock in milliseconds. Default: the process's. */
  readonly now?: () => number;
  /** Waits on that clock; rejects with the signal's reason. Default: a timer. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Lets requests start one after the other, not faster than one each interval. */
export class RequestPace {
  readonly #intervalMs: number;
  readonly #maxWaiting: number;
  readonly #now: () => number;
  readonly #wait: NonNullable<RequestPaceOptions['wait']>;
  #last: Promise<void> = Promise.resolve();
  #nextAt = -Infinity;
  #waiting = 0;

  constructor(options: RequestPaceOptions = {}) {
    const { intervalMs = 1000, maxWaiting = 10, now = () => performance.now(), wait = delay } = options;
    this.#intervalMs = intervalMs;
    this.#maxWaiting = maxWaiting;
    this.#now = now;
    this.#wait = wait;
  }

  /**
   * Resolves when it is the caller's turn. Who gives up while waiting uses up no turn.
   * @throws ToolError when too many wait already; the signal's reason when it aborts.
   */
  async turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting >= this.#maxWaiting) {
      throw new ToolError('Too many searches are waiting already. Try again in some seconds.');
    }
    this.#waiting += 1;
    const turn = this.#waitAfter(this.#last, signal).finally(() => {
      this.#waiting -= 1;
    });
    // Who comes next waits for this one, however it ends.
    this.#last = turn.catch(() => undefined);
    await orAborted(turn, signal);
  }

  async #waitAfter(previous: Promise<void>, signal: AbortSignal): Promise<void> {
    await previous;
    signal.throwIfAborted();
    const waitMs = this.#nextAt - this.#now();
    if (waitMs > 0) await this.#wait(waitMs, signal);
    this.#nextAt = this.#now() + this.#intervalMs;
  }
}
