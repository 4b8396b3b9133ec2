import { isPlainText } from './is-plain-text.ts';

const MAX_LENGTH = 255;

/** What `isIdentifier` asks for, to be told to whoever sent something else. */
export const IDENTIFIER_RULE = `1 to ${MAX_LENGTH} characters, none of them a control character`;

/**
 * Whether `value` can name somebody or something, as the `sub` and the `jti` of a token do (RFC 7519, sections 4.1.2 and 4.1.7): 1 to 255
 * characters of well-formed text without control characters.
 */
export function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH && isPlainText(value);
}
