import { describe, expect, test } from 'vitest';

import { UnauthenticatedError } from '../../src/errors.ts';
import { RefreshPace } from '../../src/http/refresh-pace.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { type Principal } from '../../src/scope/principal.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { startToyServer } from '../_util/toy-server.ts';

const until = new Date(Date.now() + 3_600_000);
const EXPIRES = { expiresAt: until.toISOString() };

/** Tokens of one user whose names are their scopes; `slow:…` waits to be released. */
function startServer(limits: Record<string, number> = {}) {
  const slow = Promise.withResolvers<void>();
  const asked: string[] = [];
  const verify = async (token: string): Promise<Principal> => {
    asked.push(token);
    if (token === 'bad') throw new UnauthenticatedError('invalid');
    if (token === 'crash') throw new Error('password-in-text');
    if (token === 'hang') return new Promise(() => undefined);
    if (token.startsWith('slow')) await slow.promise;
    const scopes = token.endsWith('reader') ? ['secrets:read'] : [];
    const grants = new GrantSet(scopes);
    return { id: 'me', tokenId: token, issuedAt: null, grants, expiresAt: until, validUntil: until };
  };
  return { starting: startToyServer({ verify, limits }), slow, asked };
}

function ping(client: SocketClient, payload: Record<string, unknown>): void {
  client.send({ type: 'ping', payload });
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a ping', () => {
  test.each([[undefined], [{}], [{ n: 1 }], [{ authorization: null }]])(
    'with payload %j is answered with the same',
    async (payload) => {
      await using server = await startServer().starting;
      await using client = await SocketClient.ready(server.url, bearer('reader'));
      client.send({ type: 'ping', ...(payload && { payload }) });
      expect(await client.next()).toEqual({ type: 'pong', ...(payload && { payload }) });
    },
  );

  test('with a token never has it in its answer', async () => {
    await using server = await startServer().starting;
    await using client = await SocketClient.ready(server.url, bearer('reader'));
    for (const token of ['other', 'bad']) {
      ping(client, bearer(token));
      expect(JSON.stringify(await client.next())).not.toContain(`Bearer ${token}`);
    }
  });

  test('with one token and then another leaves the last, however slow the first was', async () => {
    const { starting, slow } = startServer();
    await using server = await starting;
    await using client = await SocketClient.ready(server.url, bearer('nobody'));
    ping(client, bearer('slow-nobody'));
    ping(client, bearer('reader'));
    ping(client, { n: 1 });
    expect(await client.next()).toEqual({ type: 'pong', payload: { n: 1 } });
    slow.resolve();
    expect(await client.next()).toEqual({ type: 'pong', payload: EXPIRES });
    expect(await client.next()).toEqual({ type: 'pong', payload: EXPIRES });
    const [answer] = await client.run('1', '{ secret { text } }');
    expect(answer?.payload).toEqual({ data: { secret: { text: 'the secret' } } });
  });

  test('with a token that cannot be verified changes nothing, and says no more than that', async () => {
    await using server = await startServer({ connectionInitMs: 50 }).starting;
    await using client = await SocketClient.ready(server.url, bearer('reader'));
    ping(client, bearer('crash'));
    expect(await client.next()).toEqual({
      type: 'pong',
      payload: { error: 'The token could not be verified.', code: 'INTERNAL_SERVER_ERROR' },
    });
    ping(client, bearer('hang'));
    expect((await client.next()).payload).toMatchObject({ code: 'UNAVAILABLE' });
    ping(client, { authorization: ['reader'] });
    expect((await client.next()).payload).toMatchObject({ code: 'UNAUTHENTICATED' });
    ping(client, { authorization: 'Basic x' });
    expect((await client.next()).payload).toMatchObject({ code: 'UNAUTHENTICATED' });
    const [answer] = await client.run('1', '{ secret { text } }');
    expect(answer?.payload).toEqual({ data: { secret: { text: 'the secret' } } });
  });

  test('with more tokens than a minute allows has them refused unread, and lives on', async () => {
    const { starting, asked } = startServer({ refreshesPerMinute: 3 });
    await using server = await starting;
    await using client = await SocketClient.ready(server.url, bearer('reader'));
    for (let count = 0; count < 200; count += 1) ping(client, bearer(`nobody${count}`));
    const pongs = [];
    while (pongs.length < 200) pongs.push((await client.next()).payload);
    expect(pongs.slice(0, 3)).toEqual([EXPIRES, EXPIRES, EXPIRES]);
    expect(pongs.at(-1)).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'refreshesPerMinute' });
    expect(asked).toHaveLength(4);
  });

  test.each([
    {
      title: 'two that differ',
      payload: { ...bearer('reader'), Authorization: 'Bearer nobody' },
      code: 4401,
    },
  ])('with $title closes with $code', async ({ payload, code }) => {
    await using server = await startServer().starting;
    await using client = await SocketClient.ready(server.url, bearer('reader'));
    ping(client, payload);
    expect((await client.closed).code).toBe(code);
  });

  test('with a token before connection_init closes with 4401, and on a socket without one with 4403', async () => {
    await using server = await startServer().starting;
    await using early = await SocketClient.connect(server.url);
    ping(early, bearer('reader'));
    expect((await early.closed).code).toBe(4401);
    await using nobody = await SocketClient.ready(server.url);
    ping(nobody, bearer('reader'));
    expect((await nobody.closed).code).toBe(4403);
  });

  test('with a token is told nothing of the one in the handshake', async () => {
    await using server = await startServer().starting;
    await using client = await SocketClient.ready(server.url, undefined, { headers: bearer('nobody') });
    ping(client, bearer('reader'));
    expect((await client.next()).payload).toEqual(EXPIRES);
  });
});

describe('the pace of refreshes', () => {
  test('gives so many at once, then one for each share of a minute', () => {
    let now = 0;
    const pace = new RefreshPace(3, () => now);
    for (let count = 0; count < 3; count += 1) pace.take();
    expect(() => pace.take()).toThrow('at most 3');
    now = 19_999;
    expect(() => pace.take()).toThrow('at most 3');
    now = 20_000;
    pace.take();
    expect(() => pace.take()).toThrow('at most 3');
    now = 1_000_000;
    for (let count = 0; count < 3; count += 1) pace.take();
    expect(() => pace.take()).toThrow('at most 3');
  });
});
