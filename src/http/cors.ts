import type { IncomingMessage, ServerResponse } from 'node:http';

const METHODS = 'GET, POST, OPTIONS';
const REQUEST_HEADERS = 'authorization, content-type, apollo-require-preflight, x-apollo-operation-name';
const EXPOSED_HEADERS = 'www-authenticate, retry-after, x-correlation-id';
const PREFLIGHT_SECONDS = '600';

/**
 * Says on `response` whether a page of the request's origin may read it, and answers a preflight (`true`: it is answered).
 * Credentials are never allowed: tokens travel in the Authorization header, which a page sets itself. Fetch standard,
 * section 3.2: https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): boolean {
  const allowed = allowedOrigin(request.headers.origin, origins);
  // Answers differ by Origin also when none was sent, or a shared cache would hand one origin's answer to another.
  if (!origins.includes('*')) response.setHeader('vary', 'Origin');
  if (allowed !== null) {
    response.setHeader('access-control-allow-origin', allowed);
    response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
  }
  const isPreflight =
    request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  if (!isPreflight) return false;
  if (allowed !== null) {
    response.setHeader('access-control-allow-methods', METHODS);
    response.setHeader('access-control-allow-headers', REQUEST_HEADERS);
    response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  }
  response.writeHead(204).end();
  return true;
}

/** What Access-Control-Allow-Origin says, or `null` for nothing. */
function allowedOrigin(origin: string | undefined, origins: readonly string[]): string | null {
  if (origin === undefined) return null;
  if (origins.includes('*')) return '*';
  return origins.includes(origin) ? origin : null;
}
