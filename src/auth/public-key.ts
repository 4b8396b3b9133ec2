import { type KeyObject } from 'node:crypto';

import { type KeyKind } from './signature-algorithm.ts';

/** Fewest bits of an RSA modulus: RFC 7518, section 3.3. */
export const MIN_RSA_BITS = 2048;

const KIND_OF_CURVE: ReadonlyMap<string | undefined, KeyKind> = new Map([
  ['prime256v1', 'P-256'],
  ['secp384r1', 'P-384'],
  ['secp521r1', 'P-521'],
]);

/** The kind of a public key, or in words why it verifies no token here. */
export function inspectPublicKey(key: KeyObject): { kind: KeyKind } | { unfit: string } {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (modulusLength < MIN_RSA_BITS) return { unfit: `an RSA key shorter than ${MIN_RSA_BITS} bits` };
      // With the exponent 1 every message is its own signature.
      return publicExponent < 3n ? { unfit: 'an RSA key with a public exponent below 3' } : { kind: 'rsa' };
    case 'ec': {
      const kind = KIND_OF_CURVE.get(namedCurve);
      return kind === undefined
        ? { unfit: 'a key on an elliptic curve without a JWT algorithm here' }
        : { kind };
    }
    case 'ed25519':
      return { kind: 'ed25519' };
    default:
      return { unfit: `a key of the type ${key.asymmetricKeyType ?? 'unknown'}` };
  }
}
