// What do subscribers that stopped reading cost? 100 subscribers read one run; once alone, and once beside 100 that subscribed to the same
// run and read nothing. Whether the tokens, 8 kB each, fill the buffers of the sockets is up to the limits of the kernel. BENCH_READERS and
// BENCH_SECONDS make it smaller.
import { once } from 'node:events';

import { WebSocket } from 'ws';

import { startTestClient } from '../_util/test-client.ts';
import { quantile, startRun } from './bench-cluster.ts';
import { type BenchTable } from './bench-table.ts';
import { readResidentMegabytes } from './fixture-process.ts';
import { startStampedNode, type StampedNode } from './stamped-node.ts';
import { readStamped, STAMPED_EVENTS } from './stamped-stream.ts';

const READERS = Number(process.env['BENCH_READERS'] ?? 100);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 30);
const INTERVAL_MS = 100;
const PADDING = 8000;

export async function measure(): Promise<BenchTable> {
  const databaseUrl = process.env['TEST_DATABASE_URL'];
  if (databaseUrl === undefined) throw new Error('Set TEST_DATABASE_URL: this bench needs a Postgres.');
  const rows: (string | number)[][] = [];
  for (const stalled of [0, READERS]) rows.push(await measureStalled(databaseUrl, stalled));
  return {
    question: `stalled: ${READERS} readers of a run, beside as many that stopped reading (resident memory of the server)`,
    columns: 'stalled|MB before|MB most|MB growth|p50 ms|p99 ms|gaps|tokens lost|not finished'.split('|'),
    rows,
  };
}

async function measureStalled(databaseUrl: string, stalled: number): Promise<number[]> {
  const tokens = (SECONDS * 1000) / INTERVAL_MS;
  await using node = await startStampedNode(databaseUrl, {
    tokens,
    intervalMs: INTERVAL_MS,
    padding: PADDING,
  });
  const clients = Array.from({ length: READERS }, () => startTestClient(node.server.url, node.token));
  const sockets: WebSocket[] = [];
  try {
    const memory = watchMemory(node.server.process.pid ?? 0);
    const runId = await startRun(clients[0]!, 'go');
    const streams = Promise.all(clients.map((client) => readStamped(client, runId)));
    for (let index = 0; index < stalled; index += 1) sockets.push(openStalled(node, runId));
    const seen = await streams;
    const { before, most } = memory.stop();
    const delays = seen.flatMap((stream) => stream.delays);
    return [
      stalled,
      before,
      most,
      most - before,
      quantile(delays, 0.5),
      quantile(delays, 0.99),
      seen.reduce((sum, { gaps }) => sum + gaps, 0),
      tokens * READERS - delays.length,
      seen.filter(({ finished }) => !finished).length,
    ];
  } finally {
    for (const socket of sockets) socket.terminate();
    await Promise.all(clients.map((client) => client.socket.dispose()));
  }
}

/** Subscribes to the run and reads nothing more after the acknowledgement. */
function openStalled({ server, token }: StampedNode, runId: string): WebSocket {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  // The server may end a subscriber that does not read.
  socket.on('error', () => {});
  void subscribe(socket, { token, runId });
  return socket;
}

async function subscribe(
  socket: WebSocket,
  { token, runId }: { token: string; runId: string },
): Promise<void> {
  await once(socket, 'open');
  const payload = { authorization: `Bearer ${token}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await once(socket, 'message');
  const operation = { query: STAMPED_EVENTS, variables: { runId } };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: operation }));
  socket.pause();
}

function watchMemory(pid: number): { stop(): { before: number; most: number } } {
  const before = readResidentMegabytes(pid);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, readResidentMegabytes(pid))), 250);
  return {
    stop() {
      clearInterval(timer);
      return { before, most };
    },
  };
}
