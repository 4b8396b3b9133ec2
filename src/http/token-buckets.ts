export interface TokenBucketsOptions {
  /** Tokens that come back in a minute, and that a full bucket holds; 0: no limit. */
  readonly perMinute: number;
  /** Most buckets that are kept at once. */
  readonly maxBuckets: number;
  readonly now: () => Date;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/**
 * Token buckets by key, each as one number: when it will be full again (the generic cell rate algorithm). A full bucket is the
 * same as none, and is dropped.
 *
 * Memory is bounded. When more keys have drawn within a minute than may be kept, the bucket that is full soonest makes room:
 * to have a drained one forgotten, all others must be drained as far, which takes more tokens than are won by it. What is
 * refused changes nothing.
 */
export class TokenBuckets {
  readonly #options: TokenBucketsOptions;
  readonly #msPerToken: number;
  readonly #fullAtMs = new Map<string, number>();
  /** The keys by the second in which their buckets are full, one set for each of the next sixty. */
  readonly #seconds = new Map<number, Set<string>>();
  #sweptSecond = 0;

  constructor(options: TokenBucketsOptions) {
    this.#options = options;
    this.#msPerToken = MINUTE_MS / options.perMinute;
  }

  /** Draws so many tokens from the key's bucket, all that it can hold at most; or draws none, and says how long to wait. */
  take(key: string, tokens = 1): { readonly retryAfterMs: number } | null {
    if (this.#options.perMinute === 0) return null;
    const nowMs = this.#options.now().getTime();
    const fullAtMs = this.#readFullAt(key, nowMs) + Math.min(tokens * this.#msPerToken, MINUTE_MS);
    const lackMs = fullAtMs - nowMs - MINUTE_MS;
    if (lackMs > 0) return { retryAfterMs: Math.ceil(lackMs) };
    this.#drop(key);
    this.#makeRoom(nowMs);
    this.#keep(key, fullAtMs);
    return null;
  }

  /** How long until there is a token, or `null` when there is one now. Draws nothing. */
  lacks(key: string): { readonly retryAfterMs: number } | null {
    if (this.#options.perMinute === 0) return null;
    const nowMs = this.#options.now().getTime();
    const lackMs = this.#readFullAt(key, nowMs) + this.#msPerToken - nowMs - MINUTE_MS;
    return lackMs > 0 ? { retryAfterMs: Math.ceil(lackMs) } : null;
  }

  /** Buckets that are kept. */
  get size(): number {
    return this.#fullAtMs.size;
  }

  /** A clock that was set back leaves no bucket emptier than empty. */
  #readFullAt(key: string, nowMs: number): number {
    const fullAtMs = this.#fullAtMs.get(key) ?? nowMs;
    return Math.min(Math.max(fullAtMs, nowMs), nowMs + MINUTE_MS);
  }

  #makeRoom(nowMs: number): void {
    const second = Math.floor(nowMs / SECOND_MS);
    if (second !== this.#sweptSecond) {
      this.#sweptSecond = second;
      for (const [full, keys] of this.#seconds) {
        if (full <= second) for (const key of keys) this.#drop(key);
      }
    }
    if (this.#fullAtMs.size < this.#options.maxBuckets) return;
    const [soonest] = this.#seconds.get(Math.min(...this.#seconds.keys())) ?? [];
    if (soonest !== undefined) this.#drop(soonest);
  }

  #keep(key: string, fullAtMs: number): void {
    this.#fullAtMs.set(key, fullAtMs);
    const second = Math.ceil(fullAtMs / SECOND_MS);
    const keys = this.#seconds.get(second) ?? new Set();
    this.#seconds.set(second, keys.add(key));
  }

  #drop(key: string): void {
    const fullAtMs = this.#fullAtMs.get(key);
    if (fullAtMs === undefined) return;
    this.#fullAtMs.delete(key);
    const second = Math.ceil(fullAtMs / SECOND_MS);
    const keys = this.#seconds.get(second);
    keys?.delete(key);
    if (keys?.size === 0) this.#seconds.delete(second);
  }
}
