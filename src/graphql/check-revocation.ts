import { InvalidInputError } from '../errors.ts';
import { endOfSecond, type Revocation } from '../scope/revocation.ts';
import { checkIdentifier } from './check-input.ts';
import type { RevokeTokensInput } from './generated/resolver-types.ts';

/** How far ahead of this server's clock an instant may lie: clocks differ. */
const MAX_AHEAD_MS = 60_000;
/** So long after its `exp` a token may still be good somewhere: the leeway of clocks is at most five minutes. */
const KEEP_MS = 86_400_000;
const NEVER_YEAR = 9000;

/** @throws InvalidInputError naming the field that will not do. */
export function checkRevocation(input: RevokeTokensInput, now: Date): Revocation {
  const { tokenId = null, userId = null, all = false, issuedBefore = null, expiresAt = null } = input;
  const named = [tokenId !== null, userId !== null, all].filter((isNamed) => isNamed);
  if (named.length !== 1)
    throw new InvalidInputError('input', 'Exactly one of tokenId, userId and all says what to revoke.');
  if (tokenId !== null && issuedBefore !== null)
    throw new InvalidInputError('input.issuedBefore', 'issuedBefore goes with userId and all.');
  if (tokenId !== null) return checkToken(tokenId, expiresAt);
  if (expiresAt !== null) throw new InvalidInputError('input.expiresAt', 'expiresAt goes with tokenId.');
  const instant = checkInstant(issuedBefore ?? now, now);
  if (userId === null) return { kind: 'all', issuedBefore: instant };
  checkIdentifier('userId', userId);
  return { kind: 'user', userId, issuedBefore: instant };
}

function checkToken(tokenId: string, expiresAt: Date | null): Revocation {
  checkIdentifier('tokenId', tokenId);
  // One that never expires, as good as never at least, is kept for good.
  const isKept = expiresAt === null || expiresAt.getUTCFullYear() >= NEVER_YEAR;
  const keepUntil = isKept ? null : new Date(Math.max(expiresAt.getTime(), 0) + KEEP_MS);
  return { kind: 'token', tokenId, keepUntil };
}

function checkInstant(instant: Date, now: Date): Date {
  if (instant.getTime() > now.getTime() + MAX_AHEAD_MS)
    throw new InvalidInputError('input.issuedBefore', 'issuedBefore must not lie in the future.');
  // No token counts as issued before 1970, and databases differ about the first centuries.
  return endOfSecond(new Date(Math.max(instant.getTime(), 0)));
}
