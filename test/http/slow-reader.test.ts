import { expect, test } from 'vitest';

import { SocketClient } from '../_util/socket-client.ts';
import { startToyServer, type ToyServer } from '../_util/toy-server.ts';

/** Sends queries on another socket until a whole row of them has gone by without another event. */
async function untilStalled({ state, url }: ToyServer): Promise<number> {
  await using other = await SocketClient.ready(url);
  let still = 0;
  for (let seen = -1; still < 50;) {
    still = state.produced === seen ? still + 1 : 0;
    seen = state.produced;
    expect(await other.run('1', '{ hello }')).toHaveLength(2);
  }
  return state.produced;
}

test('a source waits for a client that does not read, and goes on with it', async () => {
  await using server = await startToyServer();
  await using client = await SocketClient.ready(server.url);
  client.socket.pause();
  client.subscribe('1', 'subscription { flood(bytes: 50000) }');
  // What the kernels of both ends hold, and not more than that by our own bound.
  const produced = await untilStalled(server);
  expect(produced).toBeGreaterThan(1);
  expect(produced * 50_000).toBeLessThan(20_000_000);
  client.socket.resume();
  for (let count = 0; count <= produced; count++) expect(await client.next()).toMatchObject({ type: 'next' });
  expect(server.state.produced).toBeGreaterThan(produced);
});

test('a hundred operations of one such client hold no more than one result each', async () => {
  await using server = await startToyServer();
  await using client = await SocketClient.ready(server.url);
  client.socket.pause();
  for (let id = 0; id < 100; id++) client.subscribe(String(id), 'subscription { flood(bytes: 20000) }');
  const produced = await untilStalled(server);
  expect(produced * 20_000).toBeLessThan(20_000_000);
  await client[Symbol.asyncDispose]();
  await server.state.called('finished');
});

test('a client that leaves without having read ends its sources', async () => {
  await using server = await startToyServer();
  const client = await SocketClient.ready(server.url);
  client.socket.pause();
  client.subscribe('1', 'subscription { flood(bytes: 50000) }');
  await untilStalled(server);
  await client[Symbol.asyncDispose]();
  await server.state.called('finished');
  expect(server.state.finished).toBe(1);
});

test('one that never answers pings is cut off while it stalls', async () => {
  await using server = await startToyServer({ limits: { keepAliveMs: 100 } });
  await using client = await SocketClient.ready(server.url);
  client.socket.pause();
  client.subscribe('1', 'subscription { flood(bytes: 50000) }');
  await server.state.called('finished');
  expect(server.state.finished).toBe(1);
});
