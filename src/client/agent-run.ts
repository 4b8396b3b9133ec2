import { AmbitClientError, aborted } from './client-error.ts';
import type { ApprovalDecision, RunAgentInput } from './generated/graphql.ts';
import type { AmbitRun, AmbitRunEvent } from './run-event.ts';
import type { RunRequests } from './run-requests.ts';
import { wait } from './wait.ts';

/** A run, as one client follows it. */
export interface AgentRun extends AsyncIterable<AmbitRunEvent> {
  /** A UUID; of a new run made by the client, so that a start that is asked twice is one run. */
  readonly id: string;
  /** The `seq` of the last event that an iteration has handed out. A later iteration goes on from there. */
  readonly cursor: number;
  /** The run as it was when its start was answered; of one that is resumed, as it is. Rejects with `AmbitClientError`. */
  readonly started: Promise<AmbitRun>;
  /** The run when it is over, however it ended, whether or not its events are read. Rejects with `AmbitClientError`. */
  readonly result: Promise<AmbitRun>;
  /** Cancels it; resolves when it is over. One whose start is not answered yet is cancelled as soon as it is. */
  cancel(): Promise<AmbitRun>;
  /** Decides all its open approvals. Throws `AmbitClientError` (CONFLICT) for others than those. */
  decide(decisions: readonly ApprovalDecision[]): Promise<void>;
}

export interface FollowedRunOptions {
  readonly id: string;
  readonly requests: RunRequests;
  /** `null`: it has been started before. */
  readonly input: RunAgentInput | null;
  /** Events up to this `seq` are known. */
  readonly after: number;
  readonly signal: AbortSignal | undefined;
  /** What the signal ends: the run, or only that it is followed. */
  readonly aborts: 'run' | 'reading';
}

const OVER: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED']);
/** Before a stream is asked for anew that ended without the end of the run. */
const PAUSE_MS = 1000;
const NEVER = new AbortController().signal;

export class FollowedRun implements AgentRun {
  readonly id: string;
  readonly #requests: RunRequests;
  readonly #cancelling = new AbortController();
  readonly #reading: AbortSignal | undefined;
  readonly #start: Promise<AmbitRun> | null;
  readonly #end = Promise.withResolvers<AmbitRun>();
  #cursor: number;
  #isEndKnown = false;
  #isDraining = false;
  #started: Promise<AmbitRun> | null = null;
  #cancelled: Promise<AmbitRun> | null = null;

  constructor({ id, requests, input, after, signal, aborts }: FollowedRunOptions) {
    this.id = id;
    this.#requests = requests;
    this.#cursor = after;
    this.#reading = aborts === 'reading' ? signal : undefined;
    if (aborts === 'run' && signal?.aborted === true) this.#cancelling.abort();
    this.#start = input === null ? null : this.#begin(input);
    this.#start?.catch(() => undefined);
    // The caller hears of it by the events and the result.
    const cancel = (): void => void this.cancel().catch(() => undefined);
    // A signal may live longer than many runs. How it ended is told to whoever asks for the result.
    const letGo = (): void => {
      this.#isEndKnown = true;
      signal?.removeEventListener('abort', cancel);
    };
    this.#end.promise.then(letGo, letGo);
    if (aborts !== 'run') return;
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
  }

  get cursor(): number {
    return this.#cursor;
  }

  get started(): Promise<AmbitRun> {
    this.#started ??= this.#start ?? this.#requests.read(this.#reading);
    // Whoever asks may look at it after the events, or not any more.
    this.#started.catch(() => undefined);
    return this.#started;
  }

  get result(): Promise<AmbitRun> {
    // By a reading of its own: an iteration goes on when its caller asks, who may be waiting for this.
    if (!this.#isEndKnown && !this.#isDraining) void this.#drain();
    return this.#end.promise;
  }

  cancel(): Promise<AmbitRun> {
    this.#cancelling.abort();
    // One that failed may be asked for again.
    return (this.#cancelled ??= this.#cancel().catch((error: unknown) => {
      this.#cancelled = null;
      throw error;
    }));
  }

  async decide(decisions: readonly ApprovalDecision[]): Promise<void> {
    await this.#start;
    await this.#requests.decide(decisions);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AmbitRunEvent, void, undefined> {
    try {
      for await (const event of this.#events()) {
        this.#cursor = event.seq;
        yield event;
      }
    } catch (error) {
      this.#end.reject(error);
      throw error;
    }
  }

  /**
   * 1. An answer that is lost on the way is asked for again, by the same id.
   * 2. A run that was cancelled before anything was sent is not started at all; once something was, it may have been started, and is
   *    asked for until that is known, so that it can be cancelled.
   */
  async #begin(input: RunAgentInput): Promise<AmbitRun> {
    let isSent = false;
    return await this.#requests.start(input, () => {
      if (!isSent && this.#cancelling.signal.aborted) throw aborted();
      isSent = true;
    });
  }

  async #cancel(): Promise<AmbitRun> {
    await this.#start;
    return await this.#requests.cancel();
  }

  /** Reads the events to the end for nothing but that. */
  async #drain(): Promise<void> {
    this.#isDraining = true;
    try {
      const events = this.#events();
      for (let step = await events.next(); step.done !== true;) step = await events.next();
    } catch (error) {
      this.#end.reject(error);
    }
  }

  /** The events after the cursor, each once, to RunFinished. */
  async *#events(): AsyncGenerator<AmbitRunEvent, void, undefined> {
    await this.#start;
    const signal = this.#reading ?? NEVER;
    let cursor = this.#cursor;
    while (!signal.aborted) {
      try {
        for await (const event of this.#requests.follow(() => cursor, signal)) {
          // What was under way when the connection was lost comes again.
          if (event.seq <= cursor) continue;
          cursor = event.seq;
          if (event.__typename === 'RunFinished') this.#end.resolve(event.run);
          yield event;
          if (event.__typename === 'RunFinished') return;
        }
        if (signal.aborted) break;
        const run = await this.#requests.read(signal);
        if (OVER.has(run.status) && run.lastSeq <= cursor) return this.#end.resolve(run);
        await wait(PAUSE_MS, signal);
      } catch (error) {
        const resumeAfter = error instanceof AmbitClientError ? error.resumeAfter : null;
        if (resumeAfter === null) throw error;
        // What was joined is whole from the beginning; of what was deleted only the end is left.
        cursor = resumeAfter < cursor ? 0 : resumeAfter;
        yield { __typename: 'EventsReset', runId: this.id, seq: cursor };
      }
    }
    this.#end.reject(aborted());
  }
}
