import { AmbitClientError, aborted } from './client-error.ts';
import { ConnectionLost } from './connection-lost.ts';
import type { Operation } from './operation.ts';
import { Patience, type RetryOptions } from './patience.ts';
import { postOperation } from './post-operation.ts';
import type { TokenSource } from './token-source.ts';
import type { Transport } from './transport.ts';
import { untilAborted } from './until-aborted.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly tokens: TokenSource;
  readonly transport: Transport;
  readonly retry: RetryOptions;
  onRetry(error: AmbitClientError): void;
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether to ask again when no answer came: for operations that do the same when they are done twice. Default: false. */
  readonly isRepeatable?: boolean;
  /** Called before each attempt; may throw to give up. */
  beforeSending?(): void;
}

/** One attempt to send what may be repeated is given up after this. */
const ATTEMPT_MS = 60_000;

/** The way to one server for all that the client does: tokens that are refused and connections that are lost are seen to here. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #ending = new AbortController();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** The `data` of a query or mutation. Throws `AmbitClientError`. */
  async send(operation: Operation, options: SendOptions = {}): Promise<unknown> {
    const { url, fetch, tokens } = this.#options;
    const { isRepeatable = false } = options;
    const signal = this.#signalWith(options.signal);
    const patience = new Patience(this.#options.retry, signal);
    for (;;) {
      if (signal.aborted) throw aborted();
      try {
        options.beforeSending?.();
        const token = await tokens.get();
        const within = isRepeatable ? AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]) : signal;
        const data = await postOperation(operation, { url, fetch, token, signal: within });
        tokens.accept(token);
        return data;
      } catch (error) {
        if (signal.aborted) throw aborted();
        await this.#mend(error, patience, isRepeatable);
      }
    }
  }

  /**
   * The `data` of each result of an operation, to its end. After a lost connection the operation is asked for anew, as `next` then says.
   * Ends when the signal aborts. Throws `AmbitClientError`.
   */
  async *follow(next: () => Operation, signal?: AbortSignal): AsyncGenerator<unknown, void, undefined> {
    const { tokens, transport } = this.#options;
    const ending = this.#signalWith(signal);
    const patience = new Patience(this.#options.retry, ending);
    while (!ending.aborted) {
      try {
        const token = await tokens.get();
        const results = transport.open({ operation: next(), token, signal: ending });
        for await (const data of untilAborted(results[Symbol.asyncIterator](), ending)) {
          patience.renew();
          yield data;
        }
        if (!ending.aborted) return;
      } catch (error) {
        if (!ending.aborted) await this.#mend(error, patience, true);
      }
    }
    if (signal?.aborted !== true) throw aborted();
  }

  async dispose(): Promise<void> {
    this.#ending.abort();
    await this.#options.transport.dispose();
  }

  /** Returns when there is reason to try again, and throws what is to be told where there is none. */
  async #mend(error: unknown, patience: Patience, isRepeatable: boolean): Promise<void> {
    const { tokens, onRetry } = this.#options;
    const lost = error instanceof ConnectionLost ? error : null;
    let cause: unknown = lost === null ? error : lost.cause;
    if (lost?.remedy === 'token') {
      try {
        return await tokens.refuse(lost.token, lost.cause);
      } catch (refused) {
        cause = refused;
      }
    }
    if (!(cause instanceof AmbitClientError)) throw cause;
    const isPassing = cause.code === 'TOKEN_UNAVAILABLE' || (lost?.remedy === 'again' && isRepeatable);
    if (!isPassing) throw cause;
    onRetry(cause);
    await patience.wait(cause);
  }

  #signalWith(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#ending.signal : AbortSignal.any([this.#ending.signal, signal]);
  }
}
