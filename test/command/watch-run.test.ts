import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { createClient } from 'graphql-ws';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import { watchRun } from '../../src/command/watch-run.ts';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: { readonly variables: { readonly after: number } };
}

/** Sends the events of each connection in turn, and cuts all but the last one off after them. */
async function startServer(connections: number[][]) {
  const asked: number[] = [];
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'graphql-transport-ws' });
  sockets.on('connection', (socket) => {
    const send = (message: object): void => socket.send(JSON.stringify(message));
    socket.on('message', (data) => {
      const { type, id, payload }: Message = JSON.parse((data as Buffer).toString()) as Message;
      if (type === 'connection_init') return send({ type: 'connection_ack' });
      if (type !== 'subscribe') return;
      asked.push(payload?.variables.after ?? -1);
      const runEvents = (connections[asked.length - 1] ?? []).map((seq) => ({ __typename: 'X', seq }));
      for (const event of runEvents) send({ type: 'next', id, payload: { data: { runEvents: event } } });
      if (asked.length < connections.length) socket.close(1012);
      else send({ type: 'complete', id });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    asked,
    url: `ws://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

it('asks after a lost connection for what has not come yet, also when nothing came on the last one', async () => {
  await using server = await startServer([[1, 2, 3], [], [4, 12]]);
  const client = createClient({ url: server.url, retryAttempts: 5, retryWait: async () => undefined });
  const seqs: number[] = [];
  for await (const { seq } of watchRun(client, 'run')) seqs.push(seq);
  await client.dispose();
  expect(seqs).toEqual([1, 2, 3, 4, 12]);
  expect(server.asked).toEqual([0, 3, 3]);
});
