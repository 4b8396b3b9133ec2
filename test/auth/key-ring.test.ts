import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createTokenVerifier, MAX_TRIES } from '../../src/auth/token-verifier.ts';
import {
  GOOD_CLAIMS,
  jwtConfig,
  keyOf,
  makeKey,
  NOW,
  signToken,
  type TestKey,
  toJwk,
} from '../_util/keys.ts';

const claims = { ...GOOD_CLAIMS, aud: 'ambit' };
const now = (): Date => NOW;

/** A file with this content, and its path. */
async function openFile(content: string): Promise<AsyncDisposable & { path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'ambit-keys-'));
  const path = join(folder, 'jwks.json');
  await writeFile(path, content);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function openKeyFile(...keys: object[]): Promise<AsyncDisposable & { path: string }> {
  return openFile(JSON.stringify({ keys }));
}

async function answerOf(file: { path: string }, token: string): Promise<string> {
  const verifier = await createTokenVerifier(jwtConfig({ jwksFile: file.path, audience: 'ambit' }), { now });
  return verifier.verify(token).then(
    ({ id }) => id,
    (error: Error) => error.name,
  );
}

describe('a start', () => {
  it.each<[string, Parameters<typeof jwtConfig>[0], string]>([
    ['without any key', {}, 'JWT_VERIFICATION_KEY, JWT_JWKS_FILE or JWT_JWKS_URL must be set.'],
    ['with a key file and no audience', { jwksFile: 'x' }, 'JWT_AUDIENCE must be set'],
    [
      'with a key URL and no audience',
      { jwksUrl: 'https://id.example.com/jwks' },
      'JWT_AUDIENCE must be set',
    ],
    [
      'with a key file that is not there',
      { jwksFile: '/nowhere/jwks', audience: 'a' },
      'JWT_JWKS_FILE cannot be read.',
    ],
    ['with a folder as key file', { jwksFile: '/', audience: 'a' }, 'JWT_JWKS_FILE cannot be read.'],
    [
      'with a key URL that is none',
      { jwksUrl: 'x', audience: 'a' },
      'JWT_JWKS_URL must be an http or https URL',
    ],
    [
      'with a file as key URL',
      { jwksUrl: 'file:///etc/jwks', audience: 'a' },
      'JWT_JWKS_URL must be an http',
    ],
    [
      'with a password in the key URL',
      { jwksUrl: 'http://u:p@127.0.0.1/', audience: 'a' },
      'without a user name and password',
    ],
    [
      'with a key set for an HMAC',
      { jwksUrl: 'http://127.0.0.1:1/', audience: 'a', algorithm: 'HS256' },
      'JWT_ALGORITHM HS256 does not fit',
    ],
    [
      'with an algorithm that is none',
      { jwksFile: 'x', audience: 'a', algorithm: 'none' },
      'JWT_ALGORITHM is not',
    ],
  ])('%s is refused', async (_, changes, message) => {
    const start = createTokenVerifier(jwtConfig(changes));
    await expect(start).rejects.toThrow(TypeError);
    await expect(start).rejects.toThrow(message);
  });

  it('with a key file of no use is refused', async () => {
    await using none = await openKeyFile();
    await using encryption = await openKeyFile(toJwk(keyOf('RS256'), { use: 'enc' }));
    await using secret = await openKeyFile({ kty: 'oct', k: 'AAAA' });
    await using text = await openFile('not JSON');
    const start = (path: string): Promise<unknown> =>
      createTokenVerifier(jwtConfig({ jwksFile: path, audience: 'a' }));
    await expect(start(none.path)).rejects.toThrow('JWT_JWKS_FILE holds no key that can verify tokens.');
    await expect(start(encryption.path)).rejects.toThrow(
      'JWT_JWKS_FILE holds no key that can verify tokens.',
    );
    await expect(start(secret.path)).rejects.toThrow('JWT_JWKS_FILE holds a private or symmetric key');
    await expect(start(text.path)).rejects.toThrow('JWT_JWKS_FILE is not a JSON Web Key Set.');
  });
});

describe('a key file', () => {
  const [first, second] = [keyOf('ES256'), keyOf('ES256', 'second')];

  it('verifies tokens by their kid', async () => {
    await using file = await openKeyFile(toJwk(first, { kid: 'a' }), toJwk(second, { kid: 'b' }));
    expect(await answerOf(file, await signToken(first, claims, { kid: 'a' }))).toBe('alice');
    expect(await answerOf(file, await signToken(second, claims, { kid: 'b' }))).toBe('alice');
  });

  it('refuses a kid that names another key or none', async () => {
    await using file = await openKeyFile(toJwk(first, { kid: 'a' }), toJwk(second, { kid: 'b' }));
    for (const kid of ['b', 'A', 'a ', '', 'c', '__proto__', 'a'.repeat(8000)]) {
      expect(await answerOf(file, await signToken(first, claims, { kid }))).toBe('UnauthenticatedError');
    }
  });

  it('tries all its keys of the algorithm for a token without kid', async () => {
    await using file = await openKeyFile(toJwk(first, { kid: 'a' }), toJwk(second, { kid: 'b' }));
    expect(await answerOf(file, await signToken(second, claims))).toBe('alice');
  });

  it('tries a key without kid for every token', async () => {
    await using file = await openKeyFile(toJwk(first, { kid: 'a' }), toJwk(second));
    expect(await answerOf(file, await signToken(second, claims, { kid: 'a' }))).toBe('alice');
    expect(await answerOf(file, await signToken(second, claims, { kid: 'x' }))).toBe('alice');
  });

  it('may name two keys of different algorithms alike', async () => {
    const rsa = keyOf('RS256');
    await using file = await openKeyFile(toJwk(first, { kid: 'a' }), toJwk(rsa, { kid: 'a' }));
    expect(await answerOf(file, await signToken(first, claims, { kid: 'a' }))).toBe('alice');
    expect(await answerOf(file, await signToken(rsa, claims, { kid: 'a' }))).toBe('alice');
  });

  it('does not verify an HMAC made with one of its public keys', async () => {
    const rsa = keyOf('RS256');
    await using file = await openKeyFile(toJwk(rsa, { kid: 'a' }));
    for (const text of [rsa.verification, JSON.stringify(toJwk(rsa, { kid: 'a' })), String(toJwk(rsa).n)]) {
      const forger: TestKey = { ...rsa, algorithm: 'HS256', signing: new TextEncoder().encode(text) };
      expect(await answerOf(file, await signToken(forger, claims, { kid: 'a' }))).toBe(
        'UnauthenticatedError',
      );
    }
  });

  it('does not let an RSA key verify another algorithm than its own', async () => {
    await using file = await openKeyFile(toJwk(keyOf('RS256'), { kid: 'a', alg: 'RS512' }));
    expect(await answerOf(file, await signToken(keyOf('RS512'), claims, { kid: 'a' }))).toBe('alice');
    for (const algorithm of ['RS256', 'RS384', 'PS256', 'PS512'] as const) {
      expect(await answerOf(file, await signToken(keyOf(algorithm), claims, { kid: 'a' }))).toBe(
        'UnauthenticatedError',
      );
    }
  });

  it('stands beside JWT_VERIFICATION_KEY', async () => {
    const secret = keyOf('HS256');
    await using file = await openKeyFile(toJwk(first, { kid: 'a' }));
    const config = jwtConfig({
      verificationKeys: [secret.verification],
      jwksFile: file.path,
      audience: 'ambit',
    });
    const verifier = await createTokenVerifier(config, { now });
    await expect(verifier.verify(await signToken(secret, claims))).resolves.toBeDefined();
    await expect(verifier.verify(await signToken(first, claims, { kid: 'a' }))).resolves.toBeDefined();
  });

  it(`of many keys costs a token at most ${MAX_TRIES} tries`, async () => {
    const keys = Array.from({ length: MAX_TRIES + 1 }, () => makeKey('ES256'));
    await using file = await openKeyFile(...keys.map((key) => toJwk(key)));
    const tokens = await Promise.all(keys.map((key) => signToken(key, claims)));
    expect(await answerOf(file, tokens.at(-2) ?? '')).toBe('alice');
    expect(await answerOf(file, tokens.at(-1) ?? '')).toBe('UnauthenticatedError');
  });
});
