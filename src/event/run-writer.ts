import type { DeltaType, RunEvent, RunEventBody } from './run-event.ts';

/** An event on its way into the log, with the lease epoch that must still be the run's when it is written. */
export type PendingEvent = RunEvent & { readonly epoch: number };

export interface RunWriterOptions {
  readonly runId: string;
  readonly epoch: number;
  /** The last `seq` already in the log. */
  readonly lastSeq: number;
  readonly now: () => Date;
  /** Asks for a flush: at once, or when the next one is due. */
  readonly schedule: (when: 'now' | 'soon') => void;
}

/** Text joined into one event at most; a longer answer becomes several. */
const MAX_DELTA_LENGTH = 16_384;
/** From here on `append` asks the producer to wait. */
const MAX_PENDING_LENGTH = 262_144;

/** Nothing of this run can be written any more: the log refused its events, which is the `cause`; without one the lease is gone. */
export class WriterClosedError extends Error {
  override readonly name = 'WriterClosedError';
}

/**
 * The one writer of a running run's log. It numbers the events and joins adjacent deltas of one message; the `Flusher`
 * writes what is pending. Whoever appends awaits what `append` returns, so that a model is not read further while the log
 * cannot be written.
 */
export class RunWriter {
  readonly runId: string;
  readonly epoch: number;
  readonly #now: () => Date;
  readonly #schedule: (when: 'now' | 'soon') => void;
  readonly #waiting: { resolve: () => void; reject: (error: WriterClosedError) => void }[] = [];
  #seq: number;
  #pending: PendingEvent[] = [];
  #pendingLength = 0;
  #inFlight: PendingEvent[] = [];
  /** Events up to here have been in a flush, perhaps one that was committed: nothing joins them any more. */
  #sealedSeq = 0;
  #lastMessageId = '';
  #closed: WriterClosedError | null = null;

  constructor({ runId, epoch, lastSeq, now, schedule }: RunWriterOptions) {
    this.runId = runId;
    this.epoch = epoch;
    this.#seq = lastSeq;
    this.#now = now;
    this.#schedule = schedule;
  }

  /** The `seq` of the last event appended. */
  get lastSeq(): number {
    return this.#seq;
  }

  get hasPending(): boolean {
    return this.#pending.length > 0 && this.#closed === null;
  }

  /** When the oldest event happened that is not in the log yet; `null`: there is none. */
  get oldestAt(): Date | null {
    return (this.#inFlight[0] ?? this.#pending[0])?.at ?? null;
  }

  /** Appends an event that is flushed at once. Resolves when the producer may go on. */
  append(body: RunEventBody): Promise<void> | undefined {
    this.#push(body, 0);
    this.#schedule('now');
    return this.#backpressure();
  }

  /** Appends a piece of text. The first of a message is flushed at once, the others with the next flush. */
  appendDelta(type: DeltaType, messageId: string, delta: string): Promise<void> | undefined {
    const last = this.#pending.at(-1);
    if (
      last !== undefined &&
      last.seq > this.#sealedSeq &&
      joins(last, type, messageId) &&
      last.payload.delta.length + delta.length <= MAX_DELTA_LENGTH
    ) {
      this.#pending[this.#pending.length - 1] = {
        ...last,
        payload: { messageId, delta: last.payload.delta + delta },
      };
      this.#pendingLength += delta.length;
    } else {
      this.#push({ type, payload: { messageId, delta } }, delta.length);
    }
    const first = this.#lastMessageId !== messageId;
    this.#lastMessageId = messageId;
    this.#schedule(first ? 'now' : 'soon');
    return this.#backpressure();
  }

  /** Resolves when everything appended so far is in the log. Rejects with `WriterClosedError` when it never will be. */
  drain(): Promise<void> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    if (this.#pending.length === 0 && this.#inFlight.length === 0) return Promise.resolve();
    this.#schedule('now');
    return this.#settled();
  }

  /** The pending events, now in flight until `settle`, `restore` or `close`. */
  take(): readonly PendingEvent[] {
    this.#inFlight = this.#pending;
    this.#sealedSeq = this.#seq;
    this.#pending = [];
    this.#pendingLength = 0;
    return this.#inFlight;
  }

  /** What was in flight is in the log. */
  settle(): void {
    this.#inFlight = [];
    if (this.#pending.length === 0) for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** What was in flight could not be written yet, and comes first in the next flush. */
  restore(): void {
    this.#pending = [...this.#inFlight, ...this.#pending];
    this.#pendingLength = this.#pending.reduce((length, event) => length + textLength(event), 0);
    this.#inFlight = [];
  }

  /** Nothing more is written. */
  close(error: WriterClosedError): void {
    this.#closed ??= error;
    this.#pending = [];
    this.#inFlight = [];
    for (const { reject } of this.#waiting.splice(0)) reject(this.#closed);
  }

  #push(body: RunEventBody, length: number): void {
    this.#seq += 1;
    this.#pendingLength += length;
    this.#pending.push({ ...body, runId: this.runId, seq: this.#seq, at: this.#now(), epoch: this.epoch });
  }

  #backpressure(): Promise<void> | undefined {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    return this.#pendingLength < MAX_PENDING_LENGTH ? undefined : this.#settled();
  }

  #settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }
}

type PendingDelta = Extract<PendingEvent, { type: DeltaType }>;

function joins(event: PendingEvent, type: DeltaType, messageId: string): event is PendingDelta {
  return event.type === type && (event as PendingDelta).payload.messageId === messageId;
}

function textLength(event: PendingEvent): number {
  return event.type === 'TextDelta' || event.type === 'ReasoningDelta' ? event.payload.delta.length : 0;
}
