/** Host and port as a header names them, and nothing that could add to a policy. RFC 9110, section 7.2. */
const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * What a browser must keep to on the playground's pages: scripts, workers, fonts and connections of this server only, no
 * frame around it, no form. `host` is the request's Host header: websockets of that host are named, because older browsers
 * do not count them as `'self'`. Inline styles are allowed: the editor sets them. Content Security Policy Level 3:
 * https://www.w3.org/TR/CSP3/
 */
export function securityHeaders(host: string | undefined): Record<string, string> {
  const sockets = host !== undefined && HOST.test(host) ? ` ws://${host} wss://${host}` : '';
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `connect-src 'self'${sockets}`,
    "worker-src 'self'",
    "font-src 'self' data:",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}
