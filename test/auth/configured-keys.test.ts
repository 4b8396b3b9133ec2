import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { MAX_CONFIGURED_KEYS, readConfiguredKeys } from '../../src/auth/configured-keys.ts';
import { ALGORITHMS, keyOf, makeKey, PUBLIC_KEY_ALGORITHMS, type TestKey, toJwk } from '../_util/keys.ts';

const secret = keyOf('HS256').verification;
const rsaPem = keyOf('RS256').verification;
const ecPem = keyOf('ES256').verification;
const edPem = keyOf('EdDSA').verification;

/** A certificate for tests, of a key on P-256. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUeTYgjaJtNqf4yV1aOOMjBmVjHqYwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKYW1iaXQtdGVzdDAeFw0yNjExMjQwNzA3NDFaFw0zNjExMjEw
NzA3NDFaMBUxEzARBgNVBAMMCmFtYml0LXRlc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATOr18qVRD6vmhBOkfD7hA8IPZDCvAiiqcU26p1PXV/0ono2erV/1Gi
yN6neUpFM9sNx2rHB8zApaCtQ+otKLSdo1MwUTAdBgNVHQ4EFgQUSIFdrcFBrTna
2oDMqhd2npQdGrMwHwYDVR0jBBgwFoAUSIFdrcFBrTna2oDMqhd2npQdGrMwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBba52QaDKQToUknUMvOuqf
VtVfw9IFEjhYaPFjTbpLgAIhAKpG7Y3Mjz4t+oxMBNuwJbeaLVHpWDkLWwF454W7
duua
-----END CERTIFICATE-----
`;

function read(verificationKeys: string[], algorithm: string | null = null): string[] {
  return readConfiguredKeys({ verificationKeys, algorithm }).map((key) => key.algorithm);
}

function toPrivatePem({ signing }: TestKey, type: 'pkcs8' | 'pkcs1' | 'sec1'): string {
  // The signing half of a public-key algorithm is a KeyObject.
  return (signing as KeyObject).export({ type, format: 'pem' }).toString();
}

describe('the algorithm of a key in JWT_VERIFICATION_KEY', () => {
  it.each([
    ['a secret', secret, 'HS256'],
    ['an RSA key', rsaPem, 'RS256'],
    ['a key on P-256', ecPem, 'ES256'],
    ['a key on P-384', keyOf('ES384').verification, 'ES384'],
    ['a key on P-521', keyOf('ES512').verification, 'ES512'],
    ['a key on Ed25519', edPem, 'EdDSA'],
    ['a certificate', CERTIFICATE, 'ES256'],
  ])('is for %s its own', (_, text, algorithm) => {
    expect(read([text])).toEqual([algorithm]);
  });

  it.each(ALGORITHMS)('is %s where JWT_ALGORITHM says so and the key can', (algorithm) => {
    expect(read([keyOf(algorithm).verification], algorithm)).toEqual([algorithm]);
  });

  it.each([
    ['a secret', secret, ['RS256', 'PS512', 'ES256', 'EdDSA', 'none', 'HS1', '', 'toString']],
    ['an RSA key', rsaPem, ['HS256', 'HS512', 'ES256', 'EdDSA', 'none']],
    ['a key on P-256', ecPem, ['HS256', 'RS256', 'ES384', 'ES512', 'EdDSA', 'none']],
    ['a key on Ed25519', edPem, ['HS256', 'RS256', 'ES256', 'none']],
  ])('that does not fit %s stops the start', (_, text, algorithms) => {
    for (const algorithm of algorithms) {
      expect(() => read([text], algorithm)).toThrow(TypeError);
      expect(() => read([text], algorithm)).toThrow(/JWT_ALGORITHM/);
    }
  });

  it('that fits only one of two keys stops the start', () => {
    expect(() => read([rsaPem, ecPem], 'RS256')).toThrow(/JWT_ALGORITHM RS256 does not fit/);
  });
});

describe('a public key in JWT_VERIFICATION_KEY', () => {
  it.each<[string, (pem: string) => string]>([
    ['with CRLF', (pem) => pem.replaceAll('\n', '\r\n')],
    ['with line ends written out', (pem) => pem.replaceAll('\n', String.raw`\n`)],
    ['with spaces for line ends', (pem) => pem.replaceAll('\n', ' ')],
    ['on one line', (pem) => pem.replaceAll('\n', '')],
    ['indented', (pem) => pem.replaceAll(/^/gm, '   ')],
  ])('%s is read', (_, mangle) => {
    for (const algorithm of PUBLIC_KEY_ALGORITHMS) {
      expect(read([mangle(keyOf(algorithm).verification)], algorithm)).toEqual([algorithm]);
    }
  });

  it('as PKCS #1 is read', () => {
    const pem = createPublicKey(rsaPem).export({ type: 'pkcs1', format: 'pem' }).toString();
    expect(pem).toContain('BEGIN RSA PUBLIC KEY');
    expect(read([pem])).toEqual(['RS256']);
  });

  it.each<[string, string]>([
    ['RSA as PKCS #8', toPrivatePem(keyOf('RS256'), 'pkcs8')],
    ['RSA as PKCS #1', toPrivatePem(keyOf('RS256'), 'pkcs1')],
    ['EC as PKCS #8', toPrivatePem(keyOf('ES256'), 'pkcs8')],
    ['EC as SEC 1', toPrivatePem(keyOf('ES256'), 'sec1')],
    ['Ed25519', toPrivatePem(keyOf('EdDSA'), 'pkcs8')],
    [
      'encrypted',
      createPrivateKey(toPrivatePem(keyOf('ES256'), 'pkcs8'))
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
    ],
  ])('that is private (%s) stops the start', (_, pem) => {
    expect(() => read([pem])).toThrow(TypeError);
    expect(() => read([pem])).toThrow('JWT_VERIFICATION_KEY is a private key');
  });

  it.each<[string, string, RegExp]>([
    ['RSA of 1024 bits', makeKey('RS256', 1024).verification, /shorter than 2048 bits/],
    ['RSA with the exponent 1', rsaWithExponentOne(), /exponent/],
    ['secp256k1', makePem('secp256k1'), /curve/],
    [
      'Ed448',
      generateKeyPairSync('ed448').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      /ed448/,
    ],
    [
      'X25519',
      generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      /x25519/,
    ],
    ['cut short', `${rsaPem.slice(0, 200)}\n-----END PUBLIC KEY-----`, /cannot be read/],
    ['without an end', rsaPem.slice(0, 200), /not one public key/],
    ['with another end', rsaPem.replace('END PUBLIC', 'END RSA PUBLIC'), /not one public key/],
    ['empty', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----', /cannot be read/],
    [
      'a certificate request',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      /not one public key/,
    ],
    ['two blocks in one', rsaPem + ecPem, /not one public key/],
    ['a block behind a secret', `${secret}${rsaPem}`, /not one public key/],
  ])('that is %s stops the start', (_, pem, reason) => {
    expect(() => read([pem])).toThrow(TypeError);
    expect(() => read([pem])).toThrow(reason);
    expect(() => read([pem])).toThrow(/^JWT_VERIFICATION_KEY/);
  });
});

describe('a secret in JWT_VERIFICATION_KEY', () => {
  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('of %s has at least %i bytes', (algorithm, bytes) => {
    expect(read(['x'.repeat(bytes)], algorithm)).toEqual([algorithm]);
    expect(read(['é'.repeat(bytes / 2)], algorithm)).toEqual([algorithm]);
    expect(() => read(['x'.repeat(bytes - 1)], algorithm)).toThrow(
      new TypeError(`JWT_VERIFICATION_KEY must be at least ${bytes} bytes for ${algorithm}.`),
    );
  });

  it('among good ones that is too short stops the start, and is not shown', () => {
    expect(() => read([secret, 'hunter2'])).toThrow(TypeError);
    expect(() => read([secret, 'hunter2'])).not.toThrow(/hunter2/);
  });

  it.each<[string, string]>([
    ['a JWK', JSON.stringify(toJwk(keyOf('RS256')))],
    ['a JWK in a list', `[${JSON.stringify(toJwk(keyOf('RS256')))}]`],
    ['a member of a JWK, cut out at its commas', JSON.stringify(toJwk(keyOf('RS256'))).split(',')[1] ?? ''],
    ['the body of a PEM block', rsaPem.replaceAll(/-----.*-----|\s/g, '')],
    ['the body of an EC key', ecPem.replaceAll(/-----.*-----|\s/g, '')],
    ['the body of an Ed25519 key', edPem.replaceAll(/-----.*-----|\s/g, '')],
    [
      'the body in base64url',
      Buffer.from(rsaPem.replaceAll(/-----.*-----|\s/g, ''), 'base64').toString('base64url'),
    ],
    [
      'the body of PKCS #1',
      createPublicKey(rsaPem).export({ type: 'pkcs1', format: 'der' }).toString('base64'),
    ],
    ['the body of a certificate', CERTIFICATE.replaceAll(/-----.*-----|\s/g, '')],
    ['an ssh key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdSJ3k9nDkl alice@example.com'],
  ])('that is %s stops the start', (_, text) => {
    expect(() => read([text])).toThrow(
      new TypeError(
        'JWT_VERIFICATION_KEY is a public key that is not PEM: write it as PEM, or use JWT_JWKS_FILE.',
      ),
    );
  });

  it('of hex, base64 and words is no public key', () => {
    const secrets = [
      Buffer.alloc(32, 7).toString('hex'),
      Buffer.alloc(48, 9).toString('base64'),
      'correct horse battery staple of 1900',
    ];
    expect(read(secrets)).toEqual(['HS256', 'HS256', 'HS256']);
  });
});

describe('JWT_VERIFICATION_KEY', () => {
  it(`holds at most ${MAX_CONFIGURED_KEYS} keys`, () => {
    expect(read(Array<string>(MAX_CONFIGURED_KEYS).fill(secret))).toHaveLength(MAX_CONFIGURED_KEYS);
    expect(() => read(Array<string>(MAX_CONFIGURED_KEYS + 1).fill(secret))).toThrow(/more than/);
  });
});

function makePem(namedCurve: string): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function rsaWithExponentOne(): string {
  const jwk = { ...toJwk(keyOf('RS256')), e: 'AQ' };
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}
