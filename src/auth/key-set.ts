import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

import { isRecord } from '../lib/is-record.ts';
import { type Logger } from '../lib/logger.ts';
import { parseJson } from '../lib/parse-json.ts';
import { inspectPublicKey } from './public-key.ts';
import { chooseAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';
import { type VerificationKey } from './verification-key.ts';

/** Most keys in a set. */
export const MAX_SET_KEYS = 100;

/** Members that only private and symmetric keys have: RFC 7518, sections 6.2.2, 6.3.2, 6.4.1. `priv` is AKP's. */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const;

export interface KeySetOptions {
  /** The setting the set comes from, for errors. */
  readonly setting: 'JWT_JWKS_FILE' | 'JWT_JWKS_URL';
  /** The only algorithm to verify; `null`: each key's `alg`, else its kind's own. */
  readonly algorithm: string | null;
  readonly log?: Logger | undefined;
}

/**
 * The keys of a JSON Web Key Set that verify tokens (RFC 7517, section 5). Keys of other uses, types and algorithms, weak
 * and unreadable ones are left out with a word in the log, so that one of them does not take the others away. Throws
 * `TypeError` when `text` is no key set, when it has more than 100 keys, and when one of them is private or symmetric: a
 * set is public, so whatever it holds is known to everybody.
 */
export function parseKeySet(text: string, options: KeySetOptions): VerificationKey[] {
  const jwks = parseKeys(text, options.setting);
  if (jwks.length > MAX_SET_KEYS)
    throw new TypeError(`${options.setting} holds more than ${MAX_SET_KEYS} keys.`);
  if (jwks.some(isSecret)) {
    throw new TypeError(
      `${options.setting} holds a private or symmetric key: a key set must hold public keys only.`,
    );
  }
  return jwks.flatMap((jwk) => {
    const read = readJwk(jwk, options.algorithm);
    if ('key' in read) return [read];
    options.log?.warn({ kid: readKid(jwk), unfit: read.unfit }, `A key of ${options.setting} is not used.`);
    return [];
  });
}

type Jwk = Readonly<Record<string, unknown>>;

function parseKeys(text: string, setting: string): readonly Jwk[] {
  const set = parseJson(text);
  const keys = isRecord(set) ? set['keys'] : undefined;
  if (!Array.isArray(keys) || !keys.every(isRecord)) {
    throw new TypeError(`${setting} is not a JSON Web Key Set.`);
  }
  return keys;
}

function isSecret(jwk: Jwk): boolean {
  return jwk['kty'] === 'oct' || SECRET_MEMBERS.some((name) => Object.hasOwn(jwk, name));
}

function readJwk(jwk: Jwk, wanted: string | null): VerificationKey | { unfit: string } {
  const { use = 'sig', key_ops: operations = ['verify'] } = jwk;
  const kid = readKid(jwk);
  if (kid === undefined) return { unfit: 'its kid is no text' };
  if (use !== 'sig' || !Array.isArray(operations) || !operations.includes('verify'))
    return { unfit: 'it is not for verifying' };
  const key = toPublicKey(jwk);
  if (key === null) return { unfit: 'it cannot be read' };
  const inspected = inspectPublicKey(key);
  if ('unfit' in inspected) return inspected;
  const algorithm = chooseOnce(jwk['alg'], (named) => chooseAlgorithm(inspected.kind, named), wanted);
  return algorithm === null ? { unfit: 'its algorithm is another' } : { kid, algorithm, key };
}

/** The key's `alg` rules where it is given, and then a wanted algorithm must be the same. */
function chooseOnce(
  alg: unknown,
  choose: (named: string | null) => SignatureAlgorithm | null,
  wanted: string | null,
): SignatureAlgorithm | null {
  if (alg === undefined) return choose(wanted);
  const own = typeof alg === 'string' ? choose(alg) : null;
  return wanted === null || own === choose(wanted) ? own : null;
}

/** `null`: without a name; `undefined`: with one that is no text. */
function readKid({ kid = null }: Jwk): string | null | undefined {
  return kid === null || typeof kid === 'string' ? kid : undefined;
}

function toPublicKey(jwk: Jwk): KeyObject | null {
  try {
    // Node checks the members itself, and throws for those that do not do.
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    // A key this Node cannot read is left out, as RFC 7517, section 5 says.
    return null;
  }
}
