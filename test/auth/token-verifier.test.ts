import { createHmac } from 'node:crypto';

import * as fc from 'fast-check';
import { UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';

import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { MAX_LIFE_MS } from '../../src/auth/token-claims.ts';
import { type JwtConfig } from '../../src/config/jwt-config.ts';
import { UnauthenticatedError } from '../../src/errors.ts';
import { type Principal } from '../../src/scope/principal.ts';
import {
  ALGORITHMS,
  GOOD_CLAIMS,
  jwtConfig,
  keyOf,
  NOW,
  NOW_SECONDS,
  PUBLIC_KEY_ALGORITHMS,
  signToken,
  type TestKey,
  toJwk,
} from '../_util/keys.ts';

const secret = keyOf('HS256');

/** The answer of a verifier with that key, at `NOW`. */
async function verifyWith(key: TestKey, token: string, changes: Partial<JwtConfig> = {}): Promise<Principal> {
  const config = jwtConfig({
    verificationKeys: [key.verification],
    algorithm: key.algorithm === 'EdDSA' ? null : key.algorithm,
    ...changes,
  });
  const verifier = await createTokenVerifier(config, { now: () => NOW });
  return verifier.verify(token);
}

const INVALID = 'The bearer token is not valid.';
const EXPIRED = 'The bearer token has expired.';

/** The sentence with which the token is refused, or `'accepted'`; an error without a cause for the log is no refusal. */
async function refusalOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => 'accepted',
    (error: unknown) => (isRefusal(error) ? error.message : error),
  );
}

function isRefusal(error: unknown): error is UnauthenticatedError {
  return error instanceof UnauthenticatedError && error.reason === 'invalid' && error.cause instanceof Error;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe.each(ALGORITHMS)('a token of %s', (algorithm) => {
  const key = keyOf(algorithm);

  it('names its principal', async () => {
    const { id, grants, expiresAt } = await verifyWith(key, await signToken(key));
    expect({ id, scopes: grants.scopes, expiresAt }).toEqual({
      id: 'alice',
      scopes: ['agents:read'],
      expiresAt: new Date((NOW_SECONDS + 3600) * 1000),
    });
  });

  it.each<[string, object]>([
    ['without exp', { sub: 'alice' }],
    ['without sub', { exp: NOW_SECONDS + 60 }],
    ['that starts later', { ...GOOD_CLAIMS, nbf: NOW_SECONDS + 60 }],
    ['issued later', { ...GOOD_CLAIMS, iat: NOW_SECONDS + 60 }],
  ])('%s is refused', async (_, claims) => {
    expect(await refusalOf(verifyWith(key, await signToken(key, claims)))).toBe(INVALID);
  });

  it('that has expired is refused, and told so', async () => {
    const token = await signToken(key, { ...GOOD_CLAIMS, exp: NOW_SECONDS - 60 });
    expect(await refusalOf(verifyWith(key, token))).toBe(EXPIRED);
  });

  it('signed by another key is refused', async () => {
    expect(await refusalOf(verifyWith(key, await signToken(keyOf(algorithm, 'second'))))).toBe(INVALID);
  });

  it('that has expired and is signed by another key is not told that it has expired', async () => {
    const token = await signToken(keyOf(algorithm, 'second'), { ...GOOD_CLAIMS, exp: NOW_SECONDS - 60 });
    expect(await refusalOf(verifyWith(key, token))).toBe(INVALID);
  });

  it('with other claims, another header or no signature is refused', async () => {
    const [header = '', claims = '', signature = ''] = (await signToken(key)).split('.');
    expect(
      await refusalOf(verifyWith(key, `${header}.${encode({ ...GOOD_CLAIMS, sub: 'root' })}.${signature}`)),
    ).toBe(INVALID);
    expect(
      await refusalOf(verifyWith(key, `${encode({ alg: algorithm, kid: 'x' })}.${claims}.${signature}`)),
    ).toBe(INVALID);
    expect(await refusalOf(verifyWith(key, `${header}.${claims}.`))).toBe(INVALID);
    expect(await refusalOf(verifyWith(key, `${header}.${claims}`))).toBe(INVALID);
    expect(await refusalOf(verifyWith(key, `${header}.${claims}.${signature}.${signature}`))).toBe(INVALID);
  });
});

describe('the algorithm', () => {
  const family = { HS: 'HS256', RS: 'RS256', PS: 'RS256', ES: 'ES256', Ed: 'EdDSA' } as const;

  it.each(PUBLIC_KEY_ALGORITHMS)(
    'HS256, HS384, HS512 with the public key of %s as secret are refused',
    async (algorithm) => {
      const key = keyOf(algorithm);
      const jwk = JSON.stringify(toJwk(key));
      for (const text of [
        key.verification,
        key.verification.trim(),
        key.verification.replaceAll('\n', ''),
        jwk,
      ]) {
        for (const hmac of ['HS256', 'HS384', 'HS512'] as const) {
          const forged = await signToken({
            ...key,
            algorithm: hmac,
            signing: new TextEncoder().encode(text),
          });
          expect(await refusalOf(verifyWith(key, forged))).toBe(INVALID);
          expect(await refusalOf(verifyWith(key, forged, { algorithm: null }))).toBe(INVALID);
        }
      }
    },
  );

  it.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'HS256 ',
    'hs256',
    'HS1',
    'constructor',
    '__proto__',
    7,
    null,
    ['HS256'],
    { a: 1 },
  ])('%j in the header is refused', async (alg) => {
    const header = encode({ alg });
    const claims = encode(GOOD_CLAIMS);
    const signature = createHmac('sha256', secret.verification)
      .update(`${header}.${claims}`)
      .digest('base64url');
    expect(await refusalOf(verifyWith(secret, `${header}.${claims}.`))).toBe(INVALID);
    expect(await refusalOf(verifyWith(secret, `${header}.${claims}.${signature}`))).toBe(INVALID);
  });

  it('a token without algorithm, and an unsecured one, are refused', async () => {
    expect(await refusalOf(verifyWith(secret, `${encode({ typ: 'JWT' })}.${encode(GOOD_CLAIMS)}.`))).toBe(
      INVALID,
    );
    expect(await refusalOf(verifyWith(secret, new UnsecuredJWT({ ...GOOD_CLAIMS }).encode()))).toBe(INVALID);
  });

  it.each(ALGORITHMS.filter((algorithm) => !/256$|EdDSA/.test(algorithm)))(
    'a token of %s is refused by a key whose own algorithm is another, though it could verify it',
    async (algorithm) => {
      const key = keyOf(algorithm);
      const prefix = algorithm.slice(0, 2) as keyof typeof family;
      const own = prefix === 'ES' ? keyOf('ES256') : { ...key, algorithm: family[prefix] };
      expect(await refusalOf(verifyWith(own, await signToken(key), { algorithm: null }))).toBe(INVALID);
    },
  );

  it('RS256 does not pass for PS256 on the same key, nor the other way round', async () => {
    expect(await refusalOf(verifyWith(keyOf('PS256'), await signToken(keyOf('RS256'))))).toBe(INVALID);
    expect(await refusalOf(verifyWith(keyOf('RS256'), await signToken(keyOf('PS256'))))).toBe(INVALID);
  });

  it('EdDSA goes by the name Ed25519 as well', async () => {
    const key = keyOf('EdDSA');
    const token = await signToken(key, GOOD_CLAIMS, { alg: 'Ed25519' });
    await expect(verifyWith(key, token)).resolves.toMatchObject({ id: 'alice' });
    await expect(verifyWith(key, token, { algorithm: 'EdDSA' })).resolves.toMatchObject({ id: 'alice' });
  });

  it('with a secret and JWT_ALGORITHM unset is HS256', async () => {
    await expect(verifyWith(secret, await signToken(secret), { algorithm: null })).resolves.toBeDefined();
    const token = await signToken({ ...secret, algorithm: 'HS512' });
    expect(await refusalOf(verifyWith(secret, token, { algorithm: null }))).toBe(INVALID);
  });
});

describe('the header', () => {
  it.each<[string, Record<string, unknown>]>([
    ['crit with an unknown extension', { crit: ['exp'], exp: 1 }],
    ['crit with b64', { crit: ['b64'], b64: true }],
    ['an empty crit', { crit: [] }],
    ['crit of null', { crit: null }],
    ['a number as kid', { kid: 7 }],
    ['a list as kid', { kid: ['x'] }],
    ['the type of another kind of token', { typ: 'logout+jwt' }],
    ['a type that is no text', { typ: 7 }],
  ])('with %s is refused', async (_, members) => {
    const header = encode({ alg: 'HS256', ...members });
    const claims = encode(GOOD_CLAIMS);
    const signature = createHmac('sha256', secret.verification)
      .update(`${header}.${claims}`)
      .digest('base64url');
    expect(await refusalOf(verifyWith(secret, `${header}.${claims}.${signature}`))).toBe(INVALID);
  });

  it.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt', undefined])(
    'of type %j is accepted',
    async (typ) => {
      const token = await signToken(secret, GOOD_CLAIMS, typ === undefined ? {} : { typ });
      await expect(verifyWith(secret, token)).resolves.toBeDefined();
    },
  );

  it.each([
    '../../../../dev/null',
    '/etc/hostname',
    "' OR 1=1 --",
    '',
    'a'.repeat(500),
    '__proto__',
    '\0',
    'http://127.0.0.1/',
  ])('with the kid %s means nothing to a secret: the signature decides', async (kid) => {
    await expect(verifyWith(secret, await signToken(secret, GOOD_CLAIMS, { kid }))).resolves.toBeDefined();
    const forged = { ...secret, signing: new Uint8Array(32) };
    expect(await refusalOf(verifyWith(secret, await signToken(forged, GOOD_CLAIMS, { kid })))).toBe(INVALID);
  });

  it.each(['jwk', 'jku', 'x5u', 'x5c'])('that brings a key along as %s is not believed', async (member) => {
    const own = keyOf('ES256');
    const foreign = keyOf('ES256', 'second');
    const value = {
      jwk: toJwk(foreign),
      jku: 'http://127.0.0.1:9/',
      x5u: 'http://127.0.0.1:9/',
      x5c: ['AA=='],
    }[member];
    expect(await refusalOf(verifyWith(own, await signToken(foreign, GOOD_CLAIMS, { [member]: value })))).toBe(
      INVALID,
    );
  });
});

describe('the claim', () => {
  const good = { ...GOOD_CLAIMS };
  const now = NOW_SECONDS;

  it.each<[string, object]>([
    ['exp as text', { ...good, exp: String(now + 60) }],
    ['exp negative', { ...good, exp: -1 }],
    ['exp zero', { ...good, exp: 0 }],
    ['exp null', { ...good, exp: null }],
    ['exp a list', { ...good, exp: [now + 60] }],
    ['exp at the end of the leeway', { ...good, exp: now - 10 }],
    ['nbf as text', { ...good, nbf: String(now - 60) }],
    ['nbf beyond the leeway', { ...good, nbf: now + 11 }],
    ['nbf null', { ...good, nbf: null }],
    ['iat as text', { ...good, iat: String(now) }],
    ['iat beyond the leeway', { ...good, iat: now + 11 }],
    ['iat absurd', { ...good, iat: 1e300 }],
    ['sub a number', { ...good, sub: 7 }],
    ['sub empty', { ...good, sub: '' }],
    ['sub null', { ...good, sub: null }],
    ['sub a list', { ...good, sub: ['alice'] }],
    ['sub with NUL', { ...good, sub: 'alice\0' }],
    ['sub with a line end', { ...good, sub: 'alice\nadmin' }],
    ['sub with a C1 control character', { ...good, sub: 'alice\u009b' }],
    ['sub with a lone surrogate', { ...good, sub: 'alice\ud800' }],
    ['sub too long', { ...good, sub: 'a'.repeat(256) }],
  ])('%s is refused', async (name, claims) => {
    const isPast = /^exp (negative|zero|at)/.test(name);
    const sentence = isPast ? EXPIRED : INVALID;
    expect(await refusalOf(verifyWith(secret, await signToken(secret, claims)))).toBe(sentence);
  });

  it.each<[string, object, Date]>([
    ['exp a fraction', { ...good, exp: now + 60.5 }, new Date(NOW.getTime() + 60_500)],
    ['exp past, within the leeway', { ...good, exp: now - 9 }, new Date(NOW.getTime() - 9_000)],
    ['exp 1e300', { ...good, exp: 1e300 }, new Date(NOW.getTime() + MAX_LIFE_MS)],
    ['exp in the year 9999', { ...good, exp: 253_402_300_799 }, new Date(NOW.getTime() + MAX_LIFE_MS)],
    ['exp the largest number', { ...good, exp: Number.MAX_VALUE }, new Date(NOW.getTime() + MAX_LIFE_MS)],
    ['nbf within the leeway', { ...good, nbf: now + 10 }, new Date(NOW.getTime() + 3_600_000)],
    ['iat within the leeway', { ...good, iat: now + 10 }, new Date(NOW.getTime() + 3_600_000)],
    ['iat long ago', { ...good, iat: 0 }, new Date(NOW.getTime() + 3_600_000)],
    ['sub at the longest', { ...good, sub: 'a'.repeat(255) }, new Date(NOW.getTime() + 3_600_000)],
    ['sub with a colon', { ...good, sub: 'auth0|x:y' }, new Date(NOW.getTime() + 3_600_000)],
    ['sub beyond ASCII', { ...good, sub: 'Ålîçé 👩‍🚀' }, new Date(NOW.getTime() + 3_600_000)],
  ])('%s is accepted', async (_, claims, expiresAt) => {
    const principal = await verifyWith(secret, await signToken(secret, claims));
    expect(principal).toMatchObject({ id: 'sub' in claims ? claims.sub : '', expiresAt });
    expect(principal.validUntil.getTime() - expiresAt.getTime()).toBe(10_000);
  });

  it.each<[string, object, string | null, Date | null]>([
    ['neither jti nor iat', {}, null, null],
    ['both', { jti: 'a b', iat: 1_700_000_000 }, 'a b', new Date(1_700_000_000_000)],
    ['the longest jti', { jti: 'x'.repeat(255) }, 'x'.repeat(255), null],
    ['an iat before all', { iat: -1e300 }, null, new Date(0)],
  ])('with %s says by what it can be revoked', async (_, claims, tokenId, issuedAt) => {
    const token = await signToken(secret, { sub: 'alice', exp: now + 3600, ...claims });
    expect(await verifyWith(secret, token)).toMatchObject({ tokenId, issuedAt });
  });

  it.each([[7], [''], ['x'.repeat(256)], ['a\nb'], [['a']], [{}], [true]])(
    'a jti that no revocation can name is refused: %j',
    async (jti) => {
      const token = await signToken(secret, { sub: 'alice', exp: now + 3600, jti: jti as string });
      expect(await refusalOf(verifyWith(secret, token))).toBe(INVALID);
    },
  );

  it('jti of a token that is revoked is refused, although it was verified before', async () => {
    const revoked = new Set<unknown>();
    const requireLive = ({ tokenId }: { tokenId: string | null }): void => {
      if (revoked.has(tokenId)) throw new UnauthenticatedError('invalid', 'revoked');
    };
    const config = jwtConfig({ verificationKeys: [secret.verification] });
    const verifier = await createTokenVerifier(config, { now: () => NOW, requireLive });
    const token = await signToken(secret, { sub: 'alice', exp: now + 3600, jti: 'one' });
    await verifier.verify(token);
    await verifier.verify(token);
    revoked.add('one');
    await expect(verifier.verify(token)).rejects.toThrow('revoked');
  });

  it('exp that is infinite once read is refused', async () => {
    const claims = Buffer.from('{"sub":"alice","exp":1e999}').toString('base64url');
    const header = encode({ alg: 'HS256' });
    const signature = createHmac('sha256', secret.verification)
      .update(`${header}.${claims}`)
      .digest('base64url');
    expect(await refusalOf(verifyWith(secret, `${header}.${claims}.${signature}`))).toBe(INVALID);
  });

  it.each(['[]', '"x"', '7', 'null', '{', '', '\u{feff}{}', '{"sub":"alice"'])(
    'set %j is refused',
    async (text) => {
      const claims = Buffer.from(text).toString('base64url');
      const header = encode({ alg: 'HS256' });
      const signature = createHmac('sha256', secret.verification)
        .update(`${header}.${claims}`)
        .digest('base64url');
      expect(await refusalOf(verifyWith(secret, `${header}.${claims}.${signature}`))).toBe(INVALID);
    },
  );

  it.each<[string, unknown, boolean]>([
    ['the audience', 'ambit', true],
    ['a list with the audience', ['other', 'ambit'], true],
    ['another', 'other', false],
    ['a list of others', ['other', 'ambit2'], false],
    ['an empty list', [], false],
    ['a longer text', 'ambit other', false],
    ['another case', 'Ambit', false],
    ['a number', 7, false],
    ['an object', { ambit: true }, false],
    ['null', null, false],
    ['nothing', undefined, false],
  ])('aud %s', async (_, aud, accepted) => {
    const answer = verifyWith(secret, await signToken(secret, { ...good, aud }), { audience: 'ambit' });
    expect(await refusalOf(answer)).toBe(accepted ? 'accepted' : INVALID);
  });

  it.each<[string, unknown, boolean]>([
    ['the issuer', 'https://id.example.com/', true],
    ['the issuer without its slash', 'https://id.example.com', false],
    ['a list with the issuer', ['https://id.example.com/'], false],
    ['another', 'https://evil.example.com/', false],
    ['nothing', undefined, false],
  ])('iss %s', async (_, iss, accepted) => {
    const answer = verifyWith(secret, await signToken(secret, { ...good, iss }), {
      issuer: 'https://id.example.com/',
    });
    expect(await refusalOf(answer)).toBe(accepted ? 'accepted' : INVALID);
  });

  it('aud and iss are free where none is configured', async () => {
    const token = await signToken(secret, { ...good, aud: 'other', iss: 'other' });
    await expect(verifyWith(secret, token)).resolves.toBeDefined();
  });

  it('with the scopes is the configured one, and the admin scope the configured one', async () => {
    const token = await signToken(secret, { ...good, roles: ['boss'], scopes: ['agent_os:admin'] });
    const { grants } = await verifyWith(secret, token, { scopesClaim: 'roles', adminScope: 'boss' });
    expect(grants).toMatchObject({ isAdmin: true, scopes: ['boss'] });
  });

  it('scopes of any kind leave the token good', async () => {
    for (const scopes of [7, null, {}, [7, null, ['x']], '\t', 'x'.repeat(5000)]) {
      const { grants } = await verifyWith(secret, await signToken(secret, { ...good, scopes }));
      expect(grants.scopes).toEqual([]);
    }
  });
});

describe('the clock', () => {
  it('makes one token good, then expired, at the leeway to the second', async () => {
    let now = NOW;
    const config = jwtConfig({ verificationKeys: [secret.verification], leewaySeconds: 10 });
    const verifier = await createTokenVerifier(config, { now: () => now });
    const token = await signToken(secret, { ...GOOD_CLAIMS, exp: NOW_SECONDS + 1 });
    await expect(verifier.verify(token)).resolves.toBeDefined();
    now = new Date(NOW.getTime() + 10_999);
    await expect(verifier.verify(token)).resolves.toBeDefined();
    now = new Date(NOW.getTime() + 11_000);
    expect(await refusalOf(verifier.verify(token))).toBe(EXPIRED);
  });

  it("is the system's by default", async () => {
    const verifier = await createTokenVerifier(jwtConfig({ verificationKeys: [secret.verification] }));
    expect(await refusalOf(verifier.verify(await signToken(secret, { ...GOOD_CLAIMS, exp: 1 })))).toBe(
      EXPIRED,
    );
    await expect(verifier.verify(await signToken(secret, { sub: 'a', exp: 1e12 }))).resolves.toBeDefined();
  });
});

describe('what is recalled', () => {
  const config = jwtConfig({ verificationKeys: [secret.verification] });

  it('is whom a token names that has been verified, until it expires', async () => {
    let now = NOW;
    const verifier = await createTokenVerifier(config, { now: () => now });
    const token = await signToken(secret, { ...GOOD_CLAIMS, exp: NOW_SECONDS + 1 });
    expect(verifier.recall(token)).toBeNull();
    expect(verifier.recall(await signToken(keyOf('HS256', 'another')))).toBeNull();
    const principal = await verifier.verify(token);
    expect(verifier.recall(token)).toBe(principal);
    now = principal.validUntil;
    expect(verifier.recall(token)).toBeNull();
  });

  it('is nobody whose token was revoked since', async () => {
    let revoked = false;
    const requireLive = () => {
      if (revoked) throw new UnauthenticatedError('invalid');
    };
    const verifier = await createTokenVerifier(config, { now: () => NOW, requireLive });
    const token = await signToken(secret);
    await verifier.verify(token);
    expect(verifier.recall(token)).not.toBeNull();
    revoked = true;
    expect(() => verifier.recall(token)).toThrow(UnauthenticatedError);
  });
});

describe('several keys', () => {
  it('verify each its own tokens: an old secret goes on while a new one comes', async () => {
    const [older, newer] = [keyOf('HS256', 'older'), keyOf('HS256', 'newer')];
    const config = jwtConfig({ verificationKeys: [newer.verification, older.verification] });
    const verifier = await createTokenVerifier(config, { now: () => NOW });
    await expect(verifier.verify(await signToken(older))).resolves.toBeDefined();
    await expect(verifier.verify(await signToken(newer))).resolves.toBeDefined();
    expect(await refusalOf(verifier.verify(await signToken(keyOf('HS256', 'third'))))).toBe(INVALID);
  });

  it('of several kinds each verify their own algorithm', async () => {
    const keys = [keyOf('RS256'), keyOf('ES256'), keyOf('ES384'), keyOf('ES512'), keyOf('EdDSA')];
    const config = jwtConfig({ verificationKeys: keys.map((key) => key.verification) });
    const verifier = await createTokenVerifier(config, { now: () => NOW });
    for (const key of keys) await expect(verifier.verify(await signToken(key))).resolves.toBeDefined();
    expect(await refusalOf(verifier.verify(await signToken(keyOf('PS256'))))).toBe(INVALID);
  });

  it('an expired token of the second key is told that it has expired', async () => {
    const config = jwtConfig({
      verificationKeys: [keyOf('ES256', 'second').verification, keyOf('ES256').verification],
    });
    const verifier = await createTokenVerifier(config, { now: () => NOW });
    const token = await signToken(keyOf('ES256'), { ...GOOD_CLAIMS, exp: 1 });
    expect(await refusalOf(verifier.verify(token))).toBe(EXPIRED);
  });
});

describe('what is no token', () => {
  it.each(['', '.', '..', '...', 'a.b.c', 'null', '{}', 'e30.e30.e30', 'W10.e30.'])(
    '%s is refused',
    async (text) => {
      expect(await refusalOf(verifyWith(secret, text))).toBe(INVALID);
    },
  );

  it('a text of more than 16 KiB is refused, whatever it says', async () => {
    const claims = { ...GOOD_CLAIMS, filler: 'a'.repeat(13_000) };
    expect(await refusalOf(verifyWith(secret, await signToken(secret, claims)))).toBe(INVALID);
  });

  it('any text and any JSON in the three parts is refused, never a crash', async () => {
    const config = jwtConfig({ verificationKeys: [secret.verification] });
    const verifier = await createTokenVerifier(config, { now: () => NOW });
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    const header = fc.oneof(
      part,
      fc
        .dictionary(fc.constantFrom('kid', 'typ', 'b64', 'crit', 'zip', 'enc'), fc.jsonValue())
        .map((members) => encode({ alg: 'HS256', ...members })),
    );
    await fc.assert(
      fc.asyncProperty(header, part, part, async (first, second, third) => {
        expect(await refusalOf(verifier.verify(`${first}.${second}.${third}`))).toBe(INVALID);
      }),
      { numRuns: 300 },
    );
  });

  it('claims of any shape under a good signature name somebody or are refused', async () => {
    const config = jwtConfig({ verificationKeys: [secret.verification] });
    const verifier = await createTokenVerifier(config, { now: () => NOW });
    const claims = fc.record(
      {
        sub: fc.jsonValue(),
        exp: fc.oneof(fc.double(), fc.jsonValue()),
        nbf: fc.jsonValue(),
        iat: fc.jsonValue(),
        scopes: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(claims, async (payload) => {
        const header = encode({ alg: 'HS256' });
        const body = encode(payload);
        const signature = createHmac('sha256', secret.verification)
          .update(`${header}.${body}`)
          .digest('base64url');
        const answer: unknown = await verifier
          .verify(`${header}.${body}.${signature}`)
          .catch((error: unknown) => error);
        // What is no refusal is a principal, or a bug that has no such date.
        expect(isRefusal(answer) || Number.isFinite((answer as Principal).expiresAt.getTime())).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
