import { createPublicKey, X509Certificate } from 'node:crypto';

import { type JwtConfig } from '../config/jwt-config.ts';
import { chooseAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';
import { type VerificationKey } from './verification-key.ts';

/** Fewest bytes of a secret: as many as the hash gives. https://www.rfc-editor.org/rfc/rfc7518#section-3.2 */
const MIN_BYTES: Readonly<Partial<Record<SignatureAlgorithm, number>>> = { HS256: 32, HS384: 48, HS512: 64 };

export interface SecretKey extends VerificationKey {
  readonly key: Uint8Array;
}

/**
 * The HMAC key whose bytes are the text's UTF-8. It verifies `algorithm`, or HS256 when that is `null`. Throws `TypeError`
 * when the algorithm is no HMAC, when the text is shorter than the hash, and when it is a public key or a piece of one:
 * whoever can read that could sign.
 */
export function readSecretKey(text: string, algorithm: string | null): SecretKey {
  const chosen = chooseAlgorithm('secret', algorithm);
  if (chosen === null) {
    throw new TypeError(`JWT_ALGORITHM ${algorithm} does not fit the secret in JWT_VERIFICATION_KEY.`);
  }
  if (isPublic(text)) {
    throw new TypeError(
      'JWT_VERIFICATION_KEY is a public key that is not PEM: write it as PEM, or use JWT_JWKS_FILE.',
    );
  }
  const key = new TextEncoder().encode(text);
  const minBytes = MIN_BYTES[chosen] ?? Infinity;
  if (key.byteLength < minBytes) {
    throw new TypeError(`JWT_VERIFICATION_KEY must be at least ${minBytes} bytes for ${chosen}.`);
  }
  return { kid: null, algorithm: chosen, key };
}

/**
 * The key that signs: the first of JWT_VERIFICATION_KEY. Throws `TypeError` when there is none, or when it is a public key,
 * which signs nothing.
 */
export function readSigningKey({
  verificationKeys: [text],
  algorithm,
}: Pick<JwtConfig, 'verificationKeys' | 'algorithm'>): SecretKey {
  if (text === undefined || text.includes('-----BEGIN')) {
    throw new TypeError(
      'Tokens can be made with a secret in JWT_VERIFICATION_KEY only, not with public keys.',
    );
  }
  return readSecretKey(text, algorithm);
}

function isPublic(text: string): boolean {
  const isJson = /^\s*(?:[{[]|"\w+"\s*:)/.test(text);
  const isSsh = /^\s*(?:ssh-|ecdsa-sha2-|sk-|AAAA[A-Z])/.test(text);
  return isJson || isSsh || text.includes('-----BEGIN') || isDer(Buffer.from(text, 'base64'));
}

/** Whether `der` is a public key or a certificate; what cannot be parsed as one is none. */
function isDer(der: Buffer): boolean {
  return (
    parses(() => createPublicKey({ key: der, format: 'der', type: 'spki' })) ||
    parses(() => createPublicKey({ key: der, format: 'der', type: 'pkcs1' })) ||
    parses(() => new X509Certificate(der))
  );
}

function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    // The parser's refusal is the answer.
    return false;
  }
}
