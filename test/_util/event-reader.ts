import { createParser } from 'eventsource-parser';

export interface ReadEvent {
  readonly event: string;
  // What a test expects here is what it checks.
  readonly data: unknown;
}

export interface EventReaderOptions {
  readonly token?: string;
  readonly variables?: unknown;
  readonly headers?: Record<string, string>;
}

/** A stream of server-sent events that a test reads one by one: `next` and `complete`, and comments as `comment`. */
export class EventReader implements AsyncDisposable {
  readonly response: Response;
  readonly #controller: AbortController;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #decoder = new TextDecoder();
  readonly #events: ReadEvent[] = [];
  readonly #parser = createParser({
    onEvent: ({ event = 'message', data }) =>
      void this.#events.push({ event, data: data === '' ? null : (JSON.parse(data) as unknown) }),
    onComment: () => void this.#events.push({ event: 'comment', data: null }),
  });

  private constructor(response: Response, controller: AbortController) {
    this.response = response;
    this.#controller = controller;
  }

  static async post(url: string, query: string, options: EventReaderOptions = {}): Promise<EventReader> {
    const { token, variables, headers } = options;
    const controller = new AbortController();
    const response = await fetch(url, {
      method: 'POST',
      signal: controller.signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    return new EventReader(response, controller);
  }

  /** The next event; `null`: the response has ended. Comments are passed over. */
  async next(): Promise<ReadEvent | null> {
    for (;;) {
      const event = await this.nextOfAny();
      if (event?.event !== 'comment') return event;
    }
  }

  async nextOfAny(): Promise<ReadEvent | null> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      this.#reader ??= this.response.body?.getReader();
      const chunk = await this.#reader?.read();
      if (chunk?.value === undefined) return null;
      this.#parser.feed(this.#decoder.decode(chunk.value, { stream: true }));
    }
  }

  /** All events to the end of the response. */
  async rest(): Promise<ReadEvent[]> {
    const events: ReadEvent[] = [];
    for (let event = await this.next(); event !== null; event = await this.next()) events.push(event);
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller.abort();
  }
}
