import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import { DEFAULT_HTTP_LIMITS } from '../../src/http/http-limits.ts';
import { SocketConnection } from '../../src/http/socket-connection.ts';
import { createLogger } from '../../src/lib/logger.ts';

it('what is sent to a client that has just gone is dropped, and is no error', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new WebSocketServer({ server });
  const { port } = server.address() as AddressInfo; // it listens
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  try {
    // As ws gives them.
    const [connected] = await Promise.all([once(sockets, 'connection'), once(client, 'open')]);
    const [socket, request] = connected as [WebSocket, IncomingMessage];
    const options = {
      request,
      address: '127.0.0.1',
      limits: DEFAULT_HTTP_LIMITS,
      log: createLogger('silent'),
    };
    const connection = new SocketConnection(socket, options);
    const closed = once(socket, 'close');
    request.socket.destroy();
    expect(connection.isOpen).toBe(true);
    await expect(connection.send('too late')).resolves.toBeUndefined();
    await closed;
    await expect(connection.send('later still')).resolves.toBeUndefined();
  } finally {
    client.terminate();
    sockets.close();
    server.close();
  }
});
