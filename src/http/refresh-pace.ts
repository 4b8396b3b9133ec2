import { LimitExceededError } from '../errors.ts';

const MINUTE_MS = 60_000;

/** A bucket of so many refreshes, which fills evenly within a minute. */
export class RefreshPace {
  readonly #perMinute: number;
  readonly #now: () => number;
  /** When the bucket is full again. */
  #fullAt = 0;

  /** `now` gives milliseconds of a clock that never goes back. Default: `performance.now`. */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** @throws LimitExceededError when the bucket is empty. */
  take(): void {
    const now = this.#now();
    const fullAt = Math.max(this.#fullAt, now) + MINUTE_MS / this.#perMinute;
    const waitMs = fullAt - now - MINUTE_MS;
    if (waitMs > 0) {
      const message = `A socket is given at most ${this.#perMinute} tokens a minute.`;
      throw new LimitExceededError('refreshesPerMinute', message, {
        status: 429,
        retryAfterMs: Math.ceil(waitMs),
      });
    }
    this.#fullAt = fullAt;
  }
}
