import { hash } from 'node:crypto';

import { type Principal } from '../scope/principal.ts';
import { type VerificationKey } from './verification-key.ts';

/** Most tokens that are remembered; the one remembered first makes room. */
export const MAX_REMEMBERED = 1000;

/** What is known of a token. */
export interface VerifiedToken {
  readonly key: VerificationKey;
  readonly principal: Principal;
}

/**
 * The tokens that have been verified lately, so that a client's next request costs a hash in place of a signature. An entry
 * holds for that very token and that very key, until the token's `exp` without leeway; a key that has gone from its set is
 * never asked for, and takes its tokens with it. Kept by SHA-256, so that no token stays in memory.
 */
export class VerifiedTokens {
  readonly #entries = new Map<string, VerifiedToken>();

  /** Whom the token names, and the key that it was verified with, which may have gone since. */
  find(token: string, now: Date): VerifiedToken | null {
    const entry = this.#entries.get(digest(token));
    return entry === undefined || now >= entry.principal.validUntil ? null : entry;
  }

  /** Remembers the principal, and gives it back. */
  add(token: string, key: VerificationKey, principal: Principal): Principal {
    const id = digest(token);
    this.#entries.delete(id);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= MAX_REMEMBERED) this.#entries.delete(oldest);
    this.#entries.set(id, { key, principal });
    return principal;
  }
}

function digest(token: string): string {
  return hash('sha256', token, 'base64');
}
