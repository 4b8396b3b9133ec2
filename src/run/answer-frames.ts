import { createParser } from 'eventsource-parser';

import { createModelError, toVendorError } from './model-failure.ts';
import { MAX_FRAME_BYTES } from './model-limits.ts';
import { readSome } from './read-some.ts';

const HEAD_BYTES = 2000;
/** Lines that are none of the format, without a frame between them. */
const MAX_STRANGE_LINES = 1000;

/**
 * The frames of a streamed answer: server-sent events whose data is JSON, up to `[DONE]`. Nothing is read before it is asked for, and no
 * more than 32 MB without a complete frame. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class AnswerFrames {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({
    onEvent: ({ event, data }) => this.#take(event, data),
    onError: () => this.#countStrange(),
  });
  #frames: string[] = [];
  #unframedBytes = 0;
  #strangeLines = 0;
  #head: Uint8Array | null = null;
  #hasSeenDone = false;
  /** Thrown once what came before it has been read. */
  #failure: Error | null = null;
  #hasEnded = false;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Whether the stream ended with the protocol's `[DONE]`, rather than with its body. */
  get hasSeenDone(): boolean {
    return this.#hasSeenDone;
  }

  /** How the body began, up to 2,000 bytes: for the log, where it turns out to be no stream. */
  get head(): string {
    return new TextDecoder().decode(this.#head ?? new Uint8Array());
  }

  /**
   * The JSON of the frames that the next piece of the body completes, perhaps of none; `null` after the last one.
   * @throws ModelError for an event that reports an error or is too large; whatever `fetch` throws when the connection breaks off.
   */
  async read(): Promise<readonly string[] | null> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#hasSeenDone || this.#hasEnded) return null;
    const { done, value } = await this.#reader.read();
    if (done) this.#end();
    else this.#feed(value);
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  /**
   * The reader had enough. What follows `[DONE]` is not waited for, but a body that ends at once leaves its connection to the next turn;
   * an answer that goes on is aborted.
   */
  leave(): void {
    if (this.#hasEnded) return;
    if (this.#hasSeenDone) void readSome(this.#reader);
    else void this.#reader.cancel().catch(() => undefined);
  }

  #feed(bytes: Uint8Array): void {
    this.#head ??= bytes.slice(0, HEAD_BYTES);
    this.#unframedBytes += bytes.byteLength;
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    if (this.#unframedBytes > MAX_FRAME_BYTES) throw createModelError('frameTooLarge');
  }

  /** Some servers omit the empty line after the last event. */
  #end(): void {
    this.#hasEnded = true;
    this.#parser.feed(`${this.#decoder.decode()}\n\n`);
  }

  /** An endpoint that answers with something else is not read to its end. */
  #countStrange(): void {
    this.#strangeLines += 1;
    if (this.#strangeLines > MAX_STRANGE_LINES) throw createModelError('noStream', toVendorError(this.head));
  }

  #take(event: string | undefined, data: string): void {
    this.#unframedBytes = 0;
    this.#strangeLines = 0;
    if (this.#hasSeenDone || this.#failure !== null) return;
    if (data === '[DONE]') this.#hasSeenDone = true;
    else if (event === 'error') this.#failure = createModelError('reported', toVendorError(data));
    else this.#frames.push(data);
  }
}
