import { AmbitClientError } from './client-error.ts';
import { readToken } from './read-token.ts';

/** A token, or who gives one: asked before the first use, and again when the server refuses what it gave. `null`: no token. */
export type Token = string | null | (() => string | null | Promise<string | null>);

/**
 * The token of one client. The callback is asked once for all who need a token at a time, and once for each token that the server
 * refuses.
 */
export class TokenSource {
  readonly #token: Token;
  #current: string | null | undefined;
  #asking: Promise<string | null> | null = null;
  /** Tokens that the server has refused since it took one. */
  #refusals = 0;

  constructor(token: Token) {
    this.#token = token;
    if (typeof token !== 'function') this.#current = token;
  }

  /** Whether there is anybody to ask for another. */
  get canRenew(): boolean {
    return typeof this.#token === 'function';
  }

  /** The token to use now. Throws `AmbitClientError` (TOKEN_UNAVAILABLE) when the callback fails. */
  async get(): Promise<string | null> {
    return this.#current === undefined ? await this.renew() : this.#current;
  }

  /** Another token than the current one, from the callback; the current one where there is none. Throws as `get`. */
  renew(): Promise<string | null> {
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = null)));
  }

  /** The server has taken the token. */
  accept(token: string | null): void {
    if (token === this.#current) this.#refusals = 0;
  }

  /**
   * The server has refused `token` in the words of `error`: the next `get` asks for another. Throws `AmbitClientError` (UNAUTHENTICATED)
   * where that is of no use: there is no callback, or it gave the same again, or two in a row that were refused.
   */
  async refuse(token: string | null, error: AmbitClientError): Promise<void> {
    if (!this.canRenew) throw unauthenticated(describe(token), error);
    // Somebody else has said so already.
    if (this.#current !== token) return;
    this.#current = undefined;
    this.#refusals += 1;
    if (this.#refusals > 1)
      throw unauthenticated('The server refused the token, and the one after it.', error);
    const next = await this.renew();
    if (next === token) throw unauthenticated('The token callback gave the refused token again.', error);
  }

  async #ask(): Promise<string | null> {
    if (typeof this.#token !== 'function') return this.#token;
    try {
      this.#current = (await this.#token()) || null;
      return this.#current;
    } catch (cause) {
      throw new AmbitClientError('The token callback failed.', { code: 'TOKEN_UNAVAILABLE', cause });
    }
  }
}

function unauthenticated(message: string, cause: AmbitClientError): AmbitClientError {
  return new AmbitClientError(message, { code: 'UNAUTHENTICATED', errors: cause.errors, cause });
}

function describe(token: string | null): string {
  if (token === null) return 'The server asks for a token.';
  const { expiresAtMs } = readToken(token);
  if (expiresAtMs === null || expiresAtMs > Date.now()) return 'The server refused the token.';
  return `The token has expired at ${new Date(expiresAtMs).toISOString()}. Give a function as token to have it renewed.`;
}
