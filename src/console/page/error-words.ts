import { AmbitClientError } from '../../client/client-error.ts';

/** What went wrong, for whoever reads the page: what to do where there is something to do, the server's own sentence else. */
export function toWords(error: unknown): string {
  if (!(error instanceof AmbitClientError)) return 'Something in this page went wrong. Load it again.';
  const { code, message, requiredScopes, retryAfterMs } = error;
  switch (code) {
    case 'FORBIDDEN':
      return requiredScopes.length === 0 ? message : `This token lacks ${describeScopes(requiredScopes)}.`;
    case 'UNAUTHENTICATED':
    case 'TOKEN_UNAVAILABLE':
      return 'The server does not take this token any more: it has expired or was revoked. Choose a caller, or paste another token.';
    case 'NETWORK':
      return 'The server cannot be reached. What runs there goes on; try again.';
    case 'UNAVAILABLE':
      return 'The server cannot do that now: it stops, or its database is away. Try again in a moment.';
    case 'NOT_FOUND':
      return 'That does not exist, or is not for this token.';
    case 'LIMIT_EXCEEDED':
      return retryAfterMs === null
        ? message
        : `${message} Try again in ${Math.ceil(retryAfterMs / 1000)} seconds.`;
    case 'DOCUMENT_NOT_TRUSTED':
      return 'This server runs trusted documents only, and the console’s are not among them.';
    default:
      return message;
  }
}

/** Scopes that would do, of every list one: `a or b, and c`. */
export function describeScopes(required: readonly (readonly string[])[]): string {
  return required.map((anyOf) => anyOf.join(' or ')).join(', and ');
}
