import { type JwtConfig } from '../config/jwt-config.ts';
import { readPemKey } from './pem-key.ts';
import { readSecretKey } from './secret-key.ts';
import { type VerificationKey } from './verification-key.ts';

/** Most keys in JWT_VERIFICATION_KEY. */
export const MAX_CONFIGURED_KEYS = 8;

/** The keys of JWT_VERIFICATION_KEY, in its order. Throws `TypeError` for more than 8, and for one that will not do. */
export function readConfiguredKeys({
  verificationKeys,
  algorithm,
}: Pick<JwtConfig, 'verificationKeys' | 'algorithm'>): VerificationKey[] {
  if (verificationKeys.length > MAX_CONFIGURED_KEYS) {
    throw new TypeError(`JWT_VERIFICATION_KEY holds more than ${MAX_CONFIGURED_KEYS} keys.`);
  }
  return verificationKeys.map((text) =>
    text.includes('-----BEGIN') ? readPemKey(text, algorithm) : readSecretKey(text, algorithm),
  );
}
