import { expect } from 'vitest';

import { SocketClient } from '../_util/socket-client.ts';
import { assertTight } from './ask.ts';
import { type AttackCase } from './attack-case.ts';
import { docToken } from './doc-server.ts';
import { bearer, CHANGES, join, ownCase, READ, urlOf } from './own-case.ts';

const UNTIL = new Date('2026-01-01T01:00:00Z');
let clock = new Date(0);

export const RIGHTS: readonly AttackCase[] = [
  ownCase({
    number: 97,
    title: 'a token expires while a stream runs',
    async run(server) {
      const token = docToken(READ, { exp: Date.now() + 300 });
      await using client = await SocketClient.ready(urlOf(server), bearer(token));
      client.subscribe('1', CHANGES);
      expect((await client.next()).type).toBe('next');
      expect(await client.closed).toEqual({ code: 4403, reason: 'Token expired' });
      await server.state.ended;
      expect(server.state.open).toBe(0);
    },
  }),
  ownCase({
    number: 98,
    title: 'an operation after the token has expired',
    options: { now: () => clock },
    async run(server) {
      clock = new Date(UNTIL.getTime() - 1000);
      const token = docToken(['docs:write'], { exp: UNTIL.getTime() });
      await using client = await SocketClient.ready(urlOf(server), bearer(token));
      clock = UNTIL;
      client.subscribe('1', 'mutation { editDoc { id } }');
      expect(await client.closed).toEqual({ code: 4403, reason: 'Token expired' });
      expect(server.state.ran).toEqual([]);
    },
  }),
  ownCase({
    number: 100,
    title: 'a new token of the same user is taken, one of another ends the socket',
    async run(server) {
      await using client = await join(server);
      client.send({ type: 'ping', payload: bearer(docToken(['docs:write'])) });
      expect((await client.next()).payload).toHaveProperty('expiresAt');
      expect(await client.run('1', 'mutation { editDoc { id } }')).toHaveLength(2);
      client.send({ type: 'ping', payload: bearer(docToken(['agent_os:admin'], { sub: 'root' })) });
      client.subscribe('2', '{ doc(id: "1") { secret } }');
      const closed = await client.closed;
      expect(closed).toEqual({ code: 4403, reason: 'Token of another user' });
      expect(server.state.ran).toEqual(['editDoc']);
    },
  }),
  ownCase({
    number: 100,
    title: 'a new token of fewer scopes ends what it does not allow',
    async run(server) {
      await using client = await join(server);
      client.subscribe('1', CHANGES);
      expect((await client.next()).type).toBe('next');
      client.send({ type: 'ping', payload: bearer(docToken([])) });
      expect((await client.next()).type).toBe('pong');
      server.state.change();
      const told = await client.next();
      expect(told).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'FORBIDDEN' } }] });
      await server.state.ended;
    },
  }),
  ownCase({
    number: 100,
    title: 'a new token that has expired, or will not do, changes nothing',
    async run(server) {
      await using client = await join(server);
      for (const token of [docToken(['agent_os:admin'], { exp: 1 }), 'bad']) {
        client.send({ type: 'ping', payload: bearer(token) });
        expect((await client.next()).payload).toMatchObject({ code: 'UNAUTHENTICATED' });
      }
      const [answer] = await client.run('1', '{ doc(id: "1") { secret } }');
      assertTight(JSON.stringify(answer));
    },
  }),
  ownCase({
    number: 101,
    title: 'the next event is judged by the rights of then, in its nested fields as well',
    async run(server) {
      await using client = await join(server, [...READ, 'docs:secret']);
      client.subscribe('1', 'subscription { docChanged(id: "1") { title secret } }');
      const first = (await client.next()).payload;
      expect(first).toMatchObject({ data: { docChanged: { secret: expect.anything() } } });
      client.send({ type: 'ping', payload: bearer(docToken(READ)) });
      expect((await client.next()).type).toBe('pong');
      server.state.change();
      const second = await client.next();
      assertTight(JSON.stringify(second));
      const errors = [{ path: ['docChanged', 'secret'], extensions: { code: 'FORBIDDEN' } }];
      const data = { docChanged: { title: 'title', secret: null } };
      expect(second.payload).toMatchObject({ data, errors });
    },
  }),
];
