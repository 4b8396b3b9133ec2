import type { UnauthenticatedError } from '../errors.ts';
import { isRecord } from '../lib/is-record.ts';

/**
 * Why a token was refused, without anything of the token: the sentence that the caller is told, and what the log may know beyond it, a
 * reason of ours or the code of the token library with the name of the claim.
 */
export function tokenReason({ message, cause }: UnauthenticatedError): string {
  if (!(cause instanceof Error)) return message;
  const details: unknown = cause;
  if (!isRecord(details) || details['code'] === undefined) return `${message} ${cause.message}`;
  const code = matching(details['code'], /^ERR_J[A-Z_]{1,60}$/);
  const claim = matching(details['claim'], /^[a-z]{3}$/);
  return [message, code, code !== null && claim !== null ? `(${claim})` : null]
    .filter((part) => part !== null)
    .join(' ');
}

function matching(value: unknown, pattern: RegExp): string | null {
  return typeof value === 'string' && pattern.test(value) ? value : null;
}
