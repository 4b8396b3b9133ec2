import { UnauthenticatedError, UnavailableError } from '../errors.ts';
import { orAborted } from '../lib/or-aborted.ts';
import { signalWithin } from '../lib/signal-within.ts';
import type { Principal } from '../scope/principal.ts';
import type { HttpLimits } from './http-limits.ts';
import { limitReached } from './limit-reached.ts';
import { TokenBuckets } from './token-buckets.ts';

export interface GuardedVerifyOptions {
  verify(token: string): Promise<Principal>;
  /** As `TokenVerifier`. Default: nothing is recalled. */
  recall?(token: string): Principal | null;
  /** Whether the token has been found good lately, which costs no signature to tell. */
  isRemembered?(token: string): boolean;
  readonly limits: Pick<HttpLimits, 'failedTokensPerMinute' | 'verificationMs' | 'buckets'>;
  readonly now: () => Date;
}

/** Verifies a token that came from `address`. */
export type GuardedVerify = (token: string, address: string) => Promise<Principal>;

/**
 * `verify` in bounded time, and not for an address that sends bad tokens: once it has sent too many, its tokens are not
 * looked at until it has waited, but for those that are remembered, so that others behind the same address go on. Throws
 * what `verify` throws, `LimitExceededError` (`failedTokens`, 429), and `UnavailableError` when it takes too long.
 */
export function createGuardedVerify(options: GuardedVerifyOptions): GuardedVerify {
  const { limits, now } = options;
  const perMinute = limits.failedTokensPerMinute;
  const failures = new TokenBuckets({ perMinute, maxBuckets: limits.buckets, now });
  return async (token, address) => {
    const lack = failures.lacks(address);
    if (lack !== null && options.isRemembered?.(token) !== true)
      throw limitReached('failedTokens', perMinute, lack.retryAfterMs);
    try {
      return options.recall?.(token) ?? (await verifyWithin(limits.verificationMs, options, token));
    } catch (error) {
      if (error instanceof UnauthenticatedError) failures.take(address);
      throw error;
    }
  };
}

async function verifyWithin(
  ms: number,
  { verify }: Pick<GuardedVerifyOptions, 'verify'>,
  token: string,
): Promise<Principal> {
  const { signal, release } = signalWithin(ms);
  try {
    return await orAborted(verify(token), signal);
  } catch (error) {
    if (error === signal.reason) throw new UnavailableError('The token could not be verified in time.');
    throw error;
  } finally {
    release();
  }
}
