import { decodeProtectedHeader, type ProtectedHeaderParameters } from 'jose';

import { parseAlgorithm } from './signature-algorithm.ts';
import { type KeyQuery } from './verification-key.ts';

/** Types of tokens that are access tokens: RFC 7519, section 5.1, and RFC 9068, section 2.1. */
const ACCESS_TOKEN_TYPES: ReadonlySet<unknown> = new Set([
  undefined,
  'jwt',
  'application/jwt',
  'at+jwt',
  'application/at+jwt',
]);

/**
 * What the header of a token says about its key, or `null` for a header that no acceptable token has: unreadable, an
 * algorithm that is none of ours (`none` among them), a `kid` that is no text, the type of another kind of token (RFC 8725,
 * section 3.11), or `crit`, of which nothing is understood (RFC 7515, section 4.1.11). Keys that the header brings along
 * or points to (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.
 */
export function readTokenHeader(token: string): KeyQuery | null {
  const header = decodeHeader(token);
  if (header === null || Object.hasOwn(header, 'crit')) return null;
  const algorithm = parseAlgorithm(header.alg);
  const { kid = null, typ }: { kid?: unknown; typ?: unknown } = header;
  if (algorithm === null || (kid !== null && typeof kid !== 'string')) return null;
  if (!ACCESS_TOKEN_TYPES.has(typeof typ === 'string' ? typ.toLowerCase() : typ)) return null;
  return { algorithm, kid };
}

function decodeHeader(token: string): ProtectedHeaderParameters | null {
  try {
    return decodeProtectedHeader(token);
  } catch {
    // A token without a readable header is no token; which way it is broken helps nobody.
    return null;
  }
}
