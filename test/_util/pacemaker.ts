/** Calls every member once an interval, members spread over it, with one timer for all of them. */
export class Pacemaker {
  readonly #groups: Set<() => void>[];
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  readonly #stepMs: number;
  #steps = 0;
  #joined = 0;

  constructor(intervalMs: number, groupCount = 5) {
    this.#stepMs = intervalMs / groupCount;
    this.#groups = Array.from({ length: groupCount }, () => new Set());
    this.#timer = setInterval(() => this.#beat(), this.#stepMs);
  }

  /** Gives what ends it. */
  join(act: () => void): () => void {
    const group = this.#groups[this.#joined++ % this.#groups.length];
    group?.add(act);
    return () => void group?.delete(act);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A timer that was late is made up for: the pace is that of the clock. */
  #beat(): void {
    const due = Math.floor((performance.now() - this.#startedAt) / this.#stepMs);
    for (; this.#steps < due; this.#steps += 1) {
      for (const act of this.#groups[this.#steps % this.#groups.length] ?? []) act();
    }
  }
}
