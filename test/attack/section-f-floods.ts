import { expect } from 'vitest';

import { SocketClient } from '../_util/socket-client.ts';
import { ask, codesOf } from './ask.ts';
import { type AttackCase, BOTH } from './attack-case.ts';
import { docToken } from './doc-server.ts';
import { assertUnharmed, CHANGES, join, ownCase, refusedUpgrade, TRANSPORT_WS, urlOf } from './own-case.ts';

export const FLOODS: readonly AttackCase[] = [
  ownCase({
    number: 103,
    title: 'one operation too many of a socket',
    options: { limits: { operationsPerSocket: 2 } },
    async run(server) {
      await using client = await join(server);
      for (const id of ['1', '2']) client.subscribe(id, CHANGES);
      for (let count = 0; count < 2; count++) expect((await client.next()).type).toBe('next');
      const [refused] = await client.run('3', CHANGES);
      expect(refused).toMatchObject({ payload: [{ extensions: { limit: 'operationsPerSocket' } }] });
      expect(server.state.open).toBe(2);
    },
  }),
  ownCase({
    number: 103,
    title: 'one socket too many of a user, and of an address',
    options: { limits: { socketsPerUser: 1, socketsPerAddress: 3 } },
    async run(server) {
      await using first = await join(server);
      await expect(join(server)).rejects.toThrow('4429');
      await using second = await SocketClient.ready(urlOf(server));
      await using third = await SocketClient.ready(urlOf(server));
      expect(await refusedUpgrade(urlOf(server), [TRANSPORT_WS])).toBe(429);
      for (const client of [first, second]) expect(await client.run('1', '{ public }')).toHaveLength(2);
      await third[Symbol.asyncDispose]();
    },
  }),
  ownCase({
    number: 103,
    title: 'more operations than a user has in a minute',
    over: BOTH,
    options: { limits: { ratePerUser: 3 } },
    async run({ http }, over) {
      const asked = { url: http.url, token: docToken([]), query: '{ public }' };
      const codes = [];
      for (let count = 0; count < 4; count++) codes.push(codesOf(await ask(over, asked)));
      expect(codes).toEqual([[], [], [], ['LIMIT_EXCEEDED']]);
    },
  }),
  ownCase({
    number: 104,
    title: 'a message of 2 MB, whole and in fragments',
    async run(server) {
      for (const isWhole of [true, false]) {
        await using client = await join(server);
        const half = 'x'.repeat(isWhole ? 2_000_000 : 700_000);
        if (!isWhole) client.socket.send(half, { fin: false });
        client.socket.send(half, { fin: true });
        expect((await client.closed).code).toBe(1009);
      }
    },
  }),
  ownCase({
    number: 104,
    title: 'an id of 1 MB',
    async run(server) {
      await using client = await join(server);
      client.subscribe('x'.repeat(1_000_000), '{ public }');
      expect(await client.closed).toEqual({ code: 4400, reason: 'Bad message' });
    },
  }),
  ownCase({
    number: 104,
    title: 'no compression is agreed on, so that nothing can be blown up',
    async run(server) {
      await using client = await SocketClient.ready(urlOf(server), undefined, {
        ws: { perMessageDeflate: true },
      });
      expect(client.socket.extensions).toBe('');
    },
  }),
  ownCase({
    number: 104,
    title: '2,000 pings',
    options: { limits: { messagesPerSecond: 1500 } },
    async run(server) {
      await using client = await join(server);
      for (let count = 0; count < 2000; count++) client.send({ type: 'ping' });
      await assertUnharmed(server);
      for (let count = 0; count < 2000; count++) expect(await client.next()).toEqual({ type: 'pong' });
    },
  }),
  ownCase({
    number: 112,
    title: 'a client that does not read',
    async run(server) {
      await using client = await join(server);
      client.socket.pause();
      client.subscribe('1', 'subscription { flood }');
      await using other = await SocketClient.ready(urlOf(server));
      for (let still = 0, seen = -1; still < 50; seen = server.state.produced) {
        still = server.state.produced === seen ? still + 1 : 0;
        expect(await other.run('1', '{ public }')).toHaveLength(2);
      }
      // What the kernels of both ends hold.
      expect(server.state.produced * 50_000).toBeLessThan(20_000_000);
    },
  }),
];
