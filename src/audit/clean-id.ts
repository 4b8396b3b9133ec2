import { createHash } from 'node:crypto';

import { isUuid } from '../lib/is-uuid.ts';

/** What tells texts that may be kept from those that may not. */
export interface CleanOptions {
  /** The server's own keys and passwords. */
  readonly secrets: readonly string[];
  isAgent(id: string): boolean;
}

const MAX_LENGTH = 64;
const MAX_HASHED = 1024;
/** Shorter ones would be found in words that are none. */
const MIN_SECRET_LENGTH = 6;

/** Beginnings of keys that well-known services give out, and of JWTs. */
const KEY_PREFIX =
  /^(?:eyJ|(?:sk|pk|rk|whsec|gh[opsu]|github_pat|glpat|xox[a-z]|hf|npm|dop_v1|shpat)[-_]|AKIA|ASIA|AIza|ya29\.|SG\.)/;
/** What generated keys look like: long, letters and digits, and nothing between. */
const KEY_SHAPE = /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=]{32,}$/;
const USER_ID = /^[\w.@|+:~-]+$/;

/**
 * An id that a caller sent, as it may be kept: a UUID or an agent's id as it is, anything else as a fingerprint, by which two of the
 * same are known as such.
 */
export function cleanId(text: string, { isAgent }: CleanOptions): string {
  return isUuid(text) || (text.length <= 255 && isAgent(text)) ? text : fingerprint(text);
}

/** As `cleanId`, and a user's id of up to 64 plain characters as it is. */
export function cleanUserId(text: string, options: CleanOptions): string {
  return text.length <= MAX_LENGTH && USER_ID.test(text) && !looksSecret(text, options)
    ? text
    : cleanId(text, options);
}

/** A GraphQL name of the caller's, an alias or an operation's, of up to 64 characters. */
export function cleanName(text: string, options: CleanOptions): string {
  return text.length <= MAX_LENGTH && /^\w+$/.test(text) && !looksSecret(text, options)
    ? text
    : fingerprint(text);
}

function looksSecret(text: string, { secrets }: CleanOptions): boolean {
  if (isUuid(text)) return false;
  return (
    KEY_PREFIX.test(text) ||
    KEY_SHAPE.test(text) ||
    secrets.some((secret) => secret.length >= MIN_SECRET_LENGTH && text.includes(secret))
  );
}

/** Of a very long text, that of its beginning: many fields may be refused for one of a megabyte. */
function fingerprint(text: string): string {
  const hash = createHash('sha256').update(text.slice(0, MAX_HASHED));
  return `sha256:${hash.digest('hex').slice(0, 16)}`;
}
