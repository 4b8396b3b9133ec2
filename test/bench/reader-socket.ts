import { once } from 'node:events';

import { WebSocket } from 'ws';

import { type SeenEvent, STAMPED_EVENTS } from './stamped-stream.ts';

/** A websocket on which runs are read, at less cost than a client that people would use: the load must not be what is measured. */
export interface ReaderSocket {
  read(runId: string, reader: Reader): void;
  close(): void;
}

export interface Reader {
  onEvent(event: SeenEvent): void;
  onRefused(error: Error): void;
}

/** Lets itself in with `token`; `null`: with none. */
export async function openReaderSocket(url: string, token: string | null): Promise<ReaderSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  // The server that is ended at last cuts off whoever still reads.
  socket.on('error', () => undefined);
  const payload = token === null ? {} : { authorization: `Bearer ${token}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await once(socket, 'message');
  const readers: Reader[] = [];
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    const message = JSON.parse(text) as { type: string; id: string; payload?: Payload };
    if (message.type === 'complete' || message.type === 'ping') return;
    const event = message.payload?.data?.runEvents;
    const reader = readers[Number(message.id)];
    if (event === undefined) reader?.onRefused(new Error(`The subscription was refused: ${text}`));
    else reader?.onEvent(event);
  });
  return {
    read(runId, reader) {
      const id = String(readers.push(reader) - 1);
      const operation = { query: STAMPED_EVENTS, variables: { runId } };
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: operation }));
    },
    // The server is about to be ended: nobody needs to say goodbye.
    close: () => socket.terminate(),
  };
}

interface Payload {
  readonly data?: { readonly runEvents: SeenEvent };
}
