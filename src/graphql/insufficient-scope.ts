import { parseScope, formatScope, WILDCARD } from '../scope/scope.ts';
import { chooseLeastScopes } from '../scope/least-scopes.ts';

/** Characters of the list of scopes; a longer one is left out. */
const MAX_LENGTH = 1024;
/** Any-of lists looked at, each once; with more, the list of scopes is left out. */
const MAX_LISTS = 20;
const MAX_STEPS = 200;

/** `scope-token` of RFC 6749, section 3.3: no space, no quote and no backslash. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The challenge for a request that was refused for want of scopes, with the least of them that would have been enough:
 * RFC 6750, section 3. Every list is one of which any entry is enough. An id that is not known stands for all of them.
 * Scopes that the grammar of the header cannot write are not told: they hold what the caller sent.
 */
export function challengeForScopes(allOf: readonly (readonly string[])[]): string {
  const error = 'Bearer error="insufficient_scope"';
  const distinct = [...new Map(allOf.map((anyOf) => [JSON.stringify(anyOf), anyOf])).values()];
  if (distinct.length === 0 || distinct.length > MAX_LISTS) return error;
  const choices = distinct.map((anyOf) => anyOf.map(withoutPlaceholder).filter(isToken).map(toOption));
  if (choices.some((choice) => choice.length === 0)) return error;
  // No scope is the admin scope here: where it is the only entry it is chosen as any other would be.
  const scopes = chooseLeastScopes(choices, { adminScope: '', maxSteps: MAX_STEPS });
  const scope = scopes.toSorted().join(' ');
  return scope.length <= MAX_LENGTH ? `${error}, scope="${scope}"` : error;
}

function isToken(text: string): boolean {
  return SCOPE_TOKEN.test(text);
}

function toOption(text: string): string[] {
  return [text];
}

function withoutPlaceholder(text: string): string {
  const scope = parseScope(text);
  return scope?.id === '<id>' ? formatScope({ ...scope, id: WILDCARD }) : text;
}
