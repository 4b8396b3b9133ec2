import { delay } from '../lib/delay.ts';
import type { Logger } from '../lib/logger.ts';
import { TransientModelError } from './model-failure.ts';
import type { Model, ModelEvent, ModelRequest } from './model.ts';
import { readRetryAfterMs } from './read-retry-after.ts';

export interface RetryOptions {
  /** How often the endpoint is asked in all; 1: once. */
  readonly tries: number;
  readonly log: Logger;
  /** The longest wait that an endpoint may ask for, and that is waited; default 30,000. */
  readonly maxWaitMs?: number;
  readonly now?: () => Date;
  /** From 0 to 1, as `Math.random` gives it. */
  readonly random?: () => number;
  /** Resolves after so long; rejects with the signal's reason when it aborts first. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;

/**
 * `model`, asked again when it fails for a reason that may pass (`TransientModelError`) before it has said anything; what follows
 * the first event is the consumer's already, and its failure too. Between two tries it waits as long as the endpoint asks for, else
 * half a second, doubled every time, more or less; an endpoint that asks for longer than `maxWaitMs` has failed at once. The signal
 * ends a wait.
 */
export function createRetryingModel(model: Model, options: RetryOptions): Model {
  return { stream: (request, signal) => new RetryingStream(model, { ...options, request, signal }) };
}

interface StreamOptions extends RetryOptions {
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
}

class RetryingStream implements AsyncIterableIterator<ModelEvent, undefined, void> {
  readonly #model: Model;
  readonly #options: StreamOptions;
  #events: AsyncIterator<ModelEvent, unknown, void>;
  #hasSpoken = false;
  #isLeft = false;

  constructor(model: Model, options: StreamOptions) {
    this.#model = model;
    this.#options = options;
    this.#events = this.#open();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ModelEvent, undefined>> {
    if (!this.#hasSpoken) return await this.#first();
    return toResult(await this.#events.next());
  }

  async return(): Promise<IteratorResult<ModelEvent, undefined>> {
    this.#isLeft = true;
    await this.#events.return?.();
    return { done: true, value: undefined };
  }

  async #first(): Promise<IteratorResult<ModelEvent, undefined>> {
    for (let tries = 1; ; tries += 1) {
      try {
        const result = await this.#events.next();
        this.#hasSpoken = true;
        return toResult(result);
      } catch (error) {
        await this.#wait(error, tries);
        if (this.#isLeft) return { done: true, value: undefined };
        this.#events = this.#open();
      }
    }
  }

  #open(): AsyncIterator<ModelEvent, unknown, void> {
    const { request, signal } = this.#options;
    return this.#model.stream(request, signal)[Symbol.asyncIterator]();
  }

  /** Throws `error` when no more is to be tried. */
  async #wait(error: unknown, tries: number): Promise<void> {
    const { tries: maxTries, maxWaitMs = MAX_WAIT_MS, request, signal, log, wait = delay } = this.#options;
    if (!(error instanceof TransientModelError) || tries >= maxTries || signal.aborted) throw error;
    const waitMs = this.#waitMs(error, tries);
    if (waitMs > maxWaitMs) throw error;
    log.warn({ err: error, waitMs, runId: request.runId }, 'the model endpoint failed and is asked again');
    await wait(waitMs, signal);
  }

  #waitMs({ headers }: TransientModelError, tries: number): number {
    const { now = () => new Date(), random = Math.random } = this.#options;
    const asked = headers === null ? null : readRetryAfterMs(headers, now());
    return asked ?? FIRST_WAIT_MS * 2 ** (tries - 1) * (0.75 + random() / 2);
  }
}

function toResult({
  done,
  value,
}: IteratorResult<ModelEvent, unknown>): IteratorResult<ModelEvent, undefined> {
  return done === true ? { done, value: undefined } : { done: false, value };
}
