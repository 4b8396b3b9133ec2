import {
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

import { type JWTPayload, SignJWT } from 'jose';

import { type JwtConfig } from '../../src/config/jwt-config.ts';

export const ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];
export const PUBLIC_KEY_ALGORITHMS = ALGORITHMS.filter((algorithm) => !algorithm.startsWith('HS'));

/** A real key of one algorithm: what signs, and what JWT_VERIFICATION_KEY holds to verify. */
export interface TestKey {
  readonly algorithm: Algorithm;
  readonly signing: KeyObject | Uint8Array;
  /** The secret, or the public key as PEM (SPKI). */
  readonly verification: string;
}

/** A new key. RSA keys have 2048 bits unless told otherwise, and take a while. */
export function makeKey(algorithm: Algorithm, rsaBits = 2048): TestKey {
  if (algorithm.startsWith('HS')) {
    const secret = randomBytes(64).toString('base64url');
    return { algorithm, signing: new TextEncoder().encode(secret), verification: secret };
  }
  const { privateKey, publicKey } = makePair(algorithm, rsaBits);
  return { algorithm, signing: privateKey, verification: toPem(publicKey) };
}

function makePair(
  algorithm: Algorithm,
  modulusLength: number,
): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (algorithm === 'ES384') return generateKeyPairSync('ec', { namedCurve: 'P-384' });
  if (algorithm === 'ES512') return generateKeyPairSync('ec', { namedCurve: 'P-521' });
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength });
}

function toPem(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const shared = new Map<string, TestKey>();

/** The same key on every call with that algorithm and name; RSA algorithms of one name share the key pair. */
export function keyOf(algorithm: Algorithm, name = 'first'): TestKey {
  const isRsa = /^[RP]S/.test(algorithm);
  const id = `${isRsa ? 'RSA' : algorithm} ${name}`;
  const key = shared.get(id) ?? makeKey(algorithm);
  shared.set(id, key);
  return { ...key, algorithm };
}

/** The public key as a member of a key set. */
export function toJwk(key: TestKey, members: Record<string, unknown> = {}): JsonWebKey {
  return { ...createPublicKey(key.verification).export({ format: 'jwk' }), ...members };
}

/** The instant at which the tests of tokens take place. */
export const NOW = new Date('2026-03-01T12:00:00.000Z');
export const NOW_SECONDS = NOW.getTime() / 1000;

/** Claims that are good at `NOW`. */
export const GOOD_CLAIMS = { sub: 'alice', scopes: ['agents:read'], exp: NOW_SECONDS + 3600 } as const;

/** A token with these claims as they are, and with the header of the key's algorithm. */
export async function signToken(
  key: TestKey,
  claims: object = GOOD_CLAIMS,
  header: Record<string, unknown> = {},
): Promise<string> {
  // Claims that no type allows are what the tests are about.
  return new SignJWT(claims as JWTPayload)
    .setProtectedHeader({ alg: key.algorithm, ...header })
    .sign(key.signing);
}

/** A configuration without keys and with everything else at its default. */
export function jwtConfig(changes: Partial<JwtConfig> = {}): JwtConfig {
  return {
    verificationKeys: [],
    jwksFile: null,
    jwksUrl: null,
    algorithm: null,
    audience: null,
    issuer: null,
    leewaySeconds: 10,
    scopesClaim: null,
    adminScope: 'agent_os:admin',
    ...changes,
  };
}
