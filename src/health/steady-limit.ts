export interface SteadyLimitOptions {
  /** Beyond this the limit is met. */
  readonly above: number;
  /** Until the value has stayed at or below this … */
  readonly below: number;
  /** … for so long, in milliseconds. */
  readonly holdMs: number;
}

/** A limit that is met at once and left only after a while, so that a value that moves about it does not make others come and go. */
export class SteadyLimit {
  readonly #options: SteadyLimitOptions;
  #isMet = false;
  /** Since when the value is low; `null`: it is not. */
  #lowSince: number | null = null;

  constructor(options: SteadyLimitOptions) {
    this.#options = options;
  }

  /** Takes in the value at `nowMs`, of a clock that nobody sets; whether the limit is met. */
  look(value: number, nowMs: number): boolean {
    const { above, below, holdMs } = this.#options;
    if (value > above) this.#isMet = true;
    if (value > below) this.#lowSince = null;
    else this.#lowSince ??= nowMs;
    if (this.#lowSince !== null && nowMs - this.#lowSince >= holdMs) this.#isMet = false;
    return this.#isMet;
  }
}
