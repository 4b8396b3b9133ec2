import { SignJWT } from 'jose';

import { type JwtConfig } from '../config/jwt-config.ts';
import { InvalidInputError } from '../errors.ts';
import { IDENTIFIER_RULE, isIdentifier } from '../lib/is-identifier.ts';
import { type ScopeCatalogue } from '../scope/catalogue.ts';
import { parseScope } from '../scope/scope.ts';
import { MAX_BEARER_LENGTH } from './bearer-token.ts';
import { isReadableScope, MAX_SCOPES } from './scopes-claim.ts';
import { readSigningKey } from './secret-key.ts';

/** Longest life of a minted token, in hours: ten years of 365 days. */
export const MAX_HOURS = 87_600;

export interface MintOptions {
  /** The token's `sub`. */
  readonly subject: string;
  readonly scopes: readonly string[];
  /** What scopes there are. The admin scope is always known. */
  readonly catalogue: ScopeCatalogue;
  /** Life of the token, above 0 and at most `MAX_HOURS`. Default 24. */
  readonly hours?: number;
  /** The clock. Default: the system's. */
  readonly now?: () => Date;
}

/**
 * A token that this configuration's verifier accepts, signed with its first key: `sub`, the scopes, `iat`, `exp`, a random
 * `jti`, and `aud` and `iss` when configured. Throws `InvalidInputError` for a subject, a scope or hours that will not do,
 * and `TypeError` when the configured key is no HMAC secret.
 */
export async function mintToken(config: JwtConfig, options: MintOptions): Promise<string> {
  const { subject, scopes, catalogue, hours = 24, now = () => new Date() } = options;
  const { key, algorithm } = readSigningKey(config);
  requireSubject(subject);
  requireScopes(scopes, catalogue, config.adminScope);
  requireHours(hours);
  const issuedAt = Math.floor(now().getTime() / 1000);
  const token = new SignJWT(toScopesClaim(scopes, config.scopesClaim))
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.ceil(hours * 3600))
    .setJti(crypto.randomUUID());
  if (config.audience !== null) token.setAudience(config.audience);
  if (config.issuer !== null) token.setIssuer(config.issuer);
  return requireShort(await token.sign(key));
}

function requireSubject(subject: string): void {
  if (!isIdentifier(subject)) throw new InvalidInputError('sub', `The subject must be ${IDENTIFIER_RULE}.`);
}

function requireScopes(scopes: readonly string[], catalogue: ScopeCatalogue, adminScope: string): void {
  if (scopes.length > MAX_SCOPES)
    throw new InvalidInputError('scopes', `A token holds at most ${MAX_SCOPES} scopes.`);
  for (const text of scopes) if (text !== adminScope) requireKnown(text, catalogue);
}

function requireKnown(text: string, catalogue: ScopeCatalogue): void {
  // A scope with a space would be two in a claim that is a string: RFC 6749, section 3.3.
  const scope = isReadableScope(text) && !/\s/.test(text) ? parseScope(text) : null;
  const shown = JSON.stringify(text.slice(0, 100));
  if (scope === null)
    throw new InvalidInputError(
      'scopes',
      `${shown} is not a scope: write resource:action or resource:id:action.`,
    );
  if (!catalogue.has(scope))
    throw new InvalidInputError('scopes', `${shown} is a scope that nothing asks for.`);
}

function requireHours(hours: number): void {
  if (!(hours > 0 && hours <= MAX_HOURS)) {
    throw new InvalidInputError('hours', `The hours must be above 0 and at most ${MAX_HOURS}.`);
  }
}

function toScopesClaim(scopes: readonly string[], path: string | null): Record<string, unknown> {
  const [name = 'scopes', ...inner] = path?.split('.') ?? [];
  return { [name]: inner.reduceRight<unknown>((value, key) => ({ [key]: value }), [...scopes]) };
}

function requireShort(token: string): string {
  if (`Bearer ${token}`.length > MAX_BEARER_LENGTH) {
    throw new InvalidInputError(
      'scopes',
      `The scopes make the token longer than ${MAX_BEARER_LENGTH} characters.`,
    );
  }
  return token;
}
