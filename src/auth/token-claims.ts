import { type JWTPayload } from 'jose';

import { type JwtConfig } from '../config/jwt-config.ts';
import { isIdentifier } from '../lib/is-identifier.ts';
import { GrantSet } from '../scope/grant-set.ts';
import { type Principal } from '../scope/principal.ts';
import { readScopesClaim } from './scopes-claim.ts';

/** Longest a principal lasts from now, in milliseconds: ten years. A later `exp` is read as this. */
export const MAX_LIFE_MS = 10 * 365.25 * 24 * 3_600_000;

/**
 * Whom the claims of a verified token name, or in words why they name nobody. Beside what RFC 7519 asks (section 4.1), the
 * times must be finite, `iat` must not lie in the future by more than the leeway, `sub` must be a principal's name, and a
 * `jti` one that a revocation can name: a token that cannot be revoked is not let in.
 */
export function toPrincipal(
  payload: JWTPayload,
  config: Pick<JwtConfig, 'scopesClaim' | 'adminScope' | 'leewaySeconds'>,
  now: Date,
): Principal | { unfit: string } {
  const { sub, exp = NaN, nbf = 0, iat = 0, jti = null } = payload;
  if (!isIdentifier(sub)) return { unfit: 'sub' };
  if (jti !== null && !isIdentifier(jti)) return { unfit: 'jti' };
  if (!Number.isFinite(exp) || !Number.isFinite(nbf) || !Number.isFinite(iat))
    return { unfit: 'exp, nbf or iat' };
  if (iat > now.getTime() / 1000 + config.leewaySeconds) return { unfit: 'iat' };
  const expiresAtMs = Math.min(exp * 1000, now.getTime() + MAX_LIFE_MS);
  return {
    id: sub,
    tokenId: jti,
    issuedAt: payload.iat === undefined ? null : toInstant(iat),
    grants: new GrantSet(readScopesClaim(payload, config.scopesClaim), config.adminScope),
    expiresAt: new Date(expiresAtMs),
    validUntil: new Date(expiresAtMs + config.leewaySeconds * 1000),
  };
}

/** A time before all that a date can hold is as good as the earliest. */
function toInstant(seconds: number): Date {
  return new Date(Math.max(seconds * 1000, 0));
}
