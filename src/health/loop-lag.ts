/** Between two looks at the clock, and how many of them are remembered: two seconds, or more when they come late. */
const TICK_MS = 250;
const TICKS = 8;

/**
 * How late the event loop is, on average of its last eight looks at the clock, of which there are four a second. What a look comes too late by
 * is what everything else waited for as well. One stop of half a second is not much then, and a loop that is busy all the time is.
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

  /** In milliseconds. A look that is overdue just now counts. */
  get averageMs(): number {
    const overdue = Math.max(0, this.#now() - this.#dueAt);
    const late = overdue > 0 ? [...this.#late, overdue].slice(-TICKS) : this.#late;
    return late.reduce((sum, ms) => sum + ms, 0) / TICKS;
  }

  /** Called by its timer; for tests as well. */
  tick(): void {
    const now = this.#now();
    this.#late.push(Math.max(0, now - this.#dueAt));
    if (this.#late.length > TICKS) this.#late.shift();
    this.#dueAt = now + TICK_MS;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
