import { NO_LONGER_NEEDED } from '../lib/no-longer-needed.ts';
import { requireWhole } from './check-cursor.ts';
import type { Channel, EventHub } from './event-hub.ts';
import type { RunEvent } from './run-event.ts';

export interface TailOptions {
  readonly runId: string;
  /** The `seq` of the last event that the reader has. */
  readonly after: number;
  readonly hub: EventHub;
  /**
   * A page of the log, ascending; one of fewer than `limit` events is the last there is. `ending` aborts when the tail ends: nobody
   * waits for the page then.
   */
  readonly read: (
    cursor: { runId: string; after: number },
    limit: number,
    ending: AbortSignal,
  ) => Promise<readonly RunEvent[]>;
  /** The run's highest `seq` in the log now, and whether the run has ended; `null` when there is no such run. `ending` as above. */
  readonly look: (runId: string, ending: AbortSignal) => Promise<{ lastSeq: number; ended: boolean } | null>;
  /** Events of a page at most. Default: 64. */
  readonly pageEvents?: number;
  /**
   * What becomes of a reader when the hub closes. `end`: it ends (default). `wait`: it gives nothing more until it is ended from outside:
   * an end of its own would say that the run has said all.
   */
  readonly atClose?: 'end' | 'wait';
}

/** A page of the log: so many events at most, and of those no more than the first that are together longer than this. */
const PAGE_EVENTS = 64;
const FIRST_PAGE_EVENTS = 8;
const PAGE_LENGTH = 16_384;
const NO_EVENTS: readonly RunEvent[] = [];

/**
 * The events of a run after a cursor: each once, in order, to the end.
 *
 * 1. Join the run's channel, so that nothing published from now on is missed.
 * 2. Read the first page of the log. Where it does not reach the log's end, look how far that goes; where it is empty, whether more will
 *    come.
 * 3. While the cursor is behind: take the next event from the channel's recent ones, or read a page of the log where they do
 *    not reach back so far.
 * 4. At the log's end: wait for the channel. RunFinished ends it, and so does the deletion of the run.
 *
 * A reader is its cursor and at most one page. A slow reader falls back to pages; nobody waits for it. `return` and the
 * signal wake a reader that waits. A log that cannot be read ends the tail with its error: the reader resumes from its cursor.
 * A cursor that the log has grown over meanwhile, as it does some time after the run's end, is a CursorExpiredError.
 */
export class Tail implements AsyncIterableIterator<RunEvent, undefined> {
  readonly #options: TailOptions;
  readonly #signal: AbortSignal | undefined;
  readonly #channel: Channel;
  #cursor: number;
  #last: RunEvent | null = null;
  #page = NO_EVENTS;
  #pageIndex = 0;
  /** Events to ask for: few at first, more as long as they fit, so that little is read in vain where they are large. */
  #pageLimit: number;
  #looked = false;
  #done = false;
  #waiter: (() => void) | null = null;
  readonly #ending = new AbortController();
  readonly #stop = (): void => this.#finish();

  constructor(options: TailOptions, signal?: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#cursor = options.after;
    this.#pageLimit = Math.min(FIRST_PAGE_EVENTS, options.pageEvents ?? PAGE_EVENTS);
    this.#channel = options.hub.join(options.runId);
    if (signal?.aborted === true) this.#finish();
    else signal?.addEventListener('abort', this.#stop, { once: true });
  }

  next(): Promise<IteratorResult<RunEvent, undefined>> {
    const event = this.#looked && !this.#done && !this.#channel.closed ? this.#take() : undefined;
    if (event !== undefined) return Promise.resolve({ done: false, value: this.#advance(event) });
    return this.#await();
  }

  async #await(): Promise<IteratorResult<RunEvent, undefined>> {
    try {
      return await this.#next();
    } catch (error) {
      // The page that was given up was not wanted any more.
      if (this.#done) return { done: true, value: undefined };
      this.#finish();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<RunEvent, undefined>> {
    this.#finish();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #next(): Promise<IteratorResult<RunEvent, undefined>> {
    if (!this.#looked) await this.#look();
    while (!this.#done) {
      if (this.#channel.closed) {
        await this.#close();
        continue;
      }
      const event = this.#take() ?? (await this.#readPage());
      if (event !== undefined && !this.#done) return { done: false, value: this.#advance(event) };
      if (this.#done || this.#cursor < this.#channel.lastSeq) continue;
      if (this.#channel.gone) this.#finish();
      else await this.#changed();
    }
    return { done: true, value: undefined };
  }

  async #look(): Promise<void> {
    this.#looked = true;
    const limit = this.#pageLimit;
    const events = await this.#fetchPage();
    const last = events.at(-1);
    if (last !== undefined) this.#options.hub.raise(this.#channel, last.seq);
    if (last !== undefined && events.length < limit) return;
    const state = await this.#options.look(this.#options.runId, this.#ending.signal);
    if (state === null || (state.ended && state.lastSeq <= this.#cursor)) return this.#finish();
    this.#options.hub.raise(this.#channel, state.lastSeq);
  }

  /** The next event, where memory holds it. */
  #take(): RunEvent | undefined {
    if (this.#pageIndex < this.#page.length) return this.#page[this.#pageIndex++];
    this.#page = NO_EVENTS;
    const first = this.#channel.recent[0];
    if (first === undefined || this.#cursor + 1 < first.seq) return undefined;
    const event = this.#channel.recent[this.#cursor + 1 - first.seq];
    // A cursor ahead of the log: only the end is of interest.
    if (event === undefined && this.#channel.recent.at(-1)?.type === 'RunFinished') this.#finish();
    return event;
  }

  async #readPage(): Promise<RunEvent | undefined> {
    if (this.#done || this.#cursor >= this.#channel.lastSeq) return undefined;
    await this.#fetchPage();
    // The channel knows of more, the log has none: the run was deleted.
    if (this.#page.length === 0) this.#finish();
    return this.#page[this.#pageIndex++];
  }

  /** Takes the next page of the log, and gives it as it was before it was cut. */
  async #fetchPage(): Promise<readonly RunEvent[]> {
    this.#pageIndex = 0;
    const cursor = { runId: this.#options.runId, after: this.#cursor };
    const events = await this.#options.read(cursor, this.#pageLimit, this.#ending.signal);
    this.#page = withinLength(events);
    this.#pageLimit =
      this.#page.length < events.length
        ? this.#page.length
        : Math.min(this.#pageLimit * 2, this.#options.pageEvents ?? PAGE_EVENTS);
    requireWhole(this.#cursor, this.#last, this.#page[0]);
    return events;
  }

  #advance(event: RunEvent): RunEvent {
    this.#cursor = event.seq;
    this.#last = event;
    if (event.type === 'RunFinished') this.#finish();
    return event;
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiter = resolve;
      this.#channel.waiters.add(resolve);
    });
  }

  async #close(): Promise<void> {
    if (this.#options.atClose === 'wait') await this.#changed();
    else this.#finish();
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#ending.abort(NO_LONGER_NEEDED);
    this.#page = NO_EVENTS;
    this.#signal?.removeEventListener('abort', this.#stop);
    this.#options.hub.leave(this.#channel);
    if (this.#waiter !== null) {
      this.#channel.waiters.delete(this.#waiter);
      this.#waiter();
    }
  }
}

/** What a reader holds while its client is slow stays small, however large the events are. */
function withinLength(events: readonly RunEvent[]): readonly RunEvent[] {
  let length = 0;
  const end = events.findIndex((event) => (length += lengthOf(event)) > PAGE_LENGTH);
  return end === -1 ? events : events.slice(0, end + 1);
}

function lengthOf({ payload }: RunEvent): number {
  return 'delta' in payload ? payload.delta.length : JSON.stringify(payload).length;
}
