import type { ExecutionResult } from 'graphql';

import type { Results } from '../graphql/run-within.ts';
import { NO_LONGER_NEEDED } from '../lib/no-longer-needed.ts';

type Step = IteratorResult<ExecutionResult, void>;

export interface OperationStreamOptions {
  /** Starts the operation, at the first pull. */
  start(): Promise<Results>;
  /** Aborted when the stream ends, for whatever reason. */
  readonly controller: AbortController;
  /** Resolves when the reader can take another result; `undefined`: now. */
  ready(): Promise<void> | undefined;
  /** Whether a result says that nothing more may be had: the stream ends in its errors. Default: none does. */
  refuses?(result: ExecutionResult): boolean;
  /** Told once, when the stream has ended. */
  onEnd(): void;
}

/** An operation that ended in errors in place of a result. */
export class RefusedOperation extends Error {
  readonly errors: NonNullable<ExecutionResult['errors']>;

  constructor(errors: NonNullable<ExecutionResult['errors']>) {
    super('The operation was refused.');
    this.errors = errors;
  }
}

/**
 * The results of one operation of a socket, of a query's one as of a subscription's many, in one shape. Nothing is pulled from
 * the source before the reader is ready for it. `return` ends the stream at once: a pull that is under way is answered as
 * done, whether or not the source listens to the signal, and the source is left to end by itself.
 */
export class OperationStream implements AsyncGenerator<ExecutionResult, void, void> {
  readonly #options: OperationStreamOptions;
  #source: AsyncIterator<ExecutionResult, void, void> | null = null;
  #hasEnded = false;
  #waiting: PromiseWithResolvers<Step> | null = null;

  constructor(options: OperationStreamOptions) {
    this.#options = options;
  }

  next(): Promise<Step> {
    const waiting = Promise.withResolvers<Step>();
    this.#waiting = waiting;
    // Settled before the end, which answers as done whoever still waits.
    this.#pull().then(
      (step) => {
        waiting.resolve(step);
        if (step.done === true) this.#end();
      },
      (error: unknown) => {
        waiting.reject(error);
        this.#end();
      },
    );
    return waiting.promise;
  }

  async return(): Promise<Step> {
    this.#end();
    return DONE;
  }

  async throw(error: unknown): Promise<Step> {
    this.#end();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
  }

  async #pull(): Promise<Step> {
    const busy = this.#options.ready();
    if (busy !== undefined) await busy;
    if (this.#hasEnded) return DONE;
    this.#source ??= await this.#start();
    const step = await this.#source.next();
    if (this.#hasEnded) return DONE;
    const { refuses } = this.#options;
    if (step.done !== true && step.value.errors !== undefined && refuses?.(step.value) === true)
      throw new RefusedOperation(step.value.errors);
    return step;
  }

  async #start(): Promise<AsyncIterator<ExecutionResult, void, void>> {
    const results = await this.#options.start();
    const source = Symbol.asyncIterator in results ? results : single(results);
    if (this.#hasEnded) release(source);
    return source;
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.controller.abort(NO_LONGER_NEEDED);
    this.#waiting?.resolve(DONE);
    if (this.#source !== null) release(this.#source);
    this.#options.onEnd();
  }
}

const DONE: Step = { done: true, value: undefined };

async function* single(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, void> {
  if (result.data === undefined && result.errors !== undefined) throw new RefusedOperation(result.errors);
  yield result;
}

/** A source that fails while it ends has nobody left to tell. */
function release(source: AsyncIterator<ExecutionResult, void, void>): void {
  source.return?.().catch(() => undefined);
}
