import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'The websocket subprotocol must be graphql-transport-ws.',
  403: 'Websockets from this origin are refused.',
  404: 'There is no websocket at this address.',
  503: 'The server is shutting down.',
};

/** Answers a websocket handshake with an HTTP error and ends its connection. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  const body = JSON.stringify({ errors: [{ message: MESSAGES[status] ?? 'The handshake is refused.' }] });
  // The client may have left already, and there is nobody else to tell.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Cache-Control: no-store',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
