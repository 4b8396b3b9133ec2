import type { AmbitClientError } from './client-error.ts';
import { wait } from './wait.ts';

/** How lost connections are made anew. Times in milliseconds. */
export interface RetryOptions {
  /** Before the first attempt; each later one waits up to twice as long as the one before it. Default: 250. */
  readonly firstDelayMs?: number;
  /** Default: 15,000. What the server asks for (`retryAfterMs`) is waited for in any case. */
  readonly maxDelayMs?: number;
  /** For so long in a row it is tried, the attempts themselves not counted. Default: 900,000, a quarter of an hour; `Infinity`: for ever. */
  readonly patienceMs?: number;
}

/** Times in a row that the token callback may fail. */
const TOKEN_FAILURES = 5;

/** Waits between attempts, longer each time, until there is progress or it has waited enough. */
export class Patience {
  readonly #options: Required<RetryOptions>;
  readonly #signal: AbortSignal;
  #attempts = 0;
  #waitedMs = 0;
  #tokenFailures = 0;

  constructor(
    { firstDelayMs = 250, maxDelayMs = 15_000, patienceMs = 900_000 }: RetryOptions,
    signal: AbortSignal,
  ) {
    this.#options = { firstDelayMs, maxDelayMs, patienceMs };
    this.#signal = signal;
  }

  /** Something has come of an attempt. */
  renew(): void {
    this.#attempts = 0;
    this.#waitedMs = 0;
    this.#tokenFailures = 0;
  }

  /** Resolves when it is time for another attempt, or the signal has aborted. Throws `error` when there has been waited enough. */
  async wait(error: AmbitClientError): Promise<void> {
    const { firstDelayMs, maxDelayMs, patienceMs } = this.#options;
    if (error.code === 'TOKEN_UNAVAILABLE') this.#tokenFailures += 1;
    if (this.#waitedMs >= patienceMs || this.#tokenFailures > TOKEN_FAILURES) throw error;
    const longest = Math.min(maxDelayMs, firstDelayMs * 2 ** this.#attempts);
    // At random, so that the clients of a server that is back do not come all at once.
    const ms = Math.max(error.retryAfterMs ?? 0, longest * (0.5 + Math.random() / 2));
    this.#attempts += 1;
    this.#waitedMs += ms;
    await wait(ms, this.#signal);
  }
}
