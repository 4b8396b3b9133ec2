import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { openConnection, readAll } from '../_util/raw-request.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { post, startToyServer } from '../_util/toy-server.ts';

const HELLO = '{ hello }';
/** Costs 2,022: as much as three operations. */
const COSTLY = '{ items(first: 20) { nodes { items(first: 100) { nodes { id } } } } }';

/** A clock that stands still until a test moves it. */
function createClock() {
  const clock = { ms: Date.now(), now: () => new Date(clock.ms) };
  return clock;
}

async function refusedHandshake(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
  const { promise, resolve } = Promise.withResolvers<{ status: number | undefined; retryAfter?: string }>();
  socket.on('unexpected-response', (_request, { statusCode, headers }) => {
    const retryAfter = headers['retry-after'];
    resolve({ status: statusCode, ...(retryAfter !== undefined && { retryAfter }) });
  });
  const answer = await promise;
  socket.on('error', () => undefined).terminate();
  return answer;
}

describe('the pace of a user', () => {
  test('is one for both transports, apart from that of others, and comes back with time', async () => {
    const clock = createClock();
    const limits = { ratePerUser: 4 };
    await using server = await startToyServer({ limits, now: clock.now });
    await using socket = await SocketClient.ready(server.url, { authorization: 'Bearer reader' });
    for (let count = 0; count < 2; count++) {
      expect((await post(server, HELLO, { token: 'reader' })).status).toBe(200);
      expect(await socket.run(`${count}`, HELLO)).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    }
    const refusal = { code: 'LIMIT_EXCEEDED', limit: 'ratePerUser', retryAfterMs: 15_000 };
    const refused = await post(server, HELLO, { token: 'reader' });
    expect(refused).toMatchObject({ status: 429, body: { errors: [{ extensions: refusal }] } });
    expect(refused.headers.get('retry-after')).toBe('15');
    expect(await socket.run('over', HELLO)).toMatchObject([
      { type: 'error', payload: [{ extensions: refusal }] },
    ]);
    expect((await post(server, HELLO, { token: 'writer' })).status).toBe(200);
    expect((await post(server, HELLO)).status).toBe(200);
    clock.ms += 15_000;
    expect(await socket.run('again', HELLO)).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
  });

  test('counts a costly operation as several, on both transports', async () => {
    const limits = { ratePerUser: 7 };
    await using server = await startToyServer({ limits, now: createClock().now });
    await using socket = await SocketClient.ready(server.url, { authorization: 'Bearer reader' });
    expect((await post(server, COSTLY, { token: 'reader' })).status).toBe(200);
    expect(await socket.run('1', COSTLY)).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    expect(await socket.run('2', COSTLY)).toMatchObject([
      { type: 'error', payload: [{ extensions: { limit: 'ratePerUser' } }] },
    ]);
    expect((await post(server, COSTLY, { token: 'reader' })).status).toBe(429);
  });
});

describe('the pace of an address', () => {
  test('counts requests without a token, handshakes and operations of sockets', async () => {
    const limits = { ratePerAddress: 5 };
    await using server = await startToyServer({ limits, now: createClock().now });
    await using socket = await SocketClient.ready(server.url);
    expect(await socket.run('1', HELLO)).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    expect((await post(server, HELLO)).status).toBe(200);
    expect((await fetch(server.url, { method: 'POST', body: 'no JSON' })).status).toBe(415);
    expect((await fetch(`${server.url}?query={hello}`)).status).toBe(400);
    expect(await post(server, HELLO, { token: 'admin' })).toMatchObject({
      status: 429,
      body: { errors: [{ extensions: { limit: 'ratePerAddress', retryAfterMs: 12_000 } }] },
    });
    // Probes are not counted, or whoever shares an address with them could have a server taken away.
    expect((await fetch(`${server.http.url}/ready`)).status).toBe(200);
    expect(await refusedHandshake(server.url)).toEqual({ status: 429, retryAfter: '12' });
    expect(await socket.run('2', HELLO)).toMatchObject([
      { type: 'error', payload: [{ extensions: { limit: 'ratePerAddress' } }] },
    ]);
  });

  test('is that of the client behind a trusted proxy, and cannot be chosen without one', async () => {
    const limits = { ratePerAddress: 1 };
    const statuses = async (trustProxy: readonly string[]) => {
      await using server = await startToyServer({ limits, trustProxy, now: createClock().now });
      const of = async (forwarded: string) =>
        (await post(server, HELLO, { headers: { 'x-forwarded-for': forwarded } })).status;
      return [await of('192.0.2.1'), await of('192.0.2.2'), await of('192.0.2.2')];
    };
    expect(await statuses(['loopback'])).toEqual([200, 200, 429]);
    expect(await statuses([])).toEqual([200, 429, 429]);
  });
});

describe('bad tokens', () => {
  test('stop being verified after too many of an address; remembered ones go on', async () => {
    const clock = createClock();
    let verified = 0;
    await using server = await startToyServer({
      limits: { failedTokensPerMinute: 3 },
      now: clock.now,
      isRemembered: (token) => token === 'admin',
      onVerify: () => void verified++,
    });
    for (let count = 0; count < 2; count++) {
      expect((await post(server, HELLO, { token: 'bad' })).status).toBe(401);
    }
    await using third = await SocketClient.connect(server.url);
    third.send({ type: 'connection_init', payload: { authorization: 'Bearer bad' } });
    expect((await third.closed).code).toBe(4403);
    const before = verified;
    const extensions = { limit: 'failedTokens', retryAfterMs: 20_000 };
    for (const token of ['bad', 'reader']) {
      expect(await post(server, HELLO, { token })).toMatchObject({
        status: 429,
        body: { errors: [{ extensions }] },
      });
    }
    await using fourth = await SocketClient.connect(server.url);
    fourth.send({ type: 'connection_init', payload: { authorization: 'Bearer reader' } });
    expect((await fourth.closed).code).toBe(1013);
    expect(verified).toBe(before);
    expect((await post(server, HELLO, { token: 'admin' })).status).toBe(200);
    expect((await post(server, HELLO)).status).toBe(200);
    clock.ms += 20_000;
    expect((await post(server, HELLO, { token: 'reader' })).status).toBe(200);
    expect(server.logged).toEqual([]);
  });

  test('good ones count for nothing, and one that cannot be verified in time is 503', async () => {
    await using server = await startToyServer({ limits: { failedTokensPerMinute: 1, verificationMs: 20 } });
    for (let count = 0; count < 5; count++) {
      expect((await post(server, HELLO, { token: 'reader' })).status).toBe(200);
    }
    const late = await post(server, HELLO, { token: 'hang' });
    expect(late).toMatchObject({ status: 503, body: { errors: [{ extensions: { code: 'UNAVAILABLE' } }] } });
    expect((await post(server, HELLO, { token: 'reader' })).status).toBe(200);
  });
});

describe('sockets', () => {
  test('too many of a user close with 4429, others go on, and a closed one makes room', async () => {
    await using server = await startToyServer({ limits: { socketsPerUser: 2 } });
    const token = { authorization: 'Bearer reader' };
    await using first = await SocketClient.ready(server.url, token);
    await using second = await SocketClient.ready(server.url, token);
    await using third = await SocketClient.connect(server.url);
    third.send({ type: 'connection_init', payload: token });
    expect(await third.closed).toEqual({ code: 4429, reason: 'Too many sockets' });
    await using other = await SocketClient.ready(server.url, { authorization: 'Bearer writer' });
    await using nobody = await SocketClient.ready(server.url);
    for (const socket of [first, other, nobody]) {
      expect(await socket.run('1', HELLO)).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    }
    second.socket.close();
    await second.closed;
    await using fourth = await SocketClient.ready(server.url, token);
    expect(fourth.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('too many of an address are refused with 429, also before they say who they are', async () => {
    await using server = await startToyServer({ limits: { socketsPerAddress: 2 } });
    await using silent = await SocketClient.connect(server.url);
    await using first = await SocketClient.ready(server.url, { authorization: 'Bearer reader' });
    expect(await refusedHandshake(server.url)).toEqual({ status: 429 });
    expect(await first.run('1', HELLO)).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    silent.socket.close();
    await silent.closed;
    await using next = await SocketClient.ready(server.url);
    expect(next.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('connections of an address that never send a byte are bounded too', async () => {
    await using server = await startToyServer({ limits: { connectionsPerAddress: 2 } });
    const one = await openConnection(server.http.port);
    const two = await openConnection(server.http.port);
    const three = await openConnection(server.http.port);
    expect(await readAll(three)).toBe('');
    one.destroy();
    two.destroy();
  });
});

describe('a page of another origin', () => {
  const own = (url: string) => new URL(url).origin;

  test.each<[string, (url: string) => string | undefined, string[], boolean]>([
    ['no browser', () => undefined, [], true],
    ['the server’s own', own, [], true],
    ['one of CORS_ORIGINS', () => 'https://app.example', ['https://app.example'], true],
    ['any, where all may', () => 'https://evil.example', ['*'], true],
    ['a foreign one', () => 'https://evil.example', ['https://app.example'], false],
    ['the same host, another port', (url) => own(url).replace(/\d+$/, '1'), [], false],
    ['the own name within another', (url) => `${own(url)}.evil.example`, [], false],
    ['the own name as a user of another', (url) => `http://${new URL(url).host}@evil.example`, [], false],
    ['an opaque one', () => 'null', [], false],
    ['none that can be read', () => '://', [], false],
    ['an empty one', () => '', [], false],
  ])('%s: %#', async (_title, toOrigin, corsOrigins, isAllowed) => {
    await using server = await startToyServer({ config: { host: '127.0.0.1', port: 0, corsOrigins } });
    const origin = toOrigin(server.url);
    const headers = origin === undefined ? {} : { origin };
    const answer = await post(server, 'mutation { touch }', { headers });
    expect(answer.status).toBe(isAllowed ? 200 : 403);
    expect(server.state.calls).toEqual(isAllowed ? ['touch'] : []);
    if (isAllowed) {
      await using socket = await SocketClient.ready(server.url, undefined, { headers });
      expect(await socket.run('1', HELLO)).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    } else {
      expect(answer.body.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
      expect(await refusedHandshake(server.url, { origin: origin ?? '' })).toEqual({ status: 403 });
    }
  });
});
