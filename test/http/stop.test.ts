import { once } from 'node:events';

import { expect, test } from 'vitest';

import { openConnection, readAll } from '../_util/raw-request.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { post, startToyServer } from '../_util/toy-server.ts';

test('requests in flight are answered, and the connection closed', async () => {
  const stopping = Promise.withResolvers<void>();
  await using server = await startToyServer({
    createContext: ({ signal, ...input }) => ({
      ...input,
      signal: AbortSignal.any([signal, toSignal(stopping.promise)]),
    }),
    onStop: () => stopping.resolve(),
  });
  const answer = post(server, '{ wait }');
  await server.state.called('wait');
  await server.http.stop({ graceMs: 10_000 });
  expect((await answer).body).toEqual({ data: { wait: 'waited' } });
});

test('requests that do not end are aborted after the grace, and their connections cut', async () => {
  await using server = await startToyServer();
  const answer = post(server, '{ wait }').catch((error: unknown) => error);
  await server.state.called('wait');
  await server.http.stop({ graceMs: 20 });
  expect(server.state.signals[0]?.aborted).toBe(true);
  expect(await answer).toBeInstanceOf(Error);
});

test('sockets are closed with 1001 after onStop, and their streams ended', async () => {
  const order: string[] = [];
  await using server = await startToyServer({ onStop: () => void order.push('onStop') });
  await using client = await SocketClient.ready(server.url);
  client.socket.on('close', () => order.push('close'));
  client.subscribe('1', 'subscription { stuck }');
  await server.state.called('stuck');
  await server.http.stop({ graceMs: 10_000 });
  expect(await client.closed).toEqual({ code: 1001, reason: 'Server shutting down' });
  expect(order).toEqual(['onStop', 'close']);
  expect(server.state.signals[0]?.aborted).toBe(true);
});

/** The second half of each request; the first is on its way when the server stops, so that the connection is not idle. */
test.each([
  ['GET /ready', '', /^HTTP\/1\.1 503 [\s\S]*{"ready":false,"reasons":\["stopping"\]}$/],
  ['GET /health', '', /^HTTP\/1\.1 200 [\s\S]*"status":"ok"/],
  [
    'POST /graphql',
    'Content-Type: application/json\r\nContent-Length: 21\r\n',
    /^HTTP\/1\.1 503 [\s\S]*"UNAVAILABLE"/,
  ],
  [
    'GET /graphql',
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n',
    /^HTTP\/1\.1 503 Service Unavailable\r\n/,
  ],
])('%s on a connection that is open already, while the server stops', async (target, headers, expected) => {
  const held = Promise.withResolvers<void>();
  await using server = await startToyServer({ onStop: () => held.promise });
  const socket = await openConnection(server.http.port);
  socket.write(`${target} HTTP/1.1\r\nHost: x\r\n`);
  await post(server, '{ hello }');
  const stopped = server.http.stop({ graceMs: 10_000 });
  socket.write(`${headers}\r\n`);
  if (target.startsWith('POST')) socket.write('{"query":"{ hello }"}');
  expect(await readAll(socket)).toMatch(expected);
  held.resolve();
  await stopped;
});

test('new connections are refused while it stops', async () => {
  const held = Promise.withResolvers<void>();
  await using server = await startToyServer({ onStop: () => held.promise });
  const stopped = server.http.stop({ graceMs: 10_000 });
  await expect(fetch(`${server.http.url}/ready`)).rejects.toThrow('fetch failed');
  await expect(SocketClient.connect(server.url)).rejects.toThrow('ECONNREFUSED');
  held.resolve();
  await stopped;
});

test('an onStop that hangs or fails does not hold it up', async () => {
  await using hanging = await startToyServer({ onStop: () => new Promise(() => undefined) });
  await hanging.http.stop({ graceMs: 10 });
  await using failing = await startToyServer({ onStop: () => Promise.reject(new Error('hidden')) });
  await failing.http.stop({ graceMs: 10_000 });
  expect(failing.logged).toHaveLength(1);
});

test('stopping again waits for the same end, and await using stops', async () => {
  let stops = 0;
  const server = await startToyServer({ onStop: () => void stops++ });
  await Promise.all([server.http.stop(), server.http.stop(), server.http[Symbol.asyncDispose]()]);
  await server.http.stop();
  expect(stops).toBe(1);
});

/** Clients that neither read nor leave: a socket amid a flood, one that said nothing, one amid its request, one that is half closed. */
test('clients that are frozen are cut off after the grace', async () => {
  await using server = await startToyServer();
  const frozen = await SocketClient.ready(server.url);
  frozen.socket.pause();
  frozen.subscribe('1', 'subscription { flood(bytes: 100000) }');
  const silent = await openConnection(server.http.port);
  const unfinished = await openConnection(server.http.port);
  unfinished.write(
    'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
  );
  const unread = await openConnection(server.http.port);
  unread.pause();
  const body = '{"query":"{ big(bytes: 20000000) }"}';
  unread.write(
    `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const halfClosed = await openConnection(server.http.port);
  halfClosed.write(
    `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"query":"{ wait }"}`,
  );
  halfClosed.end();
  await server.state.called('wait');
  while (server.state.produced < 20) await new Promise((resolve) => setImmediate(resolve));
  await server.http.stop({ graceMs: 100 });
  await server.state.called('finished');
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
  for (const socket of [silent, unfinished, unread, halfClosed]) socket.destroy();
  await frozen[Symbol.asyncDispose]();
});

function toSignal(promise: Promise<void>): AbortSignal {
  const controller = new AbortController();
  void promise.then(() => controller.abort());
  return controller.signal;
}

test('a socket in the middle of its handshake does not hold it up', async () => {
  await using server = await startToyServer();
  await using client = await SocketClient.connect(server.url);
  client.send({ type: 'connection_init', payload: { authorization: 'Bearer hang' } });
  await server.http.stop({ graceMs: 10_000 });
  expect((await client.closed).code).toBe(1001);
  const socket = await openConnection(server.http.port).catch(() => null);
  if (socket !== null) await once(socket, 'close');
});
