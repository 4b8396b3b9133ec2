import { UnauthenticatedError } from '../errors.ts';

/** Longest Authorization value that is looked at, in characters; longer ones are refused unread. */
export const MAX_BEARER_LENGTH = 16_384;

/** `b64token` with its scheme: https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const BEARER = /^bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * The token in an Authorization value, or `null` when none was sent. Pass a list when the header came more than once.
 * The scheme is case-insensitive and one space follows it. Another scheme, an empty value, two values (also joined by a
 * comma) and more than 16 KiB throw `UnauthenticatedError`: of two tokens none is chosen. RFC 6750, section 2.1.
 */
export function parseBearerToken(header: string | readonly string[] | undefined): string | null {
  const values: readonly unknown[] = Array.isArray(header) ? header : [header ?? []].flat();
  if (values.length === 0) return null;
  const [value, ...others] = values;
  // The value may come out of a client's JSON (connection_init), so its type is looked at as well.
  const isReadable = others.length === 0 && typeof value === 'string' && value.length <= MAX_BEARER_LENGTH;
  const token = isReadable ? BEARER.exec(value)?.[1] : undefined;
  if (token === undefined) throw refused();
  return token;
}

function refused(): UnauthenticatedError {
  return new UnauthenticatedError('invalid', 'The Authorization header must be "Bearer" and one token.');
}
