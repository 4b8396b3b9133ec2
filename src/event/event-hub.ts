import type { Logger } from '../lib/logger.ts';
import type { RunEvent } from './run-event.ts';

/** Committed events of one run that are kept for readers of this process: the newest ones, without a gap. */
const MAX_RECENT = 128;
const POLL_LIMIT = 1000;

/** What the readers of one run share. */
export interface Channel {
  readonly runId: string;
  /** The newest committed events, ascending, without a gap; the last one's `seq` is `lastSeq` unless it is empty. */
  readonly recent: RunEvent[];
  /** The highest `seq` known to be in the log. */
  lastSeq: number;
  /** Called, once each, when something new is in the log. */
  readonly waiters: Set<() => void>;
  /** Nothing will ever be published again: this process stops. */
  closed: boolean;
  /** The run is deleted: nothing comes after `lastSeq`. */
  gone: boolean;
}

export interface EventHubOptions {
  /** The events after each run's cursor, by run and `seq`, at most `limit`: one query for all. */
  readonly readAfter: (
    cursors: readonly { runId: string; after: number }[],
    limit: number,
  ) => Promise<readonly RunEvent[]>;
  /** Those of the runs that are deleted: of these no event tells the end to who reads elsewhere. */
  readonly findGone: (runIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Called when this process has something of the run new in the log, for whoever reads elsewhere. */
  readonly onPublished?: (runId: string) => void;
  readonly log: Logger;
  /** Between two looks for events that nobody in this process has published. Default: 1,000. */
  readonly pollMs?: number;
}

/**
 * Where the readers of this process wait. The flusher hands every committed event over; events written elsewhere are found
 * by a query for the runs that a wake-up names, and by one a second for all runs that have readers, which is also the safety net for a
 * lost wake-up; after that one another tells which of the silent ones are deleted. Nothing is kept per reader, and nothing at all for
 * a run without readers.
 */
export class EventHub implements Disposable {
  readonly #channels = new Map<string, { channel: Channel; readers: number }>();
  readonly #options: EventHubOptions;
  readonly #timer: NodeJS.Timeout;
  /** Runs that are to be looked at. */
  readonly #wanted = new Set<string>();
  /** Whether the next look is one of all runs, which finds those that are deleted as well. */
  #isWhole = false;
  #isPolling = false;
  #isDisposed = false;

  constructor(options: EventHubOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.look(), options.pollMs ?? 1000);
    this.#timer.unref();
  }

  /** The run's channel, until `leave` is called as often as `join`. */
  join(runId: string): Channel {
    const entry = this.#channels.get(runId) ?? {
      channel: { runId, recent: [], lastSeq: 0, waiters: new Set(), closed: this.#isDisposed, gone: false },
      readers: 0,
    };
    entry.readers += 1;
    this.#channels.set(runId, entry);
    return entry.channel;
  }

  leave(channel: Channel): void {
    const entry = this.#channels.get(channel.runId);
    if (entry === undefined || entry.channel !== channel) return;
    entry.readers -= 1;
    if (entry.readers === 0) this.#channels.delete(channel.runId);
  }

  /** Hands events that this process has committed, ascending, to the run's readers. Those known already are passed over. */
  publish(runId: string, events: readonly RunEvent[]): void {
    this.#deliver(runId, events);
    this.#options.onPublished?.(runId);
  }

  /** Says that the log goes up to `lastSeq` at least, whoever has written it: readers that wait go on from there. */
  raise(channel: Channel, lastSeq: number): void {
    if (lastSeq <= channel.lastSeq) return;
    channel.lastSeq = lastSeq;
    wake(channel);
  }

  /** Looks for events of those of the runs that have readers, all in one query. Left out: of all. */
  look(runIds?: Iterable<string>): void {
    this.#isWhole ||= runIds === undefined;
    for (const runId of runIds ?? this.#channels.keys())
      if (this.#channels.has(runId)) this.#wanted.add(runId);
    void this.#poll();
  }

  #deliver(runId: string, events: readonly RunEvent[]): void {
    const channel = this.#channels.get(runId)?.channel;
    const last = events.at(-1);
    if (channel === undefined || last === undefined || last.seq <= channel.lastSeq) return;
    const fresh = withoutGap(events.filter((event) => event.seq > channel.lastSeq));
    const follows = fresh[0]?.seq === channel.lastSeq + 1 && channel.recent.at(-1)?.seq === channel.lastSeq;
    if (!follows) channel.recent.length = 0;
    channel.recent.push(...fresh);
    if (channel.recent.length > MAX_RECENT) channel.recent.splice(0, channel.recent.length - MAX_RECENT);
    channel.lastSeq = last.seq;
    wake(channel);
  }

  /** How many runs have readers. */
  get size(): number {
    return this.#channels.size;
  }

  /** How many readers there are. */
  get readers(): number {
    let readers = 0;
    for (const entry of this.#channels.values()) readers += entry.readers;
    return readers;
  }

  /** Stops looking and ends every reader. A look under way is left to end by itself. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#isDisposed = true;
    for (const { channel } of this.#channels.values()) {
      channel.closed = true;
      wake(channel);
    }
  }

  /** One query at a time: what is wanted meanwhile is looked at after it. */
  async #poll(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    try {
      while (this.#wanted.size > 0 && !this.#isDisposed) await this.#read(this.#takeWanted());
    } catch (error) {
      // The next look finds what this one missed.
      this.#options.log.debug({ err: error }, 'looking for events failed');
    } finally {
      this.#isPolling = false;
    }
  }

  #takeWanted(): { runId: string; after: number }[] {
    const cursors = [...this.#wanted].flatMap((runId) => {
      const channel = this.#channels.get(runId)?.channel;
      return channel === undefined ? [] : [{ runId, after: channel.lastSeq }];
    });
    this.#wanted.clear();
    return cursors;
  }

  async #read(cursors: readonly { runId: string; after: number }[]): Promise<void> {
    const isWhole = this.#isWhole;
    this.#isWhole = false;
    if (cursors.length === 0) return;
    const events = await this.#options.readAfter(cursors, POLL_LIMIT);
    const byRun = Map.groupBy(events, (event) => event.runId);
    for (const [runId, ofRun] of byRun) this.#deliver(runId, ofRun);
    if (isWhole) await this.#endGone(cursors.map(({ runId }) => runId).filter((runId) => !byRun.has(runId)));
  }

  async #endGone(silent: readonly string[]): Promise<void> {
    if (silent.length === 0) return;
    for (const runId of await this.#options.findGone(silent)) {
      const channel = this.#channels.get(runId)?.channel;
      if (channel === undefined) continue;
      channel.gone = true;
      wake(channel);
    }
  }
}

/** The last events that follow each other: the log of a run that ended a while ago skips numbers. */
function withoutGap(events: readonly RunEvent[]): readonly RunEvent[] {
  const start = events.findLastIndex(({ seq }, index) => index > 0 && events[index - 1]?.seq !== seq - 1);
  return start === -1 ? events : events.slice(start);
}

function wake(channel: Channel): void {
  const waiters = [...channel.waiters];
  channel.waiters.clear();
  for (const resume of waiters) resume();
}
