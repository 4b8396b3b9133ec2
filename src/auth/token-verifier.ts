import { errors, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose';

import { type JwtConfig } from '../config/jwt-config.ts';
import { UnauthenticatedError } from '../errors.ts';
import { type Logger } from '../lib/logger.ts';
import { ScopeCatalogue } from '../scope/catalogue.ts';
import { type Principal, type TokenMark } from '../scope/principal.ts';
import { parseScope } from '../scope/scope.ts';
import { MAX_BEARER_LENGTH } from './bearer-token.ts';
import { createKeyRing } from './key-ring.ts';
import { parseAlgorithm } from './signature-algorithm.ts';
import { toPrincipal } from './token-claims.ts';
import { readTokenHeader } from './token-header.ts';
import { type KeyQuery, type VerificationKey } from './verification-key.ts';
import { type VerifiedToken, VerifiedTokens } from './verified-tokens.ts';

/** Most keys that one token is tried with. */
export const MAX_TRIES = 16;

export interface TokenVerifier {
  /**
   * Whom the token names. Throws `UnauthenticatedError` (`invalid`), whose sentence says no more than whether a good token
   * has expired or was revoked and whose `cause` has the reason, and `UnavailableError` when the token may be good but the keys at
   * JWT_JWKS_URL have never been had.
   */
  verify(token: string): Promise<Principal>;
  /**
   * Whom the token names, without waiting, where it has been found good lately with a key that is still the server's; `null`: `verify` has
   * to look. Throws `UnauthenticatedError` (`invalid`) when it was revoked since.
   */
  recall(token: string): Principal | null;
  /** Whether the token has been found good lately; `verify` decides. */
  isRemembered(token: string): boolean;
}

export interface TokenVerifierOptions {
  /** The clock. Default: the system's. */
  readonly now?: () => Date;
  /** What fetches JWT_JWKS_URL. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Throws `UnauthenticatedError` for a token that was revoked. Asked each time, whatever is remembered. Default: none was. */
  readonly requireLive?: (mark: TokenMark) => void;
  readonly log?: Logger | undefined;
}

/**
 * A verifier of JWTs (RFC 7519, RFC 8725) with the configured keys. The algorithm belongs to the key, so a public key never
 * verifies an HMAC. Reads JWT_JWKS_FILE, and asks JWT_JWKS_URL once, for at most five seconds: an endpoint that is down
 * does not keep the server from starting. Throws `TypeError`, with a sentence that names the setting, when there is no
 * key at all, when a key is private, weak or unreadable, when JWT_ALGORITHM does not fit a key, when a key set comes
 * without JWT_AUDIENCE, and when AMBIT_ADMIN_SCOPE is one of the scopes that fields ask for.
 */
export async function createTokenVerifier(
  config: JwtConfig,
  { now = () => new Date(), fetch = globalThis.fetch, requireLive, log }: TokenVerifierOptions = {},
): Promise<TokenVerifier> {
  requireAdminScope(config.adminScope);
  const keys = await createKeyRing(config, { now, fetch, log });
  const verified = new VerifiedTokens();
  const find = (token: string): VerifiedToken | null =>
    token.length <= MAX_BEARER_LENGTH ? verified.find(token, now()) : null;
  const identify = async (token: string): Promise<Principal> => {
    let failure: unknown = new Error('No key fits the token.');
    const known = find(token);
    for await (const key of take(keys.candidates(requireQuery(token, config.algorithm)), MAX_TRIES)) {
      if (known?.key === key) return known.principal;
      const answer = await verifyWith(token, key, { config, now });
      if (!(answer instanceof Error)) return verified.add(token, key, answer);
      failure = answer;
    }
    throw refused(failure);
  };
  return {
    recall(token) {
      const known = find(token);
      if (known === null || !keys.isOwn(known.key)) return null;
      requireLive?.(known.principal);
      return known.principal;
    },
    isRemembered: (token) => find(token) !== null,
    async verify(token) {
      const principal = await identify(token);
      requireLive?.(principal);
      return principal;
    },
  };
}

/** A scope that fields ask for is given to people who are no admins. */
function requireAdminScope(text: string): void {
  const scope = parseScope(text);
  if (scope !== null && new ScopeCatalogue().has(scope)) {
    throw new TypeError(
      'AMBIT_ADMIN_SCOPE must not be a scope that fields ask for: its holders have everything.',
    );
  }
}

async function* take<TItem>(items: AsyncIterable<TItem>, count: number): AsyncGenerator<TItem, void> {
  let left = count;
  for await (const item of items) {
    yield item;
    if (--left === 0) return;
  }
}

function requireQuery(token: string, algorithm: string | null): KeyQuery {
  const query = token.length <= MAX_BEARER_LENGTH ? readTokenHeader(token) : null;
  if (query === null) throw refused(new Error('The header of the token will not do.'));
  if (algorithm !== null && query.algorithm !== parseAlgorithm(algorithm)) {
    throw refused(new Error(`The token is signed with ${query.algorithm}, JWT_ALGORITHM is ${algorithm}.`));
  }
  return query;
}

/**
 * Whom the token names if this key signed it, else the error that it did not. A signature that does not fit leads to the
 * next key; anything else that is wrong is wrong with all keys, and thrown.
 */
async function verifyWith(
  token: string,
  { key, algorithm }: VerificationKey,
  { config, now }: { config: JwtConfig; now: () => Date },
): Promise<Principal | Error> {
  try {
    const options = { ...toOptions(config, now()), algorithms: namesOf(algorithm) };
    return requirePrincipal((await jwtVerify(token, key, options)).payload, config, now());
  } catch (cause) {
    if (cause instanceof errors.JWSSignatureVerificationFailed) return cause;
    throw translate(cause);
  }
}

function requirePrincipal(payload: JWTPayload, config: JwtConfig, now: Date): Principal {
  const principal = toPrincipal(payload, config, now);
  if ('unfit' in principal) throw refused(new Error(`The claim ${principal.unfit} will not do.`));
  return principal;
}

function toOptions({ audience, issuer, leewaySeconds }: JwtConfig, now: Date): JWTVerifyOptions {
  return {
    requiredClaims: ['exp', 'sub'],
    clockTolerance: leewaySeconds,
    currentDate: now,
    ...(audience !== null && { audience }),
    ...(issuer !== null && { issuer }),
  };
}

/** Both names of EdDSA on Ed25519: RFC 9864, section 2.2. */
function namesOf(algorithm: VerificationKey['algorithm']): string[] {
  return algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [algorithm];
}

/** What is no error of the vendor's is a bug, and goes on as it is. */
function translate(cause: unknown): unknown {
  if (cause instanceof errors.JWTExpired) return refused(cause, 'The bearer token has expired.');
  return cause instanceof errors.JOSEError ? refused(cause) : cause;
}

function refused(cause: unknown, sentence?: string): UnauthenticatedError {
  return new UnauthenticatedError('invalid', sentence, { cause });
}
