/** Between two looks at the clock, and how many of them are remembered. */
const TICK_MS = 250;
const TICKS = 8;

/**
 * How late the event loop is: at worst, of the last two seconds. A timer looks at the clock four times a second; what it comes too late by
 * is what everything else waited for as well.
 */
export class LoopLag implements Disposable {
  readonly #now: () => number;
  readonly #late: number[] = [];
  readonly #timer: NodeJS.Timeout;
  #dueAt: number;

  /** `now`: a clock that nobody sets, in milliseconds. Default: the process' own. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#dueAt = now() + TICK_MS;
    this.#timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** In milliseconds. A timer that is overdue just now counts. */
  get worstMs(): number {
    return Math.max(0, this.#now() - this.#dueAt, ...this.#late);
  }

  /** Called by its timer; for tests as well. */
  tick(): void {
    const now = this.#now();
    this.#late.push(Math.max(0, now - this.#dueAt));
    if (this.#late.length > TICKS) this.#late.shift();
    this.#dueAt = now + TICK_MS;
  }

  /** Begins anew: what was before is no lag, as the work of a start. */
  forget(): void {
    this.#late.length = 0;
    this.#dueAt = this.#now() + TICK_MS;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
