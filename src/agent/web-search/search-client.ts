import { ToolError } from '../../errors.ts';
import { RequestPace } from './request-pace.ts';

export interface SearchRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON by POST. Default: a GET. */
  readonly json?: unknown;
  readonly signal: AbortSignal;
}

/** An answer, whatever its status; `text` has U+FFFD where its bytes were not in its character set. */
export interface SearchAnswer {
  readonly status: number;
  readonly text: string;
}

export interface SearchClientOptions {
  /** For one request with its redirects, from its turn to the end of the answer. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Of the unpacked answer. Default: 2 MiB. */
  readonly maxBytes?: number;
  /** Default: one request a second, ten waiting. */
  readonly pace?: RequestPace;
}

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The HTTP side of a search service: paced, and bounded in time and size. Redirects are followed on the same origin only. */
export class SearchClient {
  readonly #timeoutMs: number;
  readonly #maxBytes: number;
  readonly #pace: RequestPace;

  constructor({
    timeoutMs = 10_000,
    maxBytes = 2 * 1024 * 1024,
    pace = new RequestPace(),
  }: SearchClientOptions = {}) {
    this.#timeoutMs = timeoutMs;
    this.#maxBytes = maxBytes;
    this.#pace = pace;
  }

  /** @throws ToolError with a sentence that says why there is no answer; the request's signal's reason when that aborts. */
  async request(request: SearchRequest): Promise<SearchAnswer> {
    await this.#pace.turn(request.signal);
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const signal = AbortSignal.any([request.signal, timeout]);
    try {
      const response = await this.#follow(request.url, { ...request, signal });
      return { status: response.status, text: await this.#readText(response) };
    } catch (error) {
      request.signal.throwIfAborted();
      if (timeout.aborted) throw this.#tooSlow();
      throw error;
    }
  }

  async #follow(url: URL, request: SearchRequest, redirects = 0): Promise<Response> {
    const response = await send(url, request);
    const location = response.headers.get('location');
    if (!REDIRECTS.has(response.status) || location === null) return response;
    await response.body?.cancel();
    const target = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (target?.origin !== url.origin) {
      throw new ToolError('The search service redirects to another host, which is not followed.');
    }
    // What is posted is not posted twice.
    if (redirects === MAX_REDIRECTS || request.json !== undefined) {
      throw new ToolError('The search service redirects instead of answering.');
    }
    return await this.#follow(target, request, redirects + 1);
  }

  async #readText(response: Response): Promise<string> {
    const decoder = createDecoder(response.headers.get('content-type') ?? '');
    let bytes = 0;
    let text = '';
    try {
      for await (const chunk of response.body ?? []) {
        bytes += chunk.byteLength;
        // Leaving the loop closes the connection.
        if (bytes > this.#maxBytes) throw new ToolError('The answer of the search service is too large.');
        text += decoder.decode(chunk, { stream: true });
      }
    } catch (cause) {
      throw cause instanceof ToolError
        ? cause
        : new ToolError('The answer of the search service broke off.', { cause });
    }
    return text + decoder.decode();
  }

  #tooSlow(): ToolError {
    return new ToolError(`The search service did not answer within ${this.#timeoutMs / 1000} seconds.`);
  }
}

async function send(url: URL, { headers = {}, json, signal }: SearchRequest): Promise<Response> {
  const init: RequestInit = { redirect: 'manual', signal };
  try {
    if (json === undefined) return await fetch(url, { ...init, headers });
    const jsonHeaders = { ...headers, 'content-type': 'application/json' };
    return await fetch(url, { ...init, method: 'POST', headers: jsonHeaders, body: JSON.stringify(json) });
  } catch (cause) {
    throw new ToolError('The search service cannot be reached.', { cause });
  }
}

/** By the answer's character set, or UTF-8 where it names none that is known. */
function createDecoder(contentType: string) {
  const [, label = 'utf-8'] = /charset\s*=\s*"?([\w:.-]+)/i.exec(contentType) ?? [];
  try {
    return new TextDecoder(label);
  } catch {
    // A name that nobody knows says nothing.
    return new TextDecoder();
  }
}
