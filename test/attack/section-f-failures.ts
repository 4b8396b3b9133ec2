import { expect } from 'vitest';

import { SocketClient } from '../_util/socket-client.ts';
import { ask, assertTight, codesOf } from './ask.ts';
import { type AttackCase, BOTH } from './attack-case.ts';
import { CHANGES, join, ownCase, urlOf } from './own-case.ts';

let contexts = 0;
export const FAILURES: readonly AttackCase[] = [
  ...['subscription { docChanged(id: "1") ', 'subscription { failing }', 'subscription { nothing }'].map(
    (query) =>
      ownCase({
        number: query.includes('failing') ? 107 : 106,
        title: `${query} beside a stream`,
        async run(server) {
          await using client = await join(server);
          client.subscribe('good', CHANGES);
          expect((await client.next()).id).toBe('good');
          const [failed] = await client.run('bad', query);
          expect(failed).toMatchObject({ id: 'bad', type: 'error' });
          assertTight(JSON.stringify(failed));
          server.state.change();
          expect(await client.next()).toMatchObject({ id: 'good', type: 'next' });
        },
      }),
  ),
  ownCase({
    number: 107,
    title: 'what makes the context throws',
    over: BOTH,
    options: {
      createContext(input) {
        if (contexts++ % 2 === 0) throw new Error('MARKER');
        return input;
      },
    },
    async run({ http }, over) {
      contexts = 0;
      const answer = await ask(over, { url: http.url, query: '{ public }' });
      assertTight(answer.text);
      expect(codesOf(answer)).toEqual(['INTERNAL_SERVER_ERROR']);
    },
  }),
  ownCase({
    number: 113,
    title: 'complete for ids of nobody and of others',
    async run(server) {
      await using owner = await join(server);
      owner.subscribe('1', CHANGES);
      expect((await owner.next()).type).toBe('next');
      await using client = await join(server);
      for (const id of ['1', 'x', '__proto__']) client.send({ type: 'complete', id });
      expect(await client.run('2', '{ public }')).toHaveLength(2);
      server.state.change();
      expect(await owner.next()).toMatchObject({ id: '1', type: 'next' });
    },
  }),
  ownCase({
    number: 113,
    title: 'complete right behind subscribe',
    async run(server) {
      await using client = await join(server);
      client.subscribe('1', CHANGES);
      client.send({ type: 'complete', id: '1' });
      const after = await client.run('2', '{ public }');
      expect(after.filter(({ id }) => id === '1').length).toBeLessThan(2);
      server.state.change();
      expect(await client.run('3', '{ public }')).toMatchObject([{ id: '3' }, { id: '3' }]);
      expect(server.state.open).toBe(0);
    },
  }),
  ownCase({
    number: 115,
    title: 'the server stops with clients that live and that are frozen',
    async run(server) {
      await using live = await join(server);
      await using frozen = await join(server);
      for (const client of [live, frozen]) {
        client.subscribe('1', CHANGES);
        expect((await client.next()).type).toBe('next');
      }
      frozen.socket.pause();
      await server.http.stop({ graceMs: 50 });
      expect(await live.closed).toEqual({ code: 1001, reason: 'Server shutting down' });
      expect(server.state.open).toBe(0);
      frozen.socket.resume();
    },
  }),
  ownCase({
    number: 116,
    title: 'a peer that is not there any more',
    options: { limits: { keepAliveMs: 30 } },
    async run(server) {
      await using client = await SocketClient.ready(urlOf(server), undefined, { ws: { autoPong: false } });
      expect((await client.closed).code).toBe(1006);
    },
  }),
];
