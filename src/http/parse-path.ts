import type { IncomingMessage } from 'node:http';

/**
 * The path of a request's target, in origin form or absolute form, or `null`: RFC 9112, section 3.2. It is as it was sent: were
 * `/x/../graphql` or `//x/graphql` read as `/graphql`, a rule about paths in a proxy in front would not see it coming.
 */
export function parsePath({ url = '' }: IncomingMessage): string | null {
  return /^(?:https?:\/\/[^/\\?#]+)?(\/[^?]*)/i.exec(url)?.[1] ?? null;
}
