import { type KeyObject } from 'node:crypto';

import { type SignatureAlgorithm } from './signature-algorithm.ts';

/** A key with the one algorithm it verifies. A token never changes that; it only says which keys are worth trying. */
export interface VerificationKey {
  /** The name tokens call it by; `null`: it has none, and is tried whatever name the token gives. */
  readonly kid: string | null;
  readonly algorithm: SignatureAlgorithm;
  /** A public key, or an HMAC secret's bytes. */
  readonly key: KeyObject | Uint8Array;
}

/** What a token's header says about its key. */
export interface KeyQuery {
  readonly algorithm: SignatureAlgorithm;
  readonly kid: string | null;
}

/**
 * The keys that may have signed, in the order to try them: those of that `kid`, then those without one. To a token
 * without `kid` every key of its algorithm applies.
 */
export function selectKeys(
  keys: readonly VerificationKey[],
  { algorithm, kid }: KeyQuery,
): VerificationKey[] {
  const fitting = keys.filter((key) => key.algorithm === algorithm);
  if (kid === null) return fitting;
  return [...fitting.filter((key) => key.kid === kid), ...fitting.filter((key) => key.kid === null)];
}
