import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { SocketClient } from '../_util/socket-client.ts';
import { startToyServer } from '../_util/toy-server.ts';

const READER = { authorization: 'Bearer reader' };

describe('the handshake', () => {
  test.each([
    { title: 'without a subprotocol', protocols: [], path: '/graphql', status: 400 },
    { title: 'for the legacy subprotocol', protocols: ['graphql-ws'], path: '/graphql', status: 400 },
    { title: 'on another path', protocols: ['graphql-transport-ws'], path: '/graphql/x', status: 404 },
    { title: 'on the root', protocols: ['graphql-transport-ws'], path: '/', status: 404 },
  ])('$title is refused with $status', async ({ protocols, path, status }) => {
    await using server = await startToyServer();
    const socket = new WebSocket(server.http.url.replace('http', 'ws') + path, protocols);
    const refused = Promise.withResolvers<number | undefined>();
    socket.on('unexpected-response', (_request, response) => refused.resolve(response.statusCode));
    expect(await refused.promise).toBe(status);
    socket.on('error', () => undefined).terminate();
  });

  test('one of several subprotocols will do', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url, undefined, {
      protocols: ['other', 'graphql-transport-ws'],
    });
    expect(client.socket.protocol).toBe('graphql-transport-ws');
  });

  test('a token in the query string is no token', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(`${server.url}?authorization=Bearer%20reader&token=reader`);
    expect(await client.run('1', '{ me }')).toMatchObject([
      { type: 'error', payload: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
  });
});

describe('connection_init', () => {
  test.each([
    { title: 'the payload', payload: READER, headers: {} },
    { title: 'the payload, with a capital', payload: { Authorization: 'bearer reader' }, headers: {} },
    { title: "the handshake's header", payload: undefined, headers: READER },
    { title: 'both, the same', payload: READER, headers: READER },
  ])('a good token in $title is accepted', async ({ payload, headers }) => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url, payload, { headers });
    const [message] = await client.run('1', '{ me secret { text } }');
    expect(message?.payload).toEqual({ data: { me: 'reader', secret: { text: 'the secret' } } });
  });

  test.each([
    {
      title: 'an unknown token',
      payload: { authorization: 'Bearer unknown' },
      code: 4403,
      reason: 'Token refused',
    },
    {
      title: 'another scheme',
      payload: { authorization: 'Basic eDp5' },
      code: 4403,
      reason: 'Token refused',
    },
    { title: 'a bare token', payload: { authorization: 'reader' }, code: 4403, reason: 'Token refused' },
    { title: 'an empty value', payload: { authorization: '' }, code: 4403, reason: 'Token refused' },
    {
      title: 'a value that is no text',
      payload: { authorization: { bearer: 'reader' } },
      code: 4403,
      reason: 'Token refused',
    },
    {
      title: 'a value that is a list',
      payload: { authorization: ['Bearer reader'] },
      code: 4403,
      reason: 'Token refused',
    },
    {
      title: 'two that differ',
      payload: { authorization: 'Bearer reader', Authorization: 'Bearer admin' },
      code: 4401,
      reason: 'Unauthorized',
    },
    {
      title: 'keys that are away',
      payload: { authorization: 'Bearer keys-away' },
      code: 1013,
      reason: 'Try again later',
    },
    {
      title: 'a crash',
      payload: { authorization: 'Bearer crash' },
      code: 4500,
      reason: 'Internal server error',
    },
  ])('$title closes with $code', async ({ payload, code, reason }) => {
    await using server = await startToyServer();
    await using client = await SocketClient.connect(server.url);
    client.send({ type: 'connection_init', payload });
    expect(await client.closed).toEqual({ code, reason });
  });

  test('a payload and a header that differ close with 4401', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.connect(server.url, {
      headers: { authorization: 'Bearer admin' },
    });
    client.send({ type: 'connection_init', payload: READER });
    expect(await client.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  test('a bad header closes with 4403 whatever the payload says', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.connect(server.url, { headers: { authorization: 'Basic eDp5' } });
    client.send({ type: 'connection_init', payload: READER });
    expect((await client.closed).code).toBe(4403);
  });

  test('one that never comes closes with 4408', async () => {
    await using server = await startToyServer({ limits: { connectionInitMs: 20 } });
    await using client = await SocketClient.connect(server.url);
    expect(await client.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  test('one whose verification hangs closes with 4408', async () => {
    await using server = await startToyServer({ limits: { connectionInitMs: 20 } });
    await using client = await SocketClient.connect(server.url);
    client.send({ type: 'connection_init', payload: { authorization: 'Bearer hang' } });
    expect((await client.closed).code).toBe(4408);
  });

  test('a second one closes with 4429, a subscribe before it with 4401', async () => {
    await using server = await startToyServer();
    await using twice = await SocketClient.ready(server.url);
    twice.send({ type: 'connection_init' });
    expect((await twice.closed).code).toBe(4429);
    await using early = await SocketClient.connect(server.url);
    early.subscribe('1', '{ hello }');
    expect((await early.closed).code).toBe(4401);
    await using hasty = await SocketClient.connect(server.url);
    hasty.send({ type: 'connection_init', payload: { authorization: 'Bearer hang' } });
    hasty.subscribe('1', '{ hello }');
    expect((await hasty.closed).code).toBe(4401);
    expect(server.state.calls).toEqual([]);
  });

  test('without a token there are the public fields only', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url);
    expect(await client.run('1', '{ hello }')).toMatchObject([
      { payload: { data: { hello: 'hello' } } },
      { type: 'complete' },
    ]);
    for (const query of ['{ me }', 'subscription { mine }', 'mutation { write(text: "x") { id } }']) {
      expect(await client.run('2', query)).toMatchObject([
        { type: 'error', payload: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
      ]);
    }
    expect(server.state.calls).toEqual(['hello']);
  });
});

describe('operations', () => {
  test('queries, mutations and subscriptions have the rights of the token', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url, READER);
    expect(await client.run('q', '{ agent(id: "a1") { id } }')).toMatchObject([
      { payload: { data: { agent: { id: 'a1' } } } },
      {},
    ]);
    expect(await client.run('m', 'mutation { touch }')).toMatchObject([
      { payload: { data: { touch: 'touched' } } },
      {},
    ]);
    expect(await client.run('s', 'subscription { agentEvents(id: "a1") }')).toMatchObject([
      { payload: { data: { agentEvents: 1 } } },
      {},
    ]);
    expect(await client.run('f', 'subscription { agentEvents(id: "a2") }')).toMatchObject([
      {
        type: 'error',
        payload: [{ extensions: { code: 'FORBIDDEN', requiredScopes: [['agents:a2:read']] } }],
      },
    ]);
  });

  test('the events of a subscription come in order, and then complete', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url);
    const messages = await client.run('s', 'subscription { count(to: 3) }');
    expect(messages).toEqual([
      ...[1, 2, 3].map((count) => ({ id: 's', type: 'next', payload: { data: { count } } })),
      { id: 's', type: 'complete' },
    ]);
  });

  test.each([
    [
      'subscription { failToStart(how: "notFound") }',
      [{ type: 'error', payload: [{ extensions: { code: 'NOT_FOUND' } }] }],
    ],
    [
      'subscription { failToStart(how: "bug") }',
      [{ type: 'error', payload: [{ message: 'Internal server error.' }] }],
    ],
    [
      'subscription { failAt(event: 1, how: "bug") }',
      [{ type: 'next' }, { type: 'error', payload: [{ message: 'Internal server error.' }] }],
    ],
    [
      'subscription { failAt(event: 1, how: "expired") }',
      [{ type: 'next' }, { type: 'error', payload: [{ extensions: { code: 'UNAUTHENTICATED' } }] }],
    ],
    [
      'subscription { failAt(event: 1, how: "text") }',
      [{ type: 'next' }, { type: 'error', payload: [{ message: 'Internal server error.' }] }],
    ],
    [
      'subscription { count(to: 1) ',
      [{ type: 'error', payload: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] }],
    ],
    [
      'subscription { cnt }',
      [{ type: 'error', payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }],
    ],
  ])('%s fails for itself alone', async (query, expected) => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url, READER);
    client.subscribe('other', 'subscription { mine }');
    expect(await client.next()).toMatchObject({ id: 'other', type: 'next' });
    expect(await client.run('bad', query)).toMatchObject(expected);
    expect(await client.run('good', '{ hello }')).toHaveLength(2);
    expect(server.state.signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  test('createContext that throws fails that operation alone, masked', async () => {
    let calls = 0;
    await using server = await startToyServer({
      createContext(input) {
        if (++calls === 1) throw new Error('hidden');
        return input;
      },
    });
    await using client = await SocketClient.ready(server.url);
    expect(await client.run('1', '{ hello }')).toMatchObject([
      { type: 'error', payload: [{ message: 'Internal server error.' }] },
    ]);
    expect(await client.run('2', '{ hello }')).toHaveLength(2);
  });

  test.each([
    ['{ wait }', 'wait'],
    ['subscription { mine }', 'mine'],
    ['subscription { stuck }', 'stuck'],
  ])('complete aborts the signal of %s and nothing more is sent for it', async (query, resolver) => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url, READER);
    client.subscribe('1', query);
    await server.state.called(resolver);
    if (resolver === 'mine') await client.next();
    client.send({ type: 'complete', id: '1' });
    expect(await client.run('2', '{ hello }')).toMatchObject([{ id: '2' }, { id: '2' }]);
    expect(server.state.signals.map(({ aborted }) => aborted)).toEqual([true]);
    // The id is free again.
    expect(await client.run('1', '{ hello }')).toMatchObject([{ id: '1' }, { id: '1' }]);
  });

  test('complete for an id that runs nothing is ignored', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url);
    for (const id of ['nothing', '__proto__', 'constructor']) client.send({ type: 'complete', id });
    expect(await client.run('1', '{ hello }')).toHaveLength(2);
  });

  test('a client that leaves aborts the signals of its operations', async () => {
    await using server = await startToyServer();
    const client = await SocketClient.ready(server.url, READER);
    client.subscribe('1', '{ wait }');
    await server.state.called('wait');
    await client[Symbol.asyncDispose]();
    await server.state.called('waited');
    expect(server.state.signals[0]?.aborted).toBe(true);
  });

  test('one more than the limit of a socket is refused, and goes once another has ended', async () => {
    await using server = await startToyServer({ limits: { operationsPerSocket: 2 } });
    await using client = await SocketClient.ready(server.url);
    client.subscribe('1', 'subscription { stuck }');
    client.subscribe('2', 'subscription { stuck }');
    expect(await client.run('3', '{ hello }')).toMatchObject([
      { type: 'error', payload: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'operationsPerSocket' } }] },
    ]);
    client.send({ type: 'complete', id: '1' });
    expect(await client.run('3', '{ hello }')).toHaveLength(2);
  });

  test('an id that is in use closes with 4409, also one as long as ids may be', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url);
    const id = 'é'.repeat(128);
    client.subscribe(id, 'subscription { stuck }');
    client.subscribe(id, 'subscription { stuck }');
    expect(await client.closed).toEqual({ code: 4409, reason: 'Operation id in use' });
  });

  test('ids may have the names of properties of every object', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.ready(server.url);
    for (const id of ['__proto__', 'constructor', 'toString']) {
      expect(await client.run(id, '{ hello }')).toMatchObject([
        { id, type: 'next' },
        { id, type: 'complete' },
      ]);
    }
  });
});

describe('the end of a token', () => {
  test('closes the socket with 4403 while a stream runs, and aborts it', async () => {
    const expiresAt = new Date(Date.now() + 300);
    await using server = await startToyServer({ expiresAt });
    await using client = await SocketClient.ready(server.url, READER);
    client.subscribe('1', 'subscription { mine }');
    expect(await client.next()).toMatchObject({ type: 'next' });
    expect(await client.closed).toEqual({ code: 4403, reason: 'Token expired' });
    expect(server.state.signals[0]?.aborted).toBe(true);
  });

  test('is seen by a subscribe before the timer', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const expiresAt = new Date('2026-01-01T01:00:00Z');
    await using server = await startToyServer({ expiresAt, now: () => now });
    await using client = await SocketClient.ready(server.url, READER);
    expect(await client.run('1', '{ me }')).toHaveLength(2);
    now = expiresAt;
    client.subscribe('2', '{ me }');
    expect(await client.closed).toEqual({ code: 4403, reason: 'Token expired' });
  });

  test('that is years away fires no timer', async () => {
    await using server = await startToyServer({ expiresAt: new Date('2200-01-01') });
    await using client = await SocketClient.ready(server.url, READER);
    expect(await client.run('1', '{ me }')).toHaveLength(2);
    expect(await client.run('2', '{ me }')).toHaveLength(2);
  });

  test('that is past when the socket is accepted closes it at once', async () => {
    await using server = await startToyServer({ expiresAt: new Date(0) });
    await using client = await SocketClient.connect(server.url);
    client.send({ type: 'connection_init', payload: READER });
    expect(await client.closed).toEqual({ code: 4403, reason: 'Token expired' });
  });
});

describe('keeping alive', () => {
  test('a client that answers pings stays', async () => {
    await using server = await startToyServer({ limits: { keepAliveMs: 30 } });
    await using client = await SocketClient.ready(server.url);
    let pings = 0;
    await new Promise<void>((resolve) => client.socket.on('ping', () => ++pings === 4 && resolve()));
    expect(await client.run('1', '{ hello }')).toHaveLength(2);
  });

  test('a client that leaves a ping unanswered is cut off', async () => {
    await using server = await startToyServer({ limits: { keepAliveMs: 30 } });
    await using client = await SocketClient.ready(server.url, undefined, { ws: { autoPong: false } });
    expect((await client.closed).code).toBe(1006);
  });

  test('pings of either kind are answered, also before connection_init', async () => {
    await using server = await startToyServer();
    await using client = await SocketClient.connect(server.url);
    client.send({ type: 'ping', payload: { a: 1 } });
    expect(await client.next()).toEqual({ type: 'pong', payload: { a: 1 } });
    const pong = new Promise<string>((resolve) =>
      client.socket.once('pong', (data) => resolve(String(data))),
    );
    client.socket.ping('x');
    expect(await pong).toBe('x');
  });
});
