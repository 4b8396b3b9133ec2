import { AmbitClientError } from './client-error.ts';
import type { Remedy } from './connection-lost.ts';

/** Codes after which the next socket would end in the same way: a broken protocol, or a message that is too large. */
const FINAL: ReadonlySet<number> = new Set([
  1002, 1003, 1007, 1008, 1009, 1010, 1015, 4004, 4400, 4406, 4409,
]);

/** What a closed socket asks for, and is told as. https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
export function readCloseCode({ code, reason }: { readonly code: number; readonly reason: string }): {
  readonly remedy: Remedy;
  readonly error: AmbitClientError;
} {
  const message = `The socket was closed with ${code}${reason === '' ? '' : `: ${reason}`}.`;
  if (code === 4401 || code === 4403)
    return { remedy: 'token', error: new AmbitClientError(message, { code: 'UNAUTHENTICATED' }) };
  if (FINAL.has(code))
    return { remedy: 'never', error: new AmbitClientError(message, { code: 'BAD_RESPONSE' }) };
  return { remedy: 'again', error: new AmbitClientError(message, { code: 'NETWORK' }) };
}
