import { WebSocket } from 'ws';

export interface EventSocketOptions {
  /** Of the server, without a path. */
  readonly url: string;
  readonly token: string;
  /** A subscription to `runEvents($runId, $after)`. */
  readonly document: string;
  readonly runId: string;
  readonly after: number;
  readonly onEvent: (event: SeenEvent) => void;
}

/** An event as a client got it. */
export interface SeenEvent {
  readonly __typename: string;
  readonly seq: number;
  readonly [field: string]: unknown;
}

/** How a subscription ended: the server completed it, answered it with errors, or the connection is gone. */
export type EventSocketEnd =
  | { readonly type: 'complete' }
  | { readonly type: 'refused'; readonly codes: readonly string[] }
  | { readonly type: 'closed'; readonly code: number };

interface Message {
  readonly type: string;
  readonly payload?: unknown;
}

/** One connection with one subscription to the events of a run, and the ways in which a client can be a bad one. */
export class EventSocket {
  readonly ended: Promise<EventSocketEnd>;
  /** Performance time at which something came last. */
  lastHeardAt = performance.now();
  readonly #options: EventSocketOptions;
  readonly #socket: WebSocket;
  readonly #end = Promise.withResolvers<EventSocketEnd>();
  #isOver = false;

  constructor(options: EventSocketOptions) {
    this.#options = options;
    this.ended = this.#end.promise;
    this.#socket = new WebSocket(`${options.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
      handshakeTimeout: 5000,
      perMessageDeflate: false,
    });
    const payload = { authorization: `Bearer ${options.token}` };
    this.#socket.on('open', () => this.#send({ type: 'connection_init', payload }));
    this.#socket.on('message', (data) => this.#take(JSON.parse(String(data)) as Message));
    this.#socket.on('error', () => undefined); // the close event follows
    this.#socket.on('close', (code) => this.#end.resolve({ type: 'closed', code }));
  }

  /** Tears the connection down, without a word. */
  cut(): void {
    // What has arrived and was not looked at is lost, as it would be with the process.
    this.#isOver = true;
    this.#socket.terminate();
  }

  /** Stops reading. */
  stall(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  #take({ type, payload }: Message): void {
    if (this.#isOver) return;
    this.lastHeardAt = performance.now();
    const { document: query, runId, after } = this.#options;
    switch (type) {
      case 'connection_ack':
        return this.#send({
          id: '1',
          type: 'subscribe',
          payload: { query, variables: { runId, after } },
        });
      case 'next':
        return this.#takeNext(payload as NextPayload); // as the server answers, here and below
      case 'error':
        return this.#finish({ type: 'refused', codes: toCodes(payload as AnsweredError[]) });
      case 'complete':
        return this.#finish({ type: 'complete' });
      case 'ping':
        return this.#send({ type: 'pong' });
    }
  }

  #takeNext({ data, errors }: NextPayload): void {
    if (errors !== undefined) this.#finish({ type: 'refused', codes: toCodes(errors) });
    else if (data) this.#options.onEvent(data.runEvents);
  }

  #finish(end: EventSocketEnd): void {
    this.#isOver = true;
    this.#end.resolve(end);
    this.#socket.close(1000);
  }
}

interface AnsweredError {
  readonly extensions?: { readonly code?: string };
}

interface NextPayload {
  readonly data?: { readonly runEvents: SeenEvent } | null;
  readonly errors?: readonly AnsweredError[];
}

function toCodes(errors: readonly AnsweredError[]): string[] {
  return errors.map(({ extensions }) => extensions?.code ?? 'none');
}
