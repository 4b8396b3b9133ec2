import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A TCP connection to the server's port, for requests that no client library would send. */
export async function openConnection(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // what the tests look at is what was sent before
  await once(socket, 'connect');
  return socket;
}

/** Sends `text` and reads until the server closes the connection. */
export async function rawRequest(port: number, text: string | Buffer): Promise<RawAnswer> {
  const socket = await openConnection(port);
  socket.write(text);
  const answer = await readAll(socket);
  const [head = '', ...body] = answer.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body: body.join('\r\n\r\n') };
}

/** What comes on the connection until its end. */
export async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data) => (text += String(data)));
  await once(socket, 'close');
  return text;
}
