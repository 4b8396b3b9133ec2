import { SteadyLimit, type SteadyLimitOptions } from './steady-limit.ts';

/** What a server is asked before it is sent work. */
export interface ReadinessSource {
  /** Whether the database answers, in bounded time. */
  answers(): Promise<boolean>;
  readonly isLeaseHeld: () => boolean;
  /** Age of the oldest event that is not written yet; 0: there is none. */
  readonly flushLagMs: () => number;
  readonly loopLagMs: () => number;
}

export interface ReadinessLimits {
  readonly flush: SteadyLimitOptions;
  readonly loop: SteadyLimitOptions;
}

/** In milliseconds. A log that is not written for so long has its readers wait, and a loop that is late everybody. */
export const READINESS_LIMITS: ReadinessLimits = {
  flush: { above: 5000, below: 1000, holdMs: 5000 },
  loop: { above: 500, below: 100, holdMs: 5000 },
};

const LOOK_MS = 500;

/**
 * Whether this process should be sent work, and what hinders it. Both lags are looked at all the time, not only when somebody asks, so
 * that one is not missed between two probes and the return from it does not depend on how often they come.
 */
export class Readiness implements Disposable {
  readonly #source: ReadinessSource;
  readonly #now: () => number;
  readonly #flush: SteadyLimit;
  readonly #loop: SteadyLimit;
  readonly #timer: NodeJS.Timeout;

  /** `now`: a clock that nobody sets, in milliseconds. Default: the process' own. */
  constructor(
    source: ReadinessSource,
    limits: ReadinessLimits = READINESS_LIMITS,
    now: () => number = () => performance.now(),
  ) {
    this.#source = source;
    this.#now = now;
    this.#flush = new SteadyLimit(limits.flush);
    this.#loop = new SteadyLimit(limits.loop);
    this.#timer = setInterval(() => this.#lags(), LOOK_MS).unref();
  }

  /** What hinders it, in a word or two each, which tell nothing of settings or data; empty: it is ready. */
  async hindrances(): Promise<readonly string[]> {
    const lags = this.#lags();
    const lost = this.#source.isLeaseHeld() ? [] : ['lease'];
    return [...((await this.#source.answers()) ? [] : ['database']), ...lost, ...lags];
  }

  #lags(): string[] {
    const now = this.#now();
    const isFlushLate = this.#flush.look(this.#source.flushLagMs(), now);
    const isLoopLate = this.#loop.look(this.#source.loopLagMs(), now);
    return [...(isFlushLate ? ['event log'] : []), ...(isLoopLate ? ['event loop'] : [])];
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
