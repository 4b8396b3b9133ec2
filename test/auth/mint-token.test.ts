import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';

import { MAX_HOURS, type MintOptions, mintToken } from '../../src/auth/mint-token.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { type JwtConfig } from '../../src/config/jwt-config.ts';
import { InvalidInputError } from '../../src/errors.ts';
import { ScopeCatalogue } from '../../src/scope/catalogue.ts';
import { type Principal } from '../../src/scope/principal.ts';
import { jwtConfig, keyOf, NOW, NOW_SECONDS, PUBLIC_KEY_ALGORITHMS } from '../_util/keys.ts';

const catalogue = new ScopeCatalogue(['tickets:refund']);
const now = (): Date => NOW;
const secretConfig = jwtConfig({ verificationKeys: [keyOf('HS256').verification] });

async function mint(options: Partial<MintOptions> = {}, config: JwtConfig = secretConfig): Promise<string> {
  return mintToken(config, { subject: 'alice', scopes: ['agents:read'], catalogue, now, ...options });
}

async function mintAndVerify(
  options: Partial<MintOptions>,
  config: JwtConfig = secretConfig,
): Promise<Principal> {
  const verifier = await createTokenVerifier(config, { now });
  return verifier.verify(await mint(options, config));
}

describe('a minted token', () => {
  it.each(['HS256', 'HS384', 'HS512'])(
    'of %s is accepted by the verifier of the same configuration',
    async (algorithm) => {
      const config = jwtConfig({
        ...secretConfig,
        algorithm,
        audience: 'ambit',
        issuer: 'https://id.example.com',
      });
      const { id, grants, expiresAt } = await mintAndVerify({ hours: 2 }, config);
      expect({ id, scopes: grants.scopes }).toEqual({ id: 'alice', scopes: ['agents:read'] });
      expect(expiresAt).toEqual(new Date(NOW.getTime() + 7_200_000));
      expect(decodeProtectedHeader(await mint({}, config))).toEqual({ alg: algorithm, typ: 'JWT' });
    },
  );

  it('holds just the claims that are needed', async () => {
    expect(decodeJwt(await mint())).toEqual({
      sub: 'alice',
      scopes: ['agents:read'],
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 86_400,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    const config = jwtConfig({ ...secretConfig, audience: 'ambit', issuer: 'me' });
    expect(decodeJwt(await mint({}, config))).toMatchObject({ aud: 'ambit', iss: 'me' });
  });

  it('has an id of its own', async () => {
    expect(decodeJwt(await mint()).jti).not.toBe(decodeJwt(await mint()).jti);
  });

  it('is signed with the first of several secrets', async () => {
    const [newer, older] = [keyOf('HS256', 'newer').verification, keyOf('HS256', 'older').verification];
    const token = await mint({}, jwtConfig({ verificationKeys: [newer, older] }));
    const verifier = await createTokenVerifier(jwtConfig({ verificationKeys: [newer] }), { now });
    await expect(verifier.verify(token)).resolves.toBeDefined();
  });

  it.each(['roles', 'realm_access.roles', 'https://id.example.com/scopes', '__proto__.roles'])(
    'has its scopes where JWT_SCOPES_CLAIM looks for them: %s',
    async (scopesClaim) => {
      const { grants } = await mintAndVerify({}, jwtConfig({ ...secretConfig, scopesClaim }));
      expect(grants.scopes).toEqual(['agents:read']);
    },
  );

  it.each([
    ['global, by id and wildcard', ['agents:run', 'agents:web-search-agent:run', 'agents:*:read']],
    ['of a tool', ['tickets:refund']],
    ['in the old word for config', ['system:read']],
    ['of other people', ['users:auth0|x:read', 'users:*:act']],
    ['admin', ['agent_os:admin']],
    ['none', []],
  ])('has scopes %s', async (_, scopes) => {
    const { grants } = await mintAndVerify({ scopes });
    expect(grants.scopes).toEqual(scopes);
  });

  it('has the configured admin scope, which need be no scope by the grammar', async () => {
    const { grants } = await mintAndVerify(
      { scopes: ['root'] },
      jwtConfig({ ...secretConfig, adminScope: 'root' }),
    );
    expect(grants.isAdmin).toBe(true);
  });
});

describe('minting refuses', () => {
  it.each([
    'agents',
    'agents:',
    ':run',
    'agents::run',
    'agents:a:b:run',
    'agents:*',
    '*',
    '*:*',
    'agents:*x:run',
    '',
    ' ',
    'agents:read ',
    ' agents:read',
    'Agents:read',
    'agents:read agents:run',
    'agents:fly',
    'nonsense:fly',
    'agent_os:admin ',
    'AGENT_OS:ADMIN',
    'agents:a\0:run',
    'agents:\ud800:run',
    'agents:a b:run',
    'agents:a\u00a0b:run',
  ])('the scope %j, which grants nothing, and names it', async (scope) => {
    const answer = mint({ scopes: ['agents:read', scope] });
    await expect(answer).rejects.toThrow(InvalidInputError);
    await expect(answer).rejects.toMatchObject({ field: 'scopes' });
    await expect(answer).rejects.toThrow(JSON.stringify(scope.slice(0, 100)));
  });

  it('a scope that is too long, and names its start', async () => {
    const scope = `agents:${'a'.repeat(600)}:run`;
    await expect(mint({ scopes: [scope] })).rejects.toThrow(JSON.stringify(scope.slice(0, 100)));
  });

  it('the default admin scope where another is configured', async () => {
    const config = jwtConfig({ ...secretConfig, adminScope: 'root' });
    await expect(mint({ scopes: ['agent_os:admin'] }, config)).rejects.toThrow(InvalidInputError);
  });

  it.each(['', 'a\0', 'a\nb', '\ud800', 'a'.repeat(256)])('the subject %j', async (subject) => {
    await expect(mint({ subject })).rejects.toMatchObject({ name: 'InvalidInputError', field: 'sub' });
  });

  it.each([0, -1, Number.NaN, Infinity, MAX_HOURS + 1])('a life of %d hours', async (hours) => {
    await expect(mint({ hours })).rejects.toMatchObject({ name: 'InvalidInputError', field: 'hours' });
  });

  it('more scopes than a token holds, and scopes that make it too long', async () => {
    const scopes = (count: number, length: number): string[] =>
      Array.from({ length: count }, (_, index) => `agents:${String(index).padStart(length, 'a')}:run`);
    await expect(mint({ scopes: scopes(1001, 4) })).rejects.toMatchObject({ field: 'scopes' });
    await expect(mint({ scopes: scopes(900, 40) })).rejects.toMatchObject({ field: 'scopes' });
    const { grants } = await mintAndVerify({ scopes: scopes(600, 4) });
    expect(grants.scopes).toHaveLength(600);
  });

  it.each(PUBLIC_KEY_ALGORITHMS)('to sign with a public key of %s, or with no key', async (algorithm) => {
    const config = jwtConfig({ verificationKeys: [keyOf(algorithm).verification], algorithm });
    await expect(mint({}, config)).rejects.toThrow(TypeError);
    await expect(mint({}, jwtConfig({ jwksUrl: 'https://id.example.com', audience: 'a' }))).rejects.toThrow(
      TypeError,
    );
  });

  it('to sign with a secret that no verifier would take', async () => {
    await expect(mint({}, jwtConfig({ verificationKeys: ['short'] }))).rejects.toThrow(TypeError);
    await expect(mint({}, jwtConfig({ ...secretConfig, algorithm: 'RS256' }))).rejects.toThrow(TypeError);
  });
});

describe('hours', () => {
  it('may be a part of one, and the token lives no shorter', async () => {
    expect(decodeJwt(await mint({ hours: 0.0001 })).exp).toBe(NOW_SECONDS + 1);
    expect(decodeJwt(await mint({ hours: 1.5 })).exp).toBe(NOW_SECONDS + 5400);
    expect(decodeJwt(await mint({ hours: MAX_HOURS })).exp).toBe(NOW_SECONDS + MAX_HOURS * 3600);
  });
});
