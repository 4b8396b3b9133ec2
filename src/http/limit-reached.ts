import { LimitExceededError } from '../errors.ts';

/** What is told to whoever has come to a limit of so many a minute. */
export function limitReached(limit: string, perMinute: number, retryAfterMs: number): LimitExceededError {
  const message = `The limit ${limit} (${perMinute} a minute) is reached.`;
  return new LimitExceededError(limit, message, { status: 429, retryAfterMs });
}
