import type { IncomingMessage } from 'node:http';

/**
 * Whether a page of the request's Origin may use GraphQL: one of this server itself, by its Host, or of `corsOrigins`. A
 * request without Origin comes from no page of another site, or from no browser: tokens travel in headers that a page sets
 * itself, never in cookies, so there is nothing that it could borrow. WebSockets: RFC 6455, section 10.2.
 */
export function allowsOrigin({ headers }: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || corsOrigins.includes('*') || corsOrigins.includes(origin)) return true;
  const own = URL.parse(origin);
  return own !== null && own.host !== '' && own.host === host?.toLowerCase();
}
