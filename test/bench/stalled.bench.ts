// What do subscribers that stopped reading cost? 100 subscribers read a run as it goes on; once alone, and once beside 100 that asked for an
// earlier run and stopped reading after its first event. That one is larger than what the kernel keeps for a socket: `held back` counts the stalled
// sockets whose events are, for the most part, still in the log alone. BENCH_READERS and BENCH_SECONDS make it smaller; a socket that does
// not answer pings is ended after 12 to 24 seconds.
import { once } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';

import { WebSocket } from 'ws';

import { startTestClient } from '../_util/test-client.ts';
import { type BenchTable, quantile } from './bench-table.ts';
import { INSPECTED, readHeldMegabytes } from './inspected-memory.ts';
import { startStampedNode, type StampedNode } from './stamped-node.ts';
import { readSocketQueues } from './read-socket-queues.ts';
import { readStamped, STAMPED_EVENTS, startStamped } from './stamped-stream.ts';

const READERS = Number(process.env['BENCH_READERS'] ?? 100);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const INTERVAL_MS = 20;
const LARGE = { tokens: 600, intervalMs: 5, padding: 40_000 };

export async function measure(): Promise<BenchTable> {
  const databaseUrl = process.env['TEST_DATABASE_URL'];
  if (databaseUrl === undefined) throw new Error('Set TEST_DATABASE_URL: this bench needs a Postgres.');
  const rows: (string | number)[][] = [];
  for (const stalled of [0, READERS]) rows.push(await measureStalled(databaseUrl, stalled));
  return {
    question: `stalled: ${READERS} readers of a run, beside as many that stopped reading; memory is what the server holds after a collection of garbage: before, and while all read or stall`,
    columns:
      'stalled|MB at rest|MB held|MB growth|p50 ms|p99 ms|gaps|tokens lost|not finished|held back'.split('|'),
    rows,
  };
}

async function measureStalled(databaseUrl: string, stalled: number): Promise<number[]> {
  const tokens = (SECONDS * 1000) / INTERVAL_MS;
  await using node = await startStampedNode(databaseUrl, INSPECTED);
  const clients = Array.from({ length: READERS }, () => startTestClient(node.server.url, node.token));
  const sockets: Promise<StalledSocket>[] = [];
  try {
    const large = await startStamped(clients[0]!, LARGE);
    await readStamped(clients[0]!, large);
    const atRest = await readHeldMegabytes(node.server);
    for (let index = 0; index < stalled; index += 1) sockets.push(openStalled(node, large));
    await untilStalled(await Promise.all(sockets));
    const runId = await startStamped(clients[0]!, { tokens, intervalMs: INTERVAL_MS, padding: 0 });
    const streams = Promise.all(clients.map((client) => readStamped(client, runId)));
    await setTimeout(SECONDS * 500);
    const held = await readHeldMegabytes(node.server);
    const seen = await streams;
    const heldBack = countHeldBack(await Promise.all(sockets));
    const delays = seen.flatMap((stream) => stream.delays);
    return [
      stalled,
      atRest,
      held,
      held - atRest,
      quantile(delays, 0.5),
      quantile(delays, 0.99),
      seen.reduce((sum, { gaps }) => sum + gaps, 0),
      tokens * READERS - delays.length,
      seen.filter(({ finished }) => !finished).length,
      heldBack,
    ];
  } finally {
    for (const { socket } of await Promise.all(sockets)) socket.terminate();
    await Promise.all(clients.map((client) => client.socket.dispose()));
  }
}

interface StalledSocket {
  readonly socket: WebSocket;
  readonly port: number;
}

/** Subscribes to the run, and reads nothing after its first event. */
async function openStalled({ server, token }: StampedNode, runId: string): Promise<StalledSocket> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const upgraded = once(socket, 'upgrade');
  await once(socket, 'open');
  // The server may end a subscriber that does not read.
  socket.on('error', () => {});
  const payload = { authorization: `Bearer ${token}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await once(socket, 'message');
  const operation = { query: STAMPED_EVENTS, variables: { runId } };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: operation }));
  const [message] = (await once(socket, 'message')) as [Buffer];
  if (!message.toString().includes('"next"')) throw new Error(`It was not let in: ${message.toString()}`);
  socket.pause();
  const [{ socket: connection }] = (await upgraded) as [IncomingMessage];
  return { socket, port: connection.localPort ?? 0 };
}

/** Sockets for which the kernel holds less than half of what the large run has said. */
function countHeldBack(sockets: readonly StalledSocket[]): number {
  const queues = readSocketQueues(new Set(sockets.map(({ port }) => port)));
  return sockets.filter(
    ({ socket, port }) =>
      socket.readyState === socket.OPEN && (queues.get(port) ?? 0) < (LARGE.tokens * LARGE.padding) / 2,
  ).length;
}

/** Resolves when the kernel has taken all that it takes of what the stalled sockets do not read. */
async function untilStalled(sockets: readonly StalledSocket[]): Promise<void> {
  const ports = new Set(sockets.map(({ port }) => port));
  for (let [before, now] = [-1, 0]; now !== before;) {
    await setTimeout(500);
    [before, now] = [
      now,
      readSocketQueues(ports)
        .values()
        .reduce((sum, bytes) => sum + bytes, 0),
    ];
  }
}
