import { type SeenEvent } from './stamped-stream.ts';

/** What readers were told while it was counted. */
export class TokenTally {
  /** Milliseconds from the model's sending to the reader, a token each. */
  delays: number[] = [];
  events = 0;
  #isCounting = false;

  get tokens(): number {
    return this.delays.length;
  }

  /** Counts for so long, from now on and from nothing. */
  async count(pass: () => Promise<unknown>): Promise<void> {
    this.delays = [];
    this.events = 0;
    this.#isCounting = true;
    await pass();
    this.#isCounting = false;
  }

  /** Every token comes whole, with its last character: they are short, and no delta ends within one. */
  readonly note = ({ delta }: SeenEvent): void => {
    if (!this.#isCounting || delta === undefined) return;
    this.events += 1;
    const now = Date.now();
    for (const token of delta.trimEnd().split(' ')) this.delays.push(now - Number(token));
  };
}
