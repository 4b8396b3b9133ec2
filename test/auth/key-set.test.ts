import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { MAX_SET_KEYS, parseKeySet } from '../../src/auth/key-set.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { keyOf, makeKey, toJwk } from '../_util/keys.ts';

const rsa = toJwk(keyOf('RS256'));
const ec = toJwk(keyOf('ES256'));
const ed = toJwk(keyOf('EdDSA'));

function parse(keys: unknown, algorithm: string | null = null): string[] {
  const set = parseKeySet(JSON.stringify({ keys }), { setting: 'JWT_JWKS_FILE', algorithm });
  return set.map((key) => `${key.kid} ${key.algorithm}`);
}

describe('a key set', () => {
  it('gives each key its name and one algorithm: its own, else that of its kind', () => {
    const keys = [
      { ...rsa, kid: 'a' },
      { ...rsa, kid: 'b', alg: 'PS512', use: 'sig' },
      { ...ec, kid: 'c', key_ops: ['verify'] },
      { ...toJwk(keyOf('ES384')), kid: 'd', alg: 'ES384' },
      toJwk(keyOf('ES512')),
      { ...ed, kid: 'f', alg: 'EdDSA' },
      { ...ed, kid: 'g', alg: 'Ed25519' },
      { ...ed, kid: '' },
    ];
    expect(parse(keys)).toEqual([
      'a RS256',
      'b PS512',
      'c ES256',
      'd ES384',
      'null ES512',
      'f EdDSA',
      'g EdDSA',
      ' EdDSA',
    ]);
  });

  it('holds under JWT_ALGORITHM only keys of that algorithm', () => {
    const keys = [
      { ...rsa, kid: 'a' },
      { ...rsa, kid: 'b', alg: 'RS256' },
      { ...rsa, kid: 'c', alg: 'PS256' },
      { ...ec, kid: 'd' },
    ];
    expect(parse(keys, 'PS256')).toEqual(['a PS256', 'c PS256']);
    expect(parse(keys, 'ES256')).toEqual(['d ES256']);
    expect(parse(keys, 'EdDSA')).toEqual([]);
  });

  it.each<[string, object]>([
    ['an encryption key', { ...rsa, use: 'enc' }],
    ['another use', { ...rsa, use: 7 }],
    ['a key that may not verify', { ...rsa, key_ops: ['encrypt'] }],
    ['operations that are no list', { ...rsa, key_ops: 'verify' }],
    ['an algorithm of encryption', { ...rsa, alg: 'RSA-OAEP' }],
    ['an HMAC on a public key', { ...rsa, alg: 'HS256' }],
    ['an algorithm of another kind', { ...rsa, alg: 'ES256' }],
    ['an algorithm of another curve', { ...ec, alg: 'ES384' }],
    ['none', { ...rsa, alg: 'none' }],
    ['an algorithm that is no text', { ...rsa, alg: null }],
    ['a name that is no text', { ...rsa, kid: 7 }],
    ['a short RSA key', toJwk(makeKey('RS256', 1024))],
    ['an RSA key with the exponent 1', { ...rsa, e: 'AQ' }],
    ['an RSA key without modulus', { kty: 'RSA', e: 'AQAB' }],
    ['a point that is not on its curve', { ...ec, x: ec.y, y: ec.x }],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' })],
    ['X25519', generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })],
    ['an unknown type', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' }],
    ['no type', {}],
  ])('leaves out %s and says so in the log, without its key', (_, jwk) => {
    const lines: string[] = [];
    const log = createLogger('warn', { write: (line) => void lines.push(line) });
    const text = JSON.stringify({ keys: [jwk, { ...ec, kid: 'good' }] });
    const keys = parseKeySet(text, { setting: 'JWT_JWKS_URL', algorithm: null, log });
    expect(keys.map(({ kid }) => kid)).toEqual(['good']);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('A key of JWT_JWKS_URL is not used.');
    expect(lines[0]).not.toContain(String(rsa.n));
  });

  it.each<[string, object]>([
    ['a private RSA key', { ...rsa, d: 'AQAB' }],
    [
      'a private EC key',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    ],
    ['a private Ed25519 key', generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })],
    ['a prime of an RSA key', { ...rsa, p: 'AQAB' }],
    ['a private key marked for encryption', { ...rsa, use: 'enc', d: '' }],
    [
      'a private key of a type that is unknown here',
      { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', priv: 'AAAA' },
    ],
    ['a secret', { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url'), alg: 'HS256' }],
    ['a secret without value', { kty: 'oct' }],
    ['a secret under another type', { kty: 'RSA', k: 'AAAA' }],
  ])('with %s is refused whole', (_, jwk) => {
    expect(() => parse([ec, jwk])).toThrow(TypeError);
    expect(() => parse([ec, jwk])).toThrow('JWT_JWKS_FILE holds a private or symmetric key');
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '7',
    '{}',
    '{"keys":{}}',
    '{"keys":null}',
    '{"keys":[null]}',
    '{"keys":[[]]}',
    '{"keys":["x"]}',
    '<html>',
    '{"kty":"EC"}',
  ])('is not %s', (text) => {
    const options = { setting: 'JWT_JWKS_FILE', algorithm: null } as const;
    expect(() => parseKeySet(text, options)).toThrow(
      new TypeError('JWT_JWKS_FILE is not a JSON Web Key Set.'),
    );
  });

  it(`has at most ${MAX_SET_KEYS} keys`, () => {
    expect(parse(Array(MAX_SET_KEYS).fill(ec))).toHaveLength(MAX_SET_KEYS);
    expect(() => parse(Array(MAX_SET_KEYS + 1).fill(ec))).toThrow(/more than 100 keys/);
  });
});
