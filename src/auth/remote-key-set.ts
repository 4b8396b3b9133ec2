import { UnavailableError } from '../errors.ts';
import { type Logger } from '../lib/logger.ts';
import { fetchText } from './fetch-text.ts';
import { parseKeySet } from './key-set.ts';
import { type KeyQuery, selectKeys, type VerificationKey } from './verification-key.ts';

/** Keys older than this, in milliseconds, are fetched again. */
export const MAX_AGE_MS = 600_000;
/** After a fetch, so long no unknown key causes another, in milliseconds. */
export const COOL_DOWN_MS = 30_000;
/** After a failed fetch, so long none follows, in milliseconds. */
export const RETRY_MS = 1_000;

export interface RemoteKeySetOptions {
  readonly url: string;
  /** The only algorithm to verify; `null`: each key's own. */
  readonly algorithm: string | null;
  readonly now: () => Date;
  readonly fetch: typeof fetch;
  readonly log: Logger | undefined;
}

/**
 * The keys at a JWKS URL. They are fetched when first needed, again when they are older than ten minutes, and when a token
 * names a key that is not among them; never more than one request at a time, never sooner than 30 seconds after an answer
 * or one second after a failure. While the endpoint is down, or answers with what is no set of public keys, the last good
 * keys go on for as long as it lasts.
 *
 * Who waits: a caller whose keys have never come or whose key is unknown, and the first caller after the keys grew old.
 * Once a fetch of old keys has failed, callers are served from those and the next fetches run behind them, so that a
 * hanging endpoint does not hold up every request.
 */
export class RemoteKeySet {
  readonly #options: RemoteKeySetOptions;
  #keys: readonly VerificationKey[] | null = null;
  #fetchedAtMs = -Infinity;
  #triedAtMs = -Infinity;
  #failure: unknown;
  #pending: Promise<void> | null = null;

  constructor(options: RemoteKeySetOptions) {
    this.#options = options;
  }

  /** The keys that may have signed such a token, perhaps none. Throws `UnavailableError` when no key set ever came. */
  async find(query: KeyQuery): Promise<readonly VerificationKey[]> {
    if (this.#keys !== null && !this.#isWithin(this.#fetchedAtMs, MAX_AGE_MS)) {
      const refreshed = this.refresh();
      if (this.#failure === undefined) await refreshed;
    }
    const known = selectKeys(this.#keys ?? [], query);
    if (known.length > 0) return known;
    await this.refresh();
    if (this.#keys !== null) return selectKeys(this.#keys, query);
    throw new UnavailableError('The keys that verify tokens cannot be had at the moment.', {
      cause: this.#failure,
    });
  }

  /** Why the last fetch failed; `undefined` when it did not. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Fetches the keys, unless that was just done; joins a fetch in flight. A failure is kept and logged, not thrown. */
  async refresh(): Promise<void> {
    if (this.#pending !== null) return this.#pending;
    if (this.#isWithin(this.#triedAtMs, this.#failure === undefined ? COOL_DOWN_MS : RETRY_MS)) return;
    this.#pending = this.#fetchKeys().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #fetchKeys(): Promise<void> {
    const { url, algorithm, log, fetch } = this.#options;
    try {
      this.#keys = parseKeySet(await fetchText(url, fetch), { setting: 'JWT_JWKS_URL', algorithm, log });
      this.#triedAtMs = this.#fetchedAtMs = this.#nowMs();
      if (this.#failure !== undefined) log?.info('The keys of JWT_JWKS_URL are there again.');
      this.#failure = undefined;
    } catch (failure) {
      this.#triedAtMs = this.#nowMs();
      // One line per outage: while it lasts this happens once a second.
      if (this.#failure === undefined)
        log?.error({ err: failure }, 'The keys of JWT_JWKS_URL cannot be fetched.');
      this.#failure = failure;
    }
  }

  /** A clock that was set back makes nothing fresh. */
  #isWithin(sinceMs: number, durationMs: number): boolean {
    const elapsedMs = this.#nowMs() - sinceMs;
    return elapsedMs >= 0 && elapsedMs < durationMs;
  }

  #nowMs(): number {
    return this.#options.now().getTime();
  }
}
