import { NO_LONGER_NEEDED } from '../lib/no-longer-needed.ts';
import { IdleWatchdog } from './idle-watchdog.ts';
import { joinDeltas } from './join-deltas.ts';
import { createModelError, toVendorError } from './model-failure.ts';
import { type ModelEvent } from './model.ts';
import { TurnAccumulator } from './turn-accumulator.ts';

/** An answer that has begun: its headers are there. As `AnswerFrames`. */
export interface OpenedAnswer {
  /** The JSON of the next frames; `null` after the last one. */
  read(): Promise<readonly string[] | null>;
  /** Whether the stream ended with the protocol's `[DONE]`. */
  readonly hasSeenDone: boolean;
  /** How the body began: for the log, when it was no stream. */
  readonly head: string;
  /** No more is read. */
  leave(): void;
}

export interface TurnSource {
  /** Sends the request. `signal` ends it at any time. */
  open(signal: AbortSignal): Promise<OpenedAnswer>;
  /** What an error of `open` or of the frames means: a `ModelError`, and whether merely the connection was lost. */
  judge(error: unknown): { readonly error: Error; readonly isLoss: boolean };
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** After a finish reason only usage and `[DONE]` may follow; an endpoint that never ends its body is not waited for. */
const TAIL_TIMEOUT_MS = 5000;

/**
 * One turn, from request to end.
 *
 * 1. The first `next()` sends the request; the watchdog is set to `firstByteTimeoutMs`.
 * 2. Each frame goes through the accumulator; text of frames that came together is shown together. What moves the turn on resets
 *    the watchdog; while an event is with the consumer, the watchdog stands still and nothing is read.
 * 3. The frames end, break, fall silent or are aborted. The turn is complete when there was a finish reason, or `[DONE]`
 *    after something was said; a connection that is lost after the finish reason takes nothing away from it.
 * 4. Unless the frames ended by themselves, the request is aborted.
 *
 * `return()` aborts the request itself: the generator's own would wait in line behind a `next()` that is under way.
 */
export class TurnStream implements AsyncIterableIterator<ModelEvent, undefined, void> {
  readonly #source: TurnSource;
  readonly #signal: AbortSignal;
  readonly #http = new AbortController();
  readonly #accumulator = new TurnAccumulator();
  readonly #watchdog: IdleWatchdog;
  readonly #events: AsyncGenerator<ModelEvent, undefined, void>;
  #hasSpoken = false;

  /** `signal` is the caller's: when it aborts, `next()` rejects with its reason. */
  constructor(source: TurnSource, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.#watchdog = new IdleWatchdog(source.firstByteTimeoutMs, this.#abort);
    this.#events = this.#run();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ModelEvent, undefined>> {
    return this.#events.next();
  }

  return(): Promise<IteratorResult<ModelEvent, undefined>> {
    this.#abort();
    return this.#events.return(undefined);
  }

  readonly #abort = (): void => this.#http.abort(NO_LONGER_NEEDED);

  async *#run(): AsyncGenerator<ModelEvent, undefined, void> {
    this.#signal.throwIfAborted();
    this.#signal.addEventListener('abort', this.#abort, { once: true });
    try {
      this.#watchdog.wait();
      const answer = await this.#source.open(this.#http.signal);
      try {
        for (let frames = await answer.read(); frames !== null; frames = await answer.read()) {
          for (const event of joinDeltas(this.#takeAll(frames))) {
            this.#watchdog.hold();
            yield event;
            this.#watchdog.wait();
          }
        }
      } finally {
        answer.leave();
      }
      this.#requireEnding(answer);
    } catch (error) {
      this.#requireComplete(error);
    } finally {
      this.#watchdog.stop();
      this.#signal.removeEventListener('abort', this.#abort);
    }
    if (this.#wasLeft) return;
    yield* this.#accumulator.finish();
  }

  /** The consumer called `return()` during a `next()`, which then ends without a turn. */
  get #wasLeft(): boolean {
    return this.#http.signal.aborted && !this.#watchdog.hasExpired;
  }

  *#takeAll(frames: readonly string[]): Generator<ModelEvent> {
    for (const frame of frames) yield* this.#take(JSON.parse(frame));
  }

  #take(chunk: unknown): readonly ModelEvent[] {
    const { events, isProgress } = this.#accumulator.add(chunk);
    if (isProgress) {
      const { idleTimeoutMs } = this.#source;
      this.#hasSpoken = true;
      this.#watchdog.reset(
        this.#accumulator.isFinished ? Math.min(TAIL_TIMEOUT_MS, idleTimeoutMs) : idleTimeoutMs,
      );
    }
    return events;
  }

  /** Judges frames that ended without an error. */
  #requireEnding(answer: OpenedAnswer): void {
    this.#signal.throwIfAborted();
    if (this.#accumulator.isFinished) return;
    if (this.#watchdog.hasExpired) throw this.#silence();
    if (!this.#hasSpoken) throw createModelError('noStream', toVendorError(answer.head));
    if (!answer.hasSeenDone) throw createModelError('truncated');
  }

  /** Throws what `error` means, unless the turn is complete, or nobody waits for it. */
  #requireComplete(error: unknown): void {
    this.#signal.throwIfAborted();
    if (this.#wasLeft) return;
    const judged = this.#source.judge(error);
    if (judged.isLoss && this.#accumulator.isFinished) return;
    throw judged.isLoss && this.#watchdog.hasExpired ? this.#silence() : judged.error;
  }

  #silence(): Error {
    return createModelError(this.#hasSpoken ? 'silentMidway' : 'silentFromStart');
  }
}
