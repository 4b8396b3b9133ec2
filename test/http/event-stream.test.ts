import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { createClient } from 'graphql-sse';
import { describe, expect, test } from 'vitest';

import { EventReader } from '../_util/event-reader.ts';
import { openConnection, rawRequest, readAll } from '../_util/raw-request.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { post, startToyServer, toAnswer, type ToyServer } from '../_util/toy-server.ts';

const COMPLETE = { event: 'complete', data: null };
const next = (data: unknown) => ({ event: 'next', data });

function refused(code: string) {
  return next({ errors: [expect.objectContaining({ extensions: expect.objectContaining({ code }) })] });
}

describe('a stream', () => {
  test('begins with a comment, has a result in each event, and ends with complete', async () => {
    await using server = await startToyServer();
    await using reader = await EventReader.post(server.url, 'subscription { count(to: 3) }');
    const { status, headers } = reader.response;
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('content-encoding')).toBeNull();
    expect(headers.get('x-correlation-id')).not.toBeNull();
    expect(await reader.nextOfAny()).toEqual({ event: 'comment', data: null });
    const counted = [1, 2, 3].map((count) => next({ data: { count } }));
    expect(await reader.rest()).toEqual([...counted, COMPLETE]);
  });

  test('answers queries and mutations with one event', async () => {
    await using server = await startToyServer();
    await using query = await EventReader.post(server.url, '{ hello }');
    expect(await query.rest()).toEqual([next({ data: { hello: 'hello' } }), COMPLETE]);
    await using mutation = await EventReader.post(server.url, 'mutation { touch }');
    expect(await mutation.rest()).toEqual([next({ data: { touch: 'touched' } }), COMPLETE]);
  });

  test('is what the client of the protocol reads', async () => {
    await using server = await startToyServer();
    const client = createClient({ url: server.url, headers: { authorization: 'Bearer reader' } });
    const results: unknown[] = [];
    for await (const result of client.iterate({ query: 'subscription { agentEvents(id: "a1") }' }))
      results.push(result);
    expect(results).toEqual([{ data: { agentEvents: 1 } }]);
    client.dispose();
  });

  test('that its client leaves ends its source', async () => {
    await using server = await startToyServer();
    await using reader = await EventReader.post(server.url, 'subscription { stuck }');
    await server.state.called('stuck');
    await reader[Symbol.asyncDispose]();
    const [signal] = server.state.signals;
    if (signal?.aborted === false) await once(signal, 'abort');
    expect(signal?.aborted).toBe(true);
  });

  test('is kept alive by comments', async () => {
    await using server = await startToyServer({ limits: { keepAliveMs: 20 } });
    await using reader = await EventReader.post(server.url, 'subscription { stuck }');
    for (let count = 0; count < 3; count++)
      expect(await reader.nextOfAny()).toMatchObject({ event: 'comment' });
  });

  test('fails with the error of its source, and shows nothing of a bug', async () => {
    await using server = await startToyServer();
    await using reader = await EventReader.post(server.url, 'subscription { failAt(event: 1, how: "bug") }');
    const events = await reader.rest();
    expect(events).toEqual([next({ data: { failAt: 1 } }), refused('INTERNAL_SERVER_ERROR'), COMPLETE]);
    expect(JSON.stringify(events)).not.toContain('password');
  });
});

describe('who asks', () => {
  test('without a token is told so in the stream', async () => {
    await using server = await startToyServer();
    await using reader = await EventReader.post(server.url, 'subscription { mine }');
    expect(await reader.rest()).toEqual([refused('UNAUTHENTICATED'), COMPLETE]);
  });

  test.each(['unknown', 'reader, Bearer admin'])('with the token "%s" is refused with 401', async (token) => {
    await using server = await startToyServer();
    await using reader = await EventReader.post(server.url, 'subscription { count(to: 1) }', { token });
    const answer = await toAnswer(reader.response);
    expect(answer).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(answer.headers.get('x-correlation-id')).not.toBeNull();
  });

  test('without the scope is refused the subscription, and told which it is', async () => {
    await using server = await startToyServer();
    const query = 'subscription { agentEvents(id: "a2") }';
    await using reader = await EventReader.post(server.url, query, { token: 'reader' });
    const extensions = { code: 'FORBIDDEN', requiredScopes: [['agents:a2:read']] };
    const event = next({ errors: [expect.objectContaining({ extensions })] });
    expect(await reader.rest()).toEqual([event, COMPLETE]);
  });

  test('is told when the token expires, and the source ends', async () => {
    // Its clock stands still: however slowly all starts, the token has not expired before it is looked at.
    const at = new Date();
    await using server = await startToyServer({ expiresAt: new Date(at.getTime() + 300), now: () => at });
    await using reader = await EventReader.post(server.url, 'subscription { mine }', { token: 'reader' });
    expect(await reader.rest()).toEqual([next({ data: { mine: 1 } }), refused('UNAUTHENTICATED'), COMPLETE]);
    expect(server.state.signals[0]?.aborted).toBe(true);
  });

  test('is told when the token is revoked, and the source ends', async () => {
    const revocation = new EventEmitter();
    await using server = await startToyServer({
      onRevoked(_principal, callback) {
        revocation.once('revoked', callback);
        return () => revocation.off('revoked', callback);
      },
    });
    await using reader = await EventReader.post(server.url, 'subscription { mine }', { token: 'reader' });
    expect(await reader.next()).toEqual(next({ data: { mine: 1 } }));
    revocation.emit('revoked');
    expect(await reader.rest()).toEqual([refused('UNAUTHENTICATED'), COMPLETE]);
    expect(server.state.signals[0]?.aborted).toBe(true);
  });

  test('from a page of a foreign origin is refused, and one of an allowed origin may read it', async () => {
    const config = { host: '127.0.0.1', port: 0, corsOrigins: ['https://app.example'] };
    await using server = await startToyServer({ config });
    const ask = (origin: string) => EventReader.post(server.url, '{ hello }', { headers: { origin } });
    await using foreign = await ask('https://evil.example');
    expect(foreign.response.status).toBe(403);
    expect(server.state.calls).toEqual([]);
    await using own = await ask('https://app.example');
    expect(own.response.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(await own.rest()).toHaveLength(2);
  });
});

describe('a request', () => {
  test.each<[string, Record<string, string>, string, number]>([
    ['of a form of another site', { 'content-type': 'text/plain' }, '{"query":"{ hello }"}', 415],
    ['that is no JSON', {}, '{', 400],
    ['that is a list', {}, '[{"query":"{ hello }"}]', 400],
    ['without a query', {}, '{}', 400],
    ['whose query is a number', {}, '{"query":1}', 400],
    ['whose variables are a list', {}, '{"query":"{ hello }","variables":[]}', 400],
    ['whose extensions are a text', {}, '{"query":"{ hello }","extensions":"x"}', 400],
    ['whose operationName is a number', {}, '{"query":"{ hello }","operationName":1}', 400],
    ['that is too large', {}, `{"query":"{ hello }","x":"${'x'.repeat(2_000_000)}"}`, 413],
  ])('%s is refused with a status and runs nothing', async (_title, headers, body, status) => {
    await using server = await startToyServer();
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: {} }] });
    expect(server.state.calls).toEqual([]);
  });

  test.each([
    ['text/event-stream', true],
    ['text/event-stream, multipart/mixed', true],
    ['text/event-stream, application/json;q=0.5', true],
    ['application/graphql-response+json, application/json, text/event-stream', false],
    ['application/json, text/event-stream;q=0.9', false],
    ['application/json, text/event-stream', false],
    ['*/*', false],
    ['*/*, text/event-stream;q=0.9', false],
    ['application/*, text/event-stream;q=0.9', false],
    ['text/event-stream, */*;q=0.1', true],
    ['text/event-stream, */*', true],
  ])('that accepts %s: a stream is %s', async (accept, isStream) => {
    await using server = await startToyServer();
    await using reader = await EventReader.post(server.url, '{ hello }', { headers: { accept } });
    expect(reader.response.headers.get('content-type')?.includes('event-stream')).toBe(isStream);
  });

  test('by GET, as of a page of another site, is no stream', async () => {
    await using server = await startToyServer();
    const url = `${server.url}?query=${encodeURIComponent('{ hello }')}`;
    const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
    expect(response.status).toBe(406);
    expect(server.state.calls).toEqual([]);
  });

  test('that is half there when its client leaves is forgotten', async () => {
    await using server = await startToyServer({ limits: { socketsPerAddress: 1 } });
    const half = await openConnection(server.http.port);
    const head =
      'POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json';
    half.write(`${head}\r\nContent-Length: 100\r\n\r\n{"query`);
    await post(server, '{ hello }');
    half.destroy();
    await untilTaken(server);
    expect(server.state.calls).toContain('hello');
  });
});

/** Asks until there is room for another stream. */
async function untilTaken({ url }: ToyServer, token?: string): Promise<void> {
  for (;;) {
    await using reader = await EventReader.post(url, '{ hello }', token === undefined ? {} : { token });
    if (reader.response.status === 200) return;
    expect(reader.response.status).toBe(429);
  }
}

describe('limits', () => {
  test('streams count as sockets of their user, until they end', async () => {
    await using server = await startToyServer({ limits: { socketsPerUser: 2 } });
    await using socket = await SocketClient.ready(server.url, { authorization: 'Bearer reader' });
    const stream = await EventReader.post(server.url, 'subscription { mine }', { token: 'reader' });
    await stream.next();
    await using third = await EventReader.post(server.url, '{ hello }', { token: 'reader' });
    const extensions = { code: 'LIMIT_EXCEEDED', limit: 'socketsPerUser' };
    expect(await toAnswer(third.response)).toMatchObject({ status: 429, body: { errors: [{ extensions }] } });
    await using other = await EventReader.post(server.url, '{ hello }', { token: 'writer' });
    expect(other.response.status).toBe(200);
    expect(socket.socket.readyState).toBe(WebSocket.OPEN);
    await stream[Symbol.asyncDispose]();
    await untilTaken(server, 'reader');
  });

  test('and of their address', async () => {
    await using server = await startToyServer({ limits: { socketsPerAddress: 1 } });
    await using stream = await EventReader.post(server.url, 'subscription { stuck }');
    await using second = await EventReader.post(server.url, '{ hello }');
    expect([stream.response.status, second.response.status]).toEqual([200, 429]);
    await expect(SocketClient.connect(server.url)).rejects.toThrow('429');
  });

  test('the pace of a user is that of a POST, and the cost of an operation is told in the stream', async () => {
    await using server = await startToyServer({ limits: { ratePerUser: 2 } });
    const ask = (query: string) => EventReader.post(server.url, query, { token: 'reader' });
    await using costly = await ask('{ items(first: 100) { nodes { items(first: 50) { nodes { id } } } } }');
    expect(await costly.rest()).toEqual([refused('LIMIT_EXCEEDED'), COMPLETE]);
    await using second = await ask('{ hello }');
    expect(await second.rest()).toHaveLength(2);
    await using third = await ask('{ hello }');
    expect(third.response.status).toBe(429);
    expect(third.response.headers.get('retry-after')).not.toBeNull();
  });
});

describe('a client that does not read', () => {
  const FLOOD = JSON.stringify({ query: 'subscription { flood(bytes: 50000) }' });

  async function openFlood(server: ToyServer) {
    const socket = await openConnection(server.http.port);
    socket.pause();
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${FLOOD.length}\r\n\r\n${FLOOD}`,
    );
    return socket;
  }

  /** Sends queries until a whole row of them has gone by without another event. */
  async function untilStalled(server: ToyServer): Promise<number> {
    let still = 0;
    for (let seen = -1; still < 50;) {
      still = server.state.produced > 0 && server.state.produced === seen ? still + 1 : 0;
      seen = server.state.produced;
      await post(server, '{ hello }');
    }
    return server.state.produced;
  }

  test('stops its source, which goes on with it', async () => {
    await using server = await startToyServer();
    const socket = await openFlood(server);
    const produced = await untilStalled(server);
    expect(produced * 50_000).toBeLessThan(20_000_000);
    socket.resume();
    while (server.state.produced <= produced * 2) await delay(1);
    socket.destroy();
    await server.state.called('finished');
  });

  test('is cut off while it stalls', async () => {
    await using server = await startToyServer({ limits: { keepAliveMs: 100 } });
    const socket = await openFlood(server);
    await server.state.called('finished');
    expect(server.state.finished).toBe(1);
    socket.destroy();
  });
});

describe('when the server stops', () => {
  test('streams end without complete, so that clients ask again, and their sources with them', async () => {
    await using server = await startToyServer();
    await using reader = await EventReader.post(server.url, 'subscription { stuck }');
    await server.state.called('stuck');
    await server.http.stop({ graceMs: 10_000 });
    expect(await reader.rest()).toEqual([]);
    expect(server.state.signals[0]?.aborted).toBe(true);
  });

  test('one that does not read is cut off after the grace', async () => {
    await using server = await startToyServer();
    const socket = await openConnection(server.http.port);
    socket.pause();
    const body = JSON.stringify({ query: 'subscription { flood(bytes: 50000) }' });
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    while (server.state.produced === 0) await delay(1);
    await server.http.stop({ graceMs: 50 });
    expect(server.state.finished).toBe(1);
    socket.destroy();
  });
});

test('two requests of one connection are answered one after the other', async () => {
  await using server = await startToyServer();
  const request = (query: string, end: string) => {
    const body = JSON.stringify({ query });
    return `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n${end}Content-Length: ${body.length}\r\n\r\n${body}`;
  };
  const text = request('subscription { count(to: 2) }', '') + request('{ hello }', 'Connection: close\r\n');
  const { status, body } = await rawRequest(server.http.port, text);
  expect(status).toBe(200);
  expect(body.match(/event: \w+/g)).toEqual([
    'event: next',
    'event: next',
    'event: complete',
    'event: next',
    'event: complete',
  ]);
});

test('a client of HTTP/1.0 reads to the end of the connection', async () => {
  await using server = await startToyServer();
  const socket = await openConnection(server.http.port);
  const body = '{"query":"{ hello }"}';
  socket.write(
    `POST /graphql HTTP/1.0\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  expect(await readAll(socket)).toMatch(
    /\r\n\r\n:\n\nevent: next\ndata: {"data":{"hello":"hello"}}\n\nevent: complete/,
  );
});
