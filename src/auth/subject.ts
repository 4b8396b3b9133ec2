import { isPlainText } from '../lib/is-plain-text.ts';

/** Longest `sub` that names a principal, in characters. */
export const MAX_SUBJECT_LENGTH = 255;

/** Whether `value` names a principal: 1 to 255 characters of well-formed text without control characters. RFC 7519, section 4.1.2. */
export function isSubject(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= MAX_SUBJECT_LENGTH && isPlainText(value)
  );
}
