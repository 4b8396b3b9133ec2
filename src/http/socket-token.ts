import type { IncomingMessage } from 'node:http';

import { parseBearerToken } from '../auth/bearer-token.ts';
import { UnauthenticatedError } from '../errors.ts';

/** Two tokens were sent, and they differ. */
export class AmbiguousTokenError extends UnauthenticatedError {
  constructor() {
    super('invalid', 'The socket was given two different tokens.');
  }
}

/**
 * The token of a socket: of `connection_init`'s payload ({"authorization": "Bearer …"}, or with a capital A) or of the
 * handshake's Authorization header; `null`: none. Throws `UnauthenticatedError` for what is no bearer token and
 * `AmbiguousTokenError` for two that differ.
 */
export function readSocketToken(
  request: IncomingMessage,
  payload: Readonly<Record<string, unknown>> | undefined,
): string | null {
  return chooseToken([
    ...sentTokens(payload).map(parsePayloadToken),
    parseBearerToken(request.headersDistinct['authorization']),
  ]);
}

/** As `readSocketToken`, of a ping's payload alone: the handshake's token is the one that is to be replaced. */
export function readPingToken(payload: Readonly<Record<string, unknown>> | undefined): string | null {
  return chooseToken(sentTokens(payload).map(parsePayloadToken));
}

function sentTokens(payload: Readonly<Record<string, unknown>> | undefined): unknown[] {
  return [payload?.['authorization'], payload?.['Authorization']].filter(
    (value) => value !== undefined && value !== null,
  );
}

function chooseToken(found: readonly (string | null)[]): string | null {
  const tokens = new Set(found);
  tokens.delete(null);
  if (tokens.size > 1) throw new AmbiguousTokenError();
  const [token = null] = tokens;
  return token;
}

function parsePayloadToken(value: unknown): string | null {
  if (typeof value !== 'string') throw new UnauthenticatedError('invalid');
  return parseBearerToken(value);
}
