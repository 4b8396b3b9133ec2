import { once } from 'node:events';

import { type ClientOptions, WebSocket } from 'ws';

export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  // What a test expects here is what it checks.
  readonly payload?: unknown;
}

export interface SocketClientOptions {
  readonly protocols?: string | string[];
  readonly headers?: Record<string, string>;
  readonly ws?: ClientOptions;
}

/**
 * A graphql-transport-ws client for tests that does nothing by itself: messages are queued as they come, so that none is missed
 * and each is asked for with `next`; `send` takes a message, `sendRaw` whatever a peer might send.
 */
export class SocketClient implements AsyncDisposable {
  readonly socket: WebSocket;
  /** How the server ended the connection. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #queue: SocketMessage[] = [];
  readonly #waiting: ((message: SocketMessage | null) => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.#deliver(JSON.parse(String(data)) as SocketMessage));
    socket.on('error', () => undefined); // the close event follows, and tests await that
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        for (const wake of this.#waiting.splice(0)) wake(null);
      });
    });
  }

  /** Connects; rejects when the handshake is refused. */
  static async connect(url: string, options: SocketClientOptions = {}): Promise<SocketClient> {
    const { protocols = 'graphql-transport-ws', headers = {}, ws = {} } = options;
    const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { ...ws, headers });
    const client = new SocketClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connects and gets its `connection_ack`. */
  static async ready(
    url: string,
    payload?: Record<string, unknown>,
    options?: SocketClientOptions,
  ): Promise<SocketClient> {
    const client = await SocketClient.connect(url, options);
    client.send({ type: 'connection_init', ...(payload && { payload }) });
    const message = await client.next();
    if (message.type !== 'connection_ack') throw new Error(`Not acknowledged: ${JSON.stringify(message)}`);
    return client;
  }

  send(message: Record<string, unknown>): void {
    this.socket.send(JSON.stringify(message));
  }

  sendRaw(data: string | Buffer, options: { readonly binary?: boolean } = {}): void {
    this.socket.send(data, options);
  }

  subscribe(id: string, query: string, rest: Record<string, unknown> = {}): void {
    this.send({ type: 'subscribe', id, payload: { query, ...rest } });
  }

  /** Subscribes and gives every message about it up to the last one. */
  async run(id: string, query: string, rest: Record<string, unknown> = {}): Promise<SocketMessage[]> {
    this.subscribe(id, query, rest);
    const messages: SocketMessage[] = [];
    for (;;) {
      const message = await this.next();
      messages.push(message);
      if (message.type === 'complete' || message.type === 'error') return messages;
    }
  }

  /** The next message that has not been asked for yet. Rejects when the connection ends first. */
  async next(): Promise<SocketMessage> {
    const queued = this.#queue.shift();
    if (queued !== undefined) return queued;
    const message = await new Promise<SocketMessage | null>((resolve) => {
      if (this.socket.readyState === WebSocket.CLOSED) resolve(null);
      else this.#waiting.push(resolve);
    });
    if (message !== null) return message;
    const { code, reason } = await this.closed;
    throw new Error(`The connection ended with ${code} ${reason}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    if (this.socket.readyState !== WebSocket.CLOSED) await this.closed;
  }

  #deliver(message: SocketMessage): void {
    const wake = this.#waiting.shift();
    if (wake === undefined) this.#queue.push(message);
    else wake(message);
  }
}
