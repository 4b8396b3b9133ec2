import type { IncomingHttpHeaders } from 'node:http';

/** The names by which only this machine calls itself, with any port. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** What proxies and tunnels add: behind one, a request for localhost may come from anywhere. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'] as const;

/**
 * Whether a request comes from a page of this server, opened at a loopback address, or from no page at all. A foreign Host
 * is a name that was pointed here (DNS rebinding); a foreign Origin or Sec-Fetch-Site is a page of somebody else:
 * https://www.w3.org/TR/fetch-metadata/
 */
export function isOwnRequest(headers: IncomingHttpHeaders): boolean {
  const { host, origin } = headers;
  if (host === undefined || !LOOPBACK.test(host)) return false;
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return false;
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
