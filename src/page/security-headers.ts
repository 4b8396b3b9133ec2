/** Host and port as a header names them, and nothing that could add to a policy. RFC 9110, section 7.2. */
const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** What a page needs beyond scripts, stylesheets, pictures and connections of this server. */
export type PagePolicy = 'none' | 'editor';

/**
 * What a browser must keep to on a page of ours: all of this server only, no frame around it, no form. `host` is the request's
 * Host header: websockets of that host are named, because older browsers do not count them as `'self'`. With `none` no text becomes
 * script, nor a style that stands in the document; `editor` allows inline styles, workers and fonts, which GraphiQL
 * brings. Content Security Policy Level 3, https://www.w3.org/TR/CSP3/, and https://www.w3.org/TR/trusted-types/.
 */
export function securityHeaders(host: string | undefined, needs: PagePolicy): Record<string, string> {
  const sockets = host !== undefined && HOST.test(host) ? ` ws://${host} wss://${host}` : '';
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    needs === 'editor' ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'",
    `connect-src 'self'${sockets}`,
    ...(needs === 'editor'
      ? ["worker-src 'self'", "font-src 'self' data:", "img-src 'self' data:"]
      : ["img-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...(needs === 'editor' ? [] : ["require-trusted-types-for 'script'", "trusted-types 'none'"]),
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}
