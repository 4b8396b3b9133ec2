import type { IncomingMessage } from 'node:http';

/** The path of a request's target, in origin form or absolute form, or `null`: RFC 9112, section 3.2. */
export function parsePath({ url = '' }: IncomingMessage): string | null {
  return URL.parse(url, 'http://localhost')?.pathname ?? null;
}
