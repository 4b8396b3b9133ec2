import { createModelError, createStatusError, toVendorError } from './model-failure.ts';
import { MAX_FRAME_BYTES } from './model-limits.ts';

/** What a client of `ResponseGuard` learns of one body, and tells it. */
export interface BodyWatch {
  /** Whether the protocol's `[DONE]` has ended the stream, rather than the end of the body. */
  readonly hasSeenDone: boolean;
  /** How the body began, up to 2,000 bytes: for the log, where it turns out to be no stream. */
  readonly head: string;
  /** A complete frame has been read: the count of unframed bytes begins anew. */
  frameRead(): void;
}

/** Of an answer that is no stream, and of what follows a stream's end, no more is read than this. */
const EXCERPT_BYTES = 65_536;
const EXCERPT_MS = 1000;
const HEAD_BYTES = 2000;
const TAIL_BYTES = 64;

/**
 * A `fetch` that keeps an endpoint from filling our memory and tells how a stream ended, which the vendor's client keeps to
 * itself. Bodies of failures are cut in length and time; a web page in place of a stream is refused; a stream is read only
 * as it is pulled, and no more than 32 MB without a complete frame.
 */
export class ResponseGuard {
  readonly #watches = new WeakMap<Response, BodyWatch>();

  /** Like the global `fetch`. Throws `ModelError` for a success that is no stream, and for a status that HTTP does not know. */
  readonly fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    if (!response.ok) return toFailure(response, await readExcerpt(response.body));
    if (response.body === null) throw createModelError('noStream');
    if (isWebPage(response)) {
      throw createModelError('webPage', toVendorError(await readExcerpt(response.body)));
    }
    const watch = new GuardedBody(response.body);
    const guarded = copyResponse(response, watch.stream);
    this.#watches.set(guarded, watch);
    return guarded;
  };

  /** The watch of a stream that `fetch` gave; `undefined` for any other response. */
  find(response: Response): BodyWatch | undefined {
    return this.#watches.get(response);
  }
}

class GuardedBody implements BodyWatch {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #unframedBytes = 0;
  #hasEnded = false;
  #head: Uint8Array | null = null;
  #tail: Uint8Array = new Uint8Array();

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
    this.stream = new ReadableStream(
      {
        pull: (controller) => this.#pull(controller),
        cancel: () => this.#leave(),
      },
      { highWaterMark: 0 }, // nothing is read ahead
    );
  }

  /**
   * A reader that stopped while the body still went on stopped at `[DONE]`. At the end of the body it is there to see, also
   * without the empty line that should follow it.
   */
  get hasSeenDone(): boolean {
    return !this.#hasEnded || /(?:^|[\r\n])data: ?\[DONE\]\s*$/.test(new TextDecoder().decode(this.#tail));
  }

  get head(): string {
    return new TextDecoder().decode(this.#head ?? new Uint8Array());
  }

  frameRead(): void {
    this.#unframedBytes = 0;
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { done, value } = await this.#reader.read();
    if (done) {
      this.#hasEnded = true;
      return controller.close();
    }
    this.#head ??= value.slice(0, HEAD_BYTES);
    this.#unframedBytes += value.byteLength;
    if (this.#unframedBytes > MAX_FRAME_BYTES) throw createModelError('frameTooLarge');
    this.#tail = value.byteLength >= TAIL_BYTES ? value.subarray(-TAIL_BYTES) : concat(this.#tail, value);
    controller.enqueue(value);
  }

  /** The reader had enough. Nothing waits for the rest, but a body that ends at once leaves its connection to the next turn. */
  #leave(): void {
    void readSome(this.#reader);
  }
}

/** Other content types are believed to be streams: some endpoints name them wrongly. */
function isWebPage({ headers }: Response): boolean {
  return /^\s*text\/html\b/i.test(headers.get('content-type') ?? '');
}

/** What a body begins with, as text; see `readSome`. */
async function readExcerpt(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return '';
  return Buffer.concat(await readSome(body.getReader())).toString('utf8');
}

/** What comes within a second, up to about 64 kB, and then no more. A body that breaks off gives what was there before. */
async function readSome(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  const stop = (): void => void reader.cancel().catch(() => undefined); // it may have broken off
  const timer = setTimeout(stop, EXCERPT_MS);
  try {
    for (let bytes = 0; bytes < EXCERPT_BYTES; bytes += parts.at(-1)?.byteLength ?? 0) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
    }
  } catch {
    // The connection is gone, and there is no more to read.
  }
  clearTimeout(timer);
  stop();
  return parts;
}

function toFailure(response: Response, text: string): Response {
  const { status, headers } = response;
  // These a `Response` of ours may not have.
  if (status > 599) throw createStatusError({ status, headers, cause: toVendorError(text) });
  return copyResponse(response, text === '' ? null : text);
}

function copyResponse(
  { status, statusText, headers }: Response,
  body: string | ReadableStream<Uint8Array> | null,
): Response {
  return new Response(body, { status, statusText, headers });
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([left, right]).subarray(-TAIL_BYTES));
}
