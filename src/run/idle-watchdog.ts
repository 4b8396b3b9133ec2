/** A monotonic clock in milliseconds, and its alarm; `after` gives what calls the alarm off. */
export interface Clock {
  now(): number;
  after(delayMs: number, run: () => void): () => void;
}

/** The process's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, run) {
    // A longer delay would fire at once; the watchdog arms itself again.
    const timer = setTimeout(run, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

/** What an alarm may be late by. Later means that this process stood still, and the endpoint may not have been silent. */
const LATE_MS = 1000;

/**
 * Calls `onExpire` once when the endpoint has been silent for too long. Only the time between `wait` and `hold` counts, so that
 * a slow consumer is never mistaken for a silent endpoint. It is cheap to reset: one alarm stands, and looks at the time when
 * it goes off. An alarm that comes late by a second or more gives the endpoint that second to be heard.
 */
export class IdleWatchdog {
  readonly #clock: Clock;
  readonly #onExpire: () => void;
  #limitMs: number;
  /** Silence counted so far, without the waiting that is going on. */
  #silentMs = 0;
  #waitingSince: number | null = null;
  #alarm: { readonly dueAt: number; readonly cancel: () => void } | null = null;
  #hasExpired = false;

  constructor(limitMs: number, onExpire: () => void, clock: Clock = systemClock) {
    this.#limitMs = limitMs;
    this.#onExpire = onExpire;
    this.#clock = clock;
  }

  get hasExpired(): boolean {
    return this.#hasExpired;
  }

  /** The endpoint has the word. */
  wait(): void {
    if (this.#hasExpired || this.#waitingSince !== null) return;
    this.#waitingSince = this.#clock.now();
    if (this.#alarm === null) this.#arm(this.#limitMs - this.#silentMs);
  }

  /** The consumer has the word: time stands still. */
  hold(): void {
    if (this.#waitingSince === null) return;
    this.#silentMs += this.#clock.now() - this.#waitingSince;
    this.#waitingSince = null;
  }

  /** The endpoint said something. From here it may be silent for `limitMs`. */
  reset(limitMs: number): void {
    this.#silentMs = 0;
    if (this.#waitingSince !== null) this.#waitingSince = this.#clock.now();
    if (limitMs >= this.#limitMs || this.#alarm === null) {
      this.#limitMs = limitMs;
      return;
    }
    this.#limitMs = limitMs;
    this.#arm(limitMs);
  }

  /** No alarm goes off any more. */
  stop(): void {
    this.#alarm?.cancel();
    this.#alarm = null;
    this.#waitingSince = null;
  }

  #arm(delayMs: number): void {
    this.#alarm?.cancel();
    const dueAt = this.#clock.now() + delayMs;
    this.#alarm = { dueAt, cancel: this.#clock.after(delayMs, () => this.#check(dueAt)) };
  }

  #check(dueAt: number): void {
    this.#alarm = null;
    // While the consumer holds, no alarm is needed: `wait` sets the next one.
    if (this.#waitingSince === null) return;
    const now = this.#clock.now();
    const leftMs = this.#limitMs - this.#silentMs - (now - this.#waitingSince);
    if (leftMs > 0) return this.#arm(leftMs);
    if (now - dueAt >= LATE_MS) return this.#arm(LATE_MS);
    this.#hasExpired = true;
    this.#waitingSince = null;
    this.#onExpire();
  }
}
