import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { UnsecuredJWT } from 'jose';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import { createAmbitClient } from '../../src/client.ts';

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly authorization?: string };
}

it('a stream that ended with the old token, while the next was on its way, is asked for with the next', async () => {
  const first = new UnsecuredJWT({}).setExpirationTime(Math.floor(Date.now() / 1000) + 2).encode();
  const given: unknown[] = [];
  await using server = await listen((socket, { id, type, payload }) => {
    const send = (message: object): void => socket.send(JSON.stringify(message));
    if (type === 'connection_init') {
      given.push(payload?.authorization);
      send({ type: 'connection_ack' });
    } else if (type === 'ping' && payload?.authorization !== undefined) {
      // It has been judged by the old token before this one was read.
      const errors = [{ message: 'The bearer token has expired.', extensions: { code: 'UNAUTHENTICATED' } }];
      for (const open of server.open.splice(0)) send({ id: open, type: 'error', payload: errors });
      socket.close(4403, 'Token expired');
    } else if (type === 'subscribe' && id !== undefined) {
      server.open.push(id);
      send({ id, type: 'next', payload: { data: { n: given.length } } });
      if (given.length > 1) send({ id, type: 'complete' });
    }
  });
  const tokens = [first, 'second'];
  const client = createAmbitClient({
    url: server.url,
    transport: 'websocket',
    token: () => tokens.shift() ?? 'second',
    retry: { firstDelayMs: 1, patienceMs: 5000 },
  });
  const seen: unknown[] = [];
  for await (const data of client.subscribe<{ n: number }, object>('subscription { n }')) seen.push(data);
  expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
  expect(given).toEqual([`Bearer ${first}`, 'Bearer second']);
  await client.dispose();
});

/** A server of graphql-transport-ws that says what it is told to. */
async function listen(
  onMessage: (
    socket: { send(text: string): void; close(code: number, reason: string): void },
    message: Message,
  ) => void,
) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => {
    // What the client library sends is text.
    socket.on('message', (data) => onMessage(socket, JSON.parse(String(data)) as Message));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens
  const open: string[] = [];
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    open,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
