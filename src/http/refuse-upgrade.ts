import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import { LimitExceededError } from '../errors.ts';

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'The websocket subprotocol must be graphql-transport-ws.',
  403: 'Websockets from this origin are refused.',
  404: 'There is no websocket at this address.',
  503: 'The server is shutting down.',
};

/** Why a handshake is not gone on with: the HTTP status. */
export class RefusedUpgrade extends Error {
  readonly status: number;

  constructor(status: number) {
    super(MESSAGES[status] ?? 'The handshake is refused.');
    this.status = status;
  }
}

/** Answers a websocket handshake with the HTTP error for `reason` and ends its connection. */
export function refuseUpgrade(socket: Duplex, reason: unknown): void {
  const { status, message, extensions, headers } = toRefusal(reason);
  const body = JSON.stringify({ errors: [{ message, ...(extensions && { extensions }) }] });
  // The client may have left already, and there is nobody else to tell.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      ...headers,
      'Cache-Control: no-store',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

/** Whether the reason is the client's, and no fault of ours. */
export function isRefusal(reason: unknown): boolean {
  return reason instanceof RefusedUpgrade || reason instanceof LimitExceededError;
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers: readonly string[];
}

function toRefusal(reason: unknown): Refusal {
  if (reason instanceof RefusedUpgrade)
    return { status: reason.status, message: reason.message, headers: [] };
  if (!(reason instanceof LimitExceededError))
    return { status: 500, message: 'Internal server error.', headers: [] };
  const { status, message, code, limit, retryAfterMs } = reason;
  if (retryAfterMs === undefined) return { status, message, extensions: { code, limit }, headers: [] };
  const headers = [`Retry-After: ${Math.ceil(retryAfterMs / 1000)}`];
  return { status, message, extensions: { code, limit, retryAfterMs }, headers };
}
