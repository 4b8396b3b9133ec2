import { expect } from 'vitest';

import { rawRequest } from '../_util/raw-request.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { ask } from './ask.ts';
import { type AttackCase, BOTH } from './attack-case.ts';
import { bearer, ownCase, refusedUpgrade, TRANSPORT_WS, urlOf } from './own-case.ts';

export const OPENING: readonly AttackCase[] = [
  ownCase({
    number: 91,
    title: 'what verifies tokens hangs',
    over: BOTH,
    options: { limits: { connectionInitMs: 50, verificationMs: 50 } },
    async run(server, over) {
      if (over === 'HTTP') {
        const answer = await ask(over, { url: server.http.url, token: 'hang', query: '{ public }' });
        expect(answer.status).toBe(503);
      } else {
        await using client = await SocketClient.connect(urlOf(server));
        client.send({ type: 'connection_init', payload: bearer('hang') });
        expect([4408, 1013]).toContain((await client.closed).code);
      }
    },
  }),
  ownCase({
    number: 92,
    title: 'subscribe before the acknowledgement',
    async run(server) {
      await using client = await SocketClient.connect(urlOf(server));
      client.subscribe('1', '{ public }');
      expect(await client.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    },
  }),
  ...[['graphql-ws'], []].map((protocols) =>
    ownCase({
      number: 92,
      title: `with the subprotocols ${JSON.stringify(protocols)}`,
      run: async (server) => expect(await refusedUpgrade(urlOf(server), protocols)).toBe(400),
    }),
  ),
  ownCase({
    number: 94,
    title: 'a bad token',
    over: BOTH,
    async run(server, over) {
      if (over === 'HTTP') {
        expect((await ask(over, { url: server.http.url, token: 'bad', query: '{ public }' })).status).toBe(
          401,
        );
      } else {
        await using client = await SocketClient.connect(urlOf(server));
        client.send({ type: 'connection_init', payload: bearer('bad') });
        expect(await client.closed).toEqual({ code: 4403, reason: 'Token refused' });
      }
    },
  }),
  ...['https://evil.example', 'null', 'http://127.0.0.1:1'].map((origin) =>
    ownCase({
      number: 95,
      title: `from a page of ${origin}`,
      run: async (server) =>
        expect(await refusedUpgrade(urlOf(server), [TRANSPORT_WS], { origin })).toBe(403),
    }),
  ),
  ...['/', '/graphql/x', '/socket'].map((path) =>
    ownCase({
      number: 118,
      title: `a handshake for ${path}`,
      run: async ({ http }) => expect(await refusedUpgrade(http.url + path, [TRANSPORT_WS])).toBe(404),
    }),
  ),
  ownCase({
    number: 118,
    title: 'a handshake with a body, for another path',
    async run({ http }) {
      const head = `POST /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 5`;
      expect((await rawRequest(http.port, `${head}\r\n\r\nhello`)).status).toBe(404);
    },
  }),
];
