import { createPublicKey, type KeyObject } from 'node:crypto';

import { inspectPublicKey } from './public-key.ts';
import { chooseAlgorithm } from './signature-algorithm.ts';
import { type VerificationKey } from './verification-key.ts';

const PEM = /^\s*-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----\s*$/;
const PUBLIC_LABELS: ReadonlySet<string> = new Set(['PUBLIC KEY', 'RSA PUBLIC KEY', 'CERTIFICATE']);

/**
 * The public key of one PEM block: SPKI, PKCS #1, or the key of an X.509 certificate (whose dates and signature are not
 * looked at). Line ends may be lost or written as `\n`. It verifies `algorithm`, or its own when that is `null`. Throws
 * `TypeError` for a private key, a weak or unknown one, and an algorithm that does not fit.
 */
export function readPemKey(pem: string, algorithm: string | null): VerificationKey {
  const key = toPublicKey(pem);
  const inspected = inspectPublicKey(key);
  if ('unfit' in inspected) throw new TypeError(`JWT_VERIFICATION_KEY is ${inspected.unfit}.`);
  const chosen = chooseAlgorithm(inspected.kind, algorithm);
  if (chosen === null) {
    throw new TypeError(
      `JWT_ALGORITHM ${algorithm} does not fit the ${inspected.kind} public key in JWT_VERIFICATION_KEY.`,
    );
  }
  return { kid: null, algorithm: chosen, key };
}

function toPublicKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY-----')) {
    throw new TypeError(
      'JWT_VERIFICATION_KEY is a private key: set the public key, signing stays elsewhere.',
    );
  }
  const [, label = '', body = ''] = PEM.exec(pem.replaceAll(String.raw`\n`, '\n')) ?? [];
  if (!PUBLIC_LABELS.has(label)) {
    throw new TypeError('JWT_VERIFICATION_KEY is PEM, but not one public key or certificate.');
  }
  const lines = body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? [];
  try {
    return createPublicKey([`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n'));
  } catch (cause) {
    throw new TypeError('JWT_VERIFICATION_KEY is a PEM block that cannot be read.', { cause });
  }
}
