import { ConflictError, UnavailableError } from '../errors.ts';
import { callIn } from '../lib/call-in.ts';
import type { Logger } from '../lib/logger.ts';
import type { RunEvent } from './run-event.ts';
import { type PendingEvent, RunWriter, WriterClosedError } from './run-writer.ts';

export interface FlusherOptions {
  /** Writes the events in one statement; runs that are no longer held at that epoch are missing from `written`. */
  readonly append: (events: readonly PendingEvent[]) => Promise<AppendResult>;
  /** The highest `seq` of a run in the log. */
  readonly readLastSeq: (runId: string) => Promise<number>;
  /** Hands on what is now in the log, in order. */
  readonly publish: (runId: string, events: readonly RunEvent[]) => void;
  readonly now: () => Date;
  readonly log: Logger;
  /** Between two flushes. Default: 30. */
  readonly intervalMs?: number;
  /** How long the log may be away before the runs are told to stop. Default: 10,000. */
  readonly leaseMs?: number;
  /** Told of each statement: how many events it wrote, or that it failed. Default: nobody is. */
  readonly onFlush?: (flush: {
    readonly events: number;
    readonly ms: number;
    readonly isWritten: boolean;
  }) => void;
}

export interface AppendResult {
  readonly written: ReadonlySet<string>;
  readonly cancelRequested: ReadonlySet<string>;
}

export interface WriterHooks {
  /** Somebody asked to cancel the run, perhaps through another process. */
  readonly onCancelRequested: () => void;
  /** The lease is lost, or the log refused this run's events. */
  readonly onClosed: (error: WriterClosedError) => void;
  /** The log has been away for longer than the lease. */
  readonly onStalled: () => void;
}

const RETRY_MS = 250;
/** Between a flush and the next one that something urgent asks for. */
const URGENT_GAP_MS = 4;

/**
 * Writes the events of all runs of this process, in one statement per flush.
 *
 * 1. Writers collect: deltas join, everything gets its `seq`.
 * 2. Every `intervalMs` all writers are flushed together. A writer with something urgent, the first piece of a message or
 *    anything but text, is flushed at once, alone: the others go on collecting. One flush is under way at a time.
 * 3. Committed events are published; a run that is missing from the result has lost its lease, and its writer is closed.
 * 4. While the database is away the events stay with their writers, and the flush is tried again. Whether the one that broke
 *    off was committed is not known: a `seq` that is taken then is this writer's own, since nobody else holds its epoch.
 * 5. A statement that was refused is tried run by run, so that only the guilty run fails.
 */
export class Flusher implements Disposable {
  readonly #options: FlusherOptions;
  readonly #intervalMs: number;
  readonly #leaseMs: number;
  readonly #writers = new Map<RunWriter, WriterHooks>();
  readonly #dirty = new Set<RunWriter>();
  readonly #urgent = new Set<RunWriter>();
  /** Writers of whose last flush it is not known whether it was committed. */
  readonly #uncertain = new Set<RunWriter>();
  #timer: { readonly callOff: () => void; readonly dueAt: number } | null = null;
  #flushing: Promise<void> | null = null;
  #flushedAt = -Infinity;
  #flushedAllAt = -Infinity;
  /** Since when the database has been away. */
  #awaySince: number | null = null;
  #isDisposed = false;

  constructor(options: FlusherOptions) {
    this.#options = options;
    this.#intervalMs = options.intervalMs ?? 30;
    this.#leaseMs = options.leaseMs ?? 10_000;
  }

  /** The writer of a run that this process has just claimed. */
  open(run: { id: string; epoch: number; lastSeq: number }, hooks: WriterHooks): RunWriter {
    const writer: RunWriter = new RunWriter({
      runId: run.id,
      epoch: run.epoch,
      lastSeq: run.lastSeq,
      now: this.#options.now,
      schedule: (when) => {
        (when === 'now' ? this.#urgent : this.#dirty).add(writer);
        this.#arm();
      },
    });
    this.#writers.set(writer, hooks);
    return writer;
  }

  /** Forgets a writer whose run is over. What it still held is dropped. */
  release(writer: RunWriter): void {
    writer.close(new WriterClosedError('The run is over.'));
    this.#writers.delete(writer);
    this.#dirty.delete(writer);
    this.#urgent.delete(writer);
    this.#uncertain.delete(writer);
    if (this.#writers.size === 0) this.#awaySince = null;
  }

  /** Age in milliseconds of the oldest event that is not in the log yet, by the clock of `now`; 0: there is none. */
  get lagMs(): number {
    const now = this.#options.now().getTime();
    let lagMs = 0;
    for (const { oldestAt } of this.#writers.keys())
      if (oldestAt !== null) lagMs = Math.max(lagMs, now - oldestAt.getTime());
    return lagMs;
  }

  /** Closes every writer: the lease that they all write under is lost, and nothing more of theirs may be written. */
  closeAll(): void {
    for (const writer of this.#writers.keys())
      this.#close(writer, new WriterClosedError('The lease of the node is lost.'));
  }

  /** Stops flushing. A flush under way is left to end by itself: a database that is silent must not hold the stop up. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const writer of this.#writers.keys()) this.release(writer);
    this.#timer?.callOff();
  }

  /** Sets the timer for the next flush that is wanted; while one is under way its end does so. */
  #arm(): void {
    if (this.#flushing !== null || this.#isDisposed) return;
    const dueAt = this.#nextDueAt();
    if (dueAt === Infinity || (this.#timer !== null && this.#timer.dueAt <= dueAt)) return;
    this.#timer?.callOff();
    const callOff = callIn(dueAt - performance.now(), () => this.#start());
    this.#timer = { callOff, dueAt };
  }

  #nextDueAt(): number {
    if (this.#urgent.size === 0 && this.#dirty.size === 0) return Infinity;
    if (this.#awaySince !== null) return this.#flushedAt + RETRY_MS;
    return this.#urgent.size > 0 ? this.#flushedAt + URGENT_GAP_MS : this.#flushedAllAt + this.#intervalMs;
  }

  #start(): void {
    this.#timer = null;
    this.#flushing = this.#flush().finally(() => {
      this.#flushing = null;
      this.#arm();
    });
  }

  async #flush(): Promise<void> {
    const batches = this.#takeDue().map((writer) => ({ writer, events: writer.take() }));
    if (batches.length === 0) return;
    try {
      this.#settle(batches, await this.#append(batches.flatMap(({ events }) => events)));
    } catch (error) {
      await this.#recover(batches, error);
    }
  }

  async #append(events: readonly PendingEvent[]): Promise<AppendResult> {
    const startedAt = performance.now();
    let isWritten = false;
    try {
      const result = await this.#options.append(events);
      isWritten = true;
      return result;
    } finally {
      this.#options.onFlush?.({ events: events.length, ms: performance.now() - startedAt, isWritten });
    }
  }

  #takeDue(): RunWriter[] {
    this.#flushedAt = performance.now();
    const all = this.#awaySince !== null || this.#flushedAt - this.#flushedAllAt >= this.#intervalMs - 1;
    const due = all ? new Set([...this.#urgent, ...this.#dirty]) : new Set(this.#urgent);
    if (all) this.#flushedAllAt = this.#flushedAt;
    for (const writer of due) {
      this.#urgent.delete(writer);
      this.#dirty.delete(writer);
    }
    return [...due].filter((writer) => writer.hasPending);
  }

  #settle(batches: readonly Batch[], result: AppendResult): void {
    this.#awaySince = null;
    for (const { writer, events } of batches) {
      if (!result.written.has(writer.runId)) {
        this.#close(writer, new WriterClosedError('The lease of the run is lost.'));
        continue;
      }
      this.#options.publish(writer.runId, events);
      writer.settle();
      this.#uncertain.delete(writer);
      if (result.cancelRequested.has(writer.runId)) this.#writers.get(writer)?.onCancelRequested();
      if (writer.hasPending) this.#dirty.add(writer);
    }
  }

  async #recover(batches: readonly Batch[], error: unknown): Promise<void> {
    const [first, ...others] = batches;
    if (error instanceof UnavailableError || first === undefined) return this.#keep(batches, error);
    if (others.length === 0) return await this.#recoverOne(first, error);
    for (const [index, batch] of batches.entries()) {
      try {
        this.#settle([batch], await this.#append(batch.events));
      } catch (cause) {
        if (cause instanceof UnavailableError) return this.#keep(batches.slice(index), cause);
        await this.#recoverOne(batch, cause);
      }
    }
  }

  async #recoverOne(batch: Batch, error: unknown): Promise<void> {
    const { writer, events } = batch;
    try {
      if (!(error instanceof ConflictError && this.#uncertain.delete(writer))) throw error;
      const lastSeq = await this.#options.readLastSeq(writer.runId);
      const missing = events.filter(({ seq }) => seq > lastSeq);
      const result = missing.length === 0 ? only(writer.runId) : await this.#append(missing);
      this.#settle([batch], result);
    } catch (cause) {
      if (cause instanceof UnavailableError) return this.#keep([batch], cause);
      this.#options.log.error(
        { err: cause, runId: writer.runId },
        'the event log refused the events of a run',
      );
      this.#close(writer, new WriterClosedError('The log refused the events.', { cause }));
    }
  }

  #keep(batches: readonly Batch[], error: unknown): void {
    const now = performance.now();
    if (this.#awaySince === null)
      this.#options.log.warn({ err: error }, 'the event log cannot be written; events wait');
    this.#awaySince ??= now;
    for (const { writer } of batches) {
      const hooks = this.#writers.get(writer);
      // Released meanwhile: nobody waits for it.
      if (hooks === undefined) continue;
      writer.restore();
      this.#uncertain.add(writer);
      this.#dirty.add(writer);
      if (now - this.#awaySince > this.#leaseMs) hooks.onStalled();
    }
  }

  #close(writer: RunWriter, error: WriterClosedError): void {
    writer.close(error);
    this.#writers.get(writer)?.onClosed(error);
  }
}

interface Batch {
  readonly writer: RunWriter;
  readonly events: readonly PendingEvent[];
}

function only(runId: string): AppendResult {
  return { written: new Set([runId]), cancelRequested: new Set() };
}
