import { isPlainText } from '../lib/is-plain-text.ts';

/** Longest `jti` of a token, in characters. */
export const MAX_TOKEN_ID_LENGTH = 255;

/**
 * Whether `value` can be a token's `jti`, and so be named by a revocation: 1 to 255 characters of well-formed text without control
 * characters. RFC 7519, section 4.1.7.
 */
export function isTokenId(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= MAX_TOKEN_ID_LENGTH && isPlainText(value)
  );
}
