import { type Client, createClient } from 'graphql-ws';

import { type AnsweredError, AmbitClientError, toClientError } from './client-error.ts';
import { readCloseCode } from './close-code.ts';
import { ConnectionLost, remedyOf } from './connection-lost.ts';
import { failureOf } from './read-answer.ts';
import { startTokenRefresh, type TokenRefresh } from './token-refresh.ts';
import type { TokenSource } from './token-source.ts';
import type { Transport } from './transport.ts';
import { untilAborted } from './until-aborted.ts';

export interface SocketTransportOptions {
  /** http: or https:, as of the requests. */
  readonly url: string;
  readonly tokens: TokenSource;
  /** A class as `WebSocket`. Default: the global one. */
  readonly webSocketImpl?: unknown;
}

/** Until a socket is open and its token verified. */
const OPEN_MS = 10_000;
/** Between a pong and the next ping, and from there to its pong. */
const PING_MS = 12_000;
const PONG_MS = 10_000;

/** `WebSocket.OPEN`. */
const OPEN = 1;

interface OpenSocket {
  readonly socket: WebSocket;
  readonly refresh: TokenRefresh;
}

/** graphql-transport-ws: one socket for all operations, open as long as there are any. */
export class SocketTransport implements Transport {
  readonly #options: SocketTransportOptions;
  readonly #client: Client;
  #current: OpenSocket | null = null;
  /** The token of the socket, or of the one that is being opened: the last that the server was given. */
  #token: string | null = null;
  /** The one that the server goes by: another one that it was given lately it may not have read yet. */
  #judged: string | null = null;
  /** Sockets that were let in so far. */
  #opened = 0;
  #pongDeadline: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SocketTransportOptions) {
    this.#options = options;
    const { url, tokens, webSocketImpl } = options;
    this.#client = createClient({
      url: url.replace(/^http/, 'ws'),
      ...(webSocketImpl !== undefined && { webSocketImpl }),
      connectionParams: async () => {
        this.#token = await tokens.get();
        this.#judged = this.#token;
        return this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
      },
      connectionAckWaitTimeout: OPEN_MS,
      keepAlive: PING_MS,
      retryAttempts: 0,
      on: {
        connected: (socket) => this.#onConnected(socket as WebSocket),
        closed: () => this.#onClosed(),
        ping: (received) => received || this.#awaitPong(),
        pong: (received, payload) => received && this.#onPong(payload),
      },
    });
  }

  async *open({ operation, token, signal }: Parameters<Transport['open']>[0]): AsyncGenerator<unknown> {
    const before = this.#current?.socket.readyState === OPEN ? -1 : this.#opened;
    const deadline = setTimeout(() => this.#giveUp(before), OPEN_MS);
    if (before === -1 && this.#token !== token) this.#give(token);
    const results = this.#client.iterate({ ...operation, variables: { ...operation.variables } });
    try {
      for await (const result of untilAborted(results, signal)) {
        clearTimeout(deadline);
        // graphql-ws declares the errors of graphql; what comes are their JSON forms.
        const failure = failureOf(result as Parameters<typeof failureOf>[0]);
        if (failure !== null) throw failure;
        yield result.data;
      }
    } catch (error) {
      throw this.#toLost(error, this.#opened > before);
    } finally {
      clearTimeout(deadline);
    }
  }

  async dispose(): Promise<void> {
    this.#onClosed();
    // Not closed in the protocol's way: a socket that is being opened may never be, and one that is gone would be waited for.
    this.#client.terminate();
    await this.#client.dispose();
  }

  #onConnected(socket: WebSocket): void {
    this.#opened += 1;
    this.#options.tokens.accept(this.#token);
    this.#current = {
      socket,
      refresh: startTokenRefresh(this.#token, {
        tokens: this.#options.tokens,
        give: (token) => this.#give(token),
      }),
    };
  }

  #onClosed(): void {
    clearTimeout(this.#pongDeadline);
    this.#current?.refresh.stop();
    this.#current = null;
  }

  #awaitPong(): void {
    clearTimeout(this.#pongDeadline);
    this.#pongDeadline = setTimeout(() => this.#client.terminate(), PONG_MS);
  }

  #onPong(payload: Record<string, unknown> | undefined): void {
    clearTimeout(this.#pongDeadline);
    if (typeof payload?.['expiresAt'] !== 'string') return;
    this.#judged = this.#token;
    this.#options.tokens.accept(this.#token);
  }

  /** Gives the open socket another token, by a ping: what it runs goes on. */
  #give(token: string | null): void {
    // A socket that came without a token takes none later.
    if (this.#token === null || token === null || this.#current === null) return this.#client.terminate();
    this.#token = token;
    const payload = { authorization: `Bearer ${token}` };
    this.#current.socket.send(JSON.stringify({ type: 'ping', payload }));
  }

  #giveUp(before: number): void {
    if (this.#opened === before && this.#current === null) this.#client.terminate();
  }

  #toLost(error: unknown, wasOpen: boolean): ConnectionLost {
    const token = this.#judged;
    if (isClosed(error)) {
      const { remedy, error: cause } = readCloseCode(error);
      return new ConnectionLost(cause, { remedy, wasOpen: wasOpen || error.code >= 4000, token });
    }
    const cause = toError(error, this.#options.url);
    return new ConnectionLost(cause, { remedy: remedyOf(cause), wasOpen, token });
  }
}

function isClosed(error: unknown): error is { readonly code: number; readonly reason: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'number' &&
    'reason' in error
  );
}

function toError(error: unknown, url: string): AmbitClientError {
  if (error instanceof AmbitClientError) return error;
  // What the server answers in an `error` message.
  if (Array.isArray(error)) return toClientError(error as AnsweredError[]);
  return new AmbitClientError(`No websocket to ${url}.`, { code: 'NETWORK', cause: error });
}
