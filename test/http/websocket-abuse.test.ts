import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { expect, test } from 'vitest';

import { SocketClient } from '../_util/socket-client.ts';
import { startToyServer, type ToyServer } from '../_util/toy-server.ts';

test.each([
  ['text that is no JSON', 'nonsense'],
  ['an empty message', ''],
  ['a list', '[]'],
  ['a number', '1'],
  ['null', 'null'],
  ['no type', '{}'],
  ['a type that is no text', '{"type":1}'],
  ['an unknown type', '{"type":"start"}'],
  ['a type from the prototype of objects', '{"type":"constructor"}'],
  ['a type that only servers send', '{"type":"next","id":"1","payload":{}}'],
  ['an acknowledgement', '{"type":"connection_ack"}'],
  ['subscribe without an id', '{"type":"subscribe","payload":{"query":"{ hello }"}}'],
  ['subscribe with an empty id', '{"type":"subscribe","id":"","payload":{"query":"{ hello }"}}'],
  ['subscribe with an id that is no text', '{"type":"subscribe","id":1,"payload":{"query":"{ hello }"}}'],
  ['subscribe without a payload', '{"type":"subscribe","id":"1"}'],
  ['subscribe without a query', '{"type":"subscribe","id":"1","payload":{}}'],
  [
    'variables that are a list',
    '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":[]}}',
  ],
  [
    'variables that are text',
    '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":"{}"}}',
  ],
  [
    'an id of 129 characters',
    `{"type":"subscribe","id":"${'x'.repeat(129)}","payload":{"query":"{ hello }"}}`,
  ],
  ['an id of 1 MB', `{"type":"subscribe","id":"${'x'.repeat(1_000_000)}","payload":{"query":"{ hello }"}}`],
  ['half a million brackets', '['.repeat(500_000)],
])('%s closes with 4400 and a reason that quotes nothing', async (_, text) => {
  await using server = await startToyServer();
  await using client = await SocketClient.ready(server.url);
  client.sendRaw(text);
  expect(await client.closed).toEqual({ code: 4400, reason: 'Bad message' });
  expect(server.state.calls).toEqual([]);
});

test('nothing is begun any more once the socket is being closed', async () => {
  await using server = await startToyServer();
  await using client = await SocketClient.ready(server.url);
  client.sendRaw('nonsense');
  client.subscribe('1', 'mutation { touch }');
  client.subscribe('2', '{ hello }');
  expect((await client.closed).code).toBe(4400);
  expect(server.state.calls).toEqual([]);
});

test('a binary frame closes with 4400, whatever is in it', async () => {
  await using server = await startToyServer();
  await using client = await SocketClient.ready(server.url);
  client.sendRaw(Buffer.from('{"type":"ping"}'), { binary: true });
  expect((await client.closed).code).toBe(4400);
});

test('a message of more than 1 MiB closes with 1009, and the server goes on', async () => {
  await using server = await startToyServer();
  await using client = await SocketClient.ready(server.url);
  client.sendRaw(Buffer.alloc(100_000_000, 'x'), { binary: false });
  expect((await client.closed).code).toBe(1009);
  await using other = await SocketClient.ready(server.url);
  expect(await other.run('1', '{ hello }')).toHaveLength(2);
});

test('a frame that only claims to be 100 MB is refused before it comes', async () => {
  await using server = await startToyServer();
  const socket = await openRaw(server);
  socket.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x06, 0, 0, 0, 0, 0, 0, 0]));
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect([data[0], data.readUInt16BE(2)]).toEqual([0x88, 1009]);
  socket.destroy();
});

test.each([
  ['an unmasked frame', [0x81, 0x02, 0x68, 0x69], 1002],
  ['a reserved bit, as of a compressed frame', [0xc1, 0x80, 0, 0, 0, 0], 1002],
  ['an unknown opcode', [0x83, 0x80, 0, 0, 0, 0], 1002],
  ['text that is not UTF-8', [0x81, 0x81, 0, 0, 0, 0, 0xff], 1007],
  ['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0], 1002],
])('%s closes with %s', async (_, bytes, code) => {
  await using server = await startToyServer();
  const socket = await openRaw(server);
  socket.write(Buffer.from(bytes));
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect([data[0], data.readUInt16BE(2)]).toEqual([0x88, code]);
  socket.destroy();
  await using other = await SocketClient.ready(server.url);
  expect(await other.run('1', '{ hello }')).toHaveLength(2);
  expect(server.logged).toEqual([]);
});

test('a message in a thousand fragments is one message', async () => {
  await using server = await startToyServer();
  await using client = await SocketClient.ready(server.url);
  const text = JSON.stringify({
    type: 'subscribe',
    id: '1',
    payload: { query: `{ hello } #${'x'.repeat(1000)}` },
  });
  for (const [index, character] of [...text].entries()) {
    client.socket.send(character, { fin: index === text.length - 1 });
  }
  expect(await client.next()).toMatchObject({ id: '1', type: 'next' });
});

test('thousands of pings are all answered, at a bounded pace, and others are not kept waiting', async () => {
  await using server = await startToyServer({ limits: { messagesPerSecond: 1000 } });
  await using flooder = await SocketClient.ready(server.url);
  await using other = await SocketClient.ready(server.url);
  for (let count = 0; count < 3000; count++) flooder.send({ type: 'ping' });
  expect(await other.run('1', '{ hello }')).toHaveLength(2);
  for (let count = 0; count < 3000; count++) expect(await flooder.next()).toEqual({ type: 'pong' });
  expect(await flooder.run('1', '{ hello }')).toHaveLength(2);
});

test('a client that asks and never reads is no longer read', async () => {
  await using server = await startToyServer({
    limits: { messagesPerSecond: 1_000_000, bufferedBytes: 4096 },
  });
  await using client = await SocketClient.ready(server.url);
  client.socket.pause();
  const payload = { text: 'x'.repeat(10_000) };
  // A few times what the two kernels and the server's own bound can hold.
  let blocked = false;
  for (let count = 0; count < 20_000 && !blocked; count++) {
    client.send({ type: 'ping', payload });
    if (count % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    blocked = client.socket.bufferedAmount > 20_000_000;
  }
  expect(blocked).toBe(true);
  await using other = await SocketClient.ready(server.url);
  expect(await other.run('1', '{ hello }')).toHaveLength(2);
});

/** A TCP connection that has become a websocket. */
async function openRaw({ http }: ToyServer): Promise<Socket> {
  const socket = connect(http.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET /graphql HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      '',
      '',
    ].join('\r\n'),
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(String(head)).toMatch(/^HTTP\/1.1 101 /);
  return socket;
}
