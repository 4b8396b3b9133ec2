import { type JWTPayload } from 'jose';

import { isPlainText } from '../lib/is-plain-text.ts';
import { isRecord } from '../lib/is-record.ts';

/** Scopes beyond this number are left out. */
export const MAX_SCOPES = 1000;

/** Scopes of more characters are left out. */
export const MAX_SCOPE_LENGTH = 512;

/**
 * The scopes a token's claims hold, as written, never an exception. `path` names the claim, dots between names (a name
 * may hold dots itself: the whole of what is left of the path is looked up first); `null`: `scopes`, or where that is
 * absent `scope` (RFC 8693, section 4.2). The claim is an array, or a string with U+0020 between scopes, which no other
 * space replaces. Left out are elements that are no strings, hold control characters or lone surrogates, are over
 * `MAX_SCOPE_LENGTH`, and all after the first `MAX_SCOPES`.
 */
export function readScopesClaim(payload: JWTPayload, path: string | null): string[] {
  const claim = path === null ? readDefaultClaim(payload) : readPath(payload, path);
  return [...toElements(claim).filter(isReadableScope).take(MAX_SCOPES)];
}

function readDefaultClaim(payload: JWTPayload): unknown {
  return Object.hasOwn(payload, 'scopes') ? payload['scopes'] : payload['scope'];
}

function readPath(holder: unknown, path: string): unknown {
  if (!isRecord(holder)) return undefined;
  if (Object.hasOwn(holder, path)) return holder[path];
  const dot = path.indexOf('.');
  if (dot === -1 || !Object.hasOwn(holder, path.slice(0, dot))) return undefined;
  return readPath(holder[path.slice(0, dot)], path.slice(dot + 1));
}

function toElements(claim: unknown): IteratorObject<unknown> {
  if (Array.isArray(claim)) return Iterator.from<unknown>(claim);
  return Iterator.from(typeof claim === 'string' ? claim.split(' ').filter((scope) => scope !== '') : []);
}

/** Whether `element` is a string that can be a token's scope, well-formed by the grammar of scopes or not. */
export function isReadableScope(element: unknown): element is string {
  return typeof element === 'string' && element.length <= MAX_SCOPE_LENGTH && isPlainText(element);
}
