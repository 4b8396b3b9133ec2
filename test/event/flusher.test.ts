import { describe, expect, it } from 'vitest';

import { ConflictError, UnavailableError } from '../../src/errors.ts';
import { type AppendResult, Flusher, type FlusherOptions } from '../../src/event/flusher.ts';
import { type PendingEvent, type RunWriter } from '../../src/event/run-writer.ts';
import { createLogger } from '../../src/lib/logger.ts';

/** A log in memory that can be told to fail. */
class MemoryLog {
  readonly events: PendingEvent[] = [];
  readonly published: string[] = [];
  readonly batches: number[] = [];
  readonly lost = new Set<string>();
  readonly cancelled = new Set<string>();
  /** Thrown by the next appends, in this order; `null`: no error. */
  readonly failures: (((events: readonly PendingEvent[]) => Error) | null)[] = [];

  append = async (events: readonly PendingEvent[]): Promise<AppendResult> => {
    this.batches.push(new Set(events.map(({ runId }) => runId)).size);
    const failure = this.failures.shift();
    if (failure) throw failure(events);
    const alive = events.filter(({ runId }) => !this.lost.has(runId));
    if (
      alive.some(({ runId, seq }) => this.events.some((event) => event.runId === runId && event.seq === seq))
    ) {
      throw new ConflictError('taken');
    }
    this.events.push(...alive);
    return { written: new Set(alive.map(({ runId }) => runId)), cancelRequested: this.cancelled };
  };

  textOf(runId: string): string {
    const own = this.events.filter((event) => event.runId === runId);
    if (own.some(({ seq }, index) => seq !== index + 1))
      throw new Error(`The log of ${runId} is not in order.`);
    return own.map(({ payload }) => ('delta' in payload ? payload.delta : '')).join('');
  }
}

function createFlusher(log: MemoryLog, options: Partial<FlusherOptions> = {}) {
  const flusher = new Flusher({
    append: log.append,
    readLastSeq: async (runId) => log.events.filter((event) => event.runId === runId).length,
    publish: (runId, events) => log.published.push(...events.map(({ seq }) => `${runId} ${seq}`)),
    now: () => new Date(),
    log: createLogger('silent'),
    intervalMs: 5,
    ...options,
  });
  const told: string[] = [];
  const open = (id: string): RunWriter =>
    flusher.open(
      { id, epoch: 1, lastSeq: 0 },
      {
        onCancelRequested: () => told.push(`${id} cancel`),
        onClosed: (error) => told.push(`${id} closed: ${error.message}`),
        onStalled: () => told.push(`${id} stalled`),
      },
    );
  return { flusher, open, told };
}

const away = (): Error => new UnavailableError('away');

describe('the flusher', () => {
  it('writes what many runs say, in order and once, and publishes it only then', async () => {
    const log = new MemoryLog();
    const { flusher, open } = createFlusher(log);
    const writers = ['a', 'b', 'c'].map(open);
    for (let index = 0; index < 200; index += 1) {
      for (const writer of writers) await writer.appendDelta('TextDelta', 'm', `${index} `);
      if (index % 50 === 0) await writers[0]?.drain();
    }
    await Promise.all(writers.map((writer) => writer.drain()));
    const text = Array.from({ length: 200 }, (_, index) => `${index} `).join('');
    for (const id of ['a', 'b', 'c']) expect(log.textOf(id)).toBe(text);
    expect(log.published).toEqual(log.events.map(({ runId, seq }) => `${runId} ${seq}`));
    flusher[Symbol.dispose]();
  });

  it('flushes an urgent writer alone while the others go on collecting', async () => {
    const log = new MemoryLog();
    const { flusher, open } = createFlusher(log, { intervalMs: 60_000 });
    const [slow, urgent] = [open('slow'), open('urgent')];
    await slow.appendDelta('TextDelta', 'm', 'first');
    await slow.drain();
    await slow.appendDelta('TextDelta', 'm', 'later');
    await urgent.appendDelta('TextDelta', 'm', 'now');
    await urgent.drain();
    expect(log.textOf('slow')).toBe('first');
    expect(log.textOf('urgent')).toBe('now');
    flusher[Symbol.dispose]();
  });

  it('closes the writer of a run whose lease is lost, and no other', async () => {
    const log = new MemoryLog();
    log.lost.add('a');
    const { flusher, open, told } = createFlusher(log);
    const [a, b] = [open('a'), open('b')];
    await Promise.all([a, b].map((writer) => writer.appendDelta('TextDelta', 'm', 'x')));
    await expect(a.drain()).rejects.toThrow('lease');
    await b.drain();
    expect(told).toEqual(['a closed: The lease of the run is lost.']);
    expect(log.published).toEqual(['b 1']);
    flusher[Symbol.dispose]();
  });

  it('tells the run that is to be cancelled', async () => {
    const log = new MemoryLog();
    log.cancelled.add('a');
    const { flusher, open, told } = createFlusher(log);
    const writer = open('a');
    await writer.appendDelta('TextDelta', 'm', 'x');
    await writer.drain();
    expect(told).toEqual(['a cancel']);
    flusher[Symbol.dispose]();
  });

  it('keeps everything while the database is away, and says so to runs when it stays away', async () => {
    const log = new MemoryLog();
    log.failures.push(away, away);
    const { flusher, open, told } = createFlusher(log, { leaseMs: 100 });
    const writer = open('a');
    for (const delta of ['one ', 'two ', 'three']) await writer.appendDelta('TextDelta', 'm', delta);
    await writer.drain();
    expect(log.textOf('a')).toBe('one two three');
    expect(told).toEqual(['a stalled']);
    flusher[Symbol.dispose]();
  });

  it('writes nothing twice when the flush that broke off had been committed', async () => {
    const log = new MemoryLog();
    log.failures.push((events) => {
      log.events.push(...events);
      return away();
    });
    const { flusher, open, told } = createFlusher(log);
    const writer = open('a');
    await writer.appendDelta('TextDelta', 'm', 'one ');
    await writer.appendDelta('TextDelta', 'n', 'two');
    await writer.drain();
    expect(log.textOf('a')).toBe('one two');
    expect(log.published).toEqual(['a 1', 'a 2']);
    expect(told).toEqual([]);
    flusher[Symbol.dispose]();
  });

  it('loses nothing that is said after a flush that broke off and had been committed', async () => {
    const log = new MemoryLog();
    const broken = Promise.withResolvers<void>();
    log.failures.push((events) => {
      log.events.push(...events);
      broken.resolve();
      return away();
    });
    const { flusher, open } = createFlusher(log);
    const writer = open('a');
    await writer.appendDelta('TextDelta', 'm', 'one ');
    await broken.promise;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    await writer.appendDelta('TextDelta', 'm', 'two');
    await writer.drain();
    expect(log.textOf('a')).toBe('one two');
    expect(log.published).toEqual(['a 1', 'a 2']);
    flusher[Symbol.dispose]();
  });

  it('leaves the runs that are left for later when the database goes away while it looks for the guilty one', async () => {
    const log = new MemoryLog();
    log.failures.push(() => new Error('refused'), null, away);
    const { flusher, open, told } = createFlusher(log);
    const writers = ['a', 'b', 'c'].map(open);
    for (const writer of writers) void writer.appendDelta('TextDelta', 'm', 'x');
    await Promise.all(writers.map((writer) => writer.drain()));
    expect(log.batches.slice(0, 3)).toEqual([3, 1, 1]);
    expect(['a', 'b', 'c'].map((id) => log.textOf(id))).toEqual(['x', 'x', 'x']);
    expect(told).toEqual([]);
    flusher[Symbol.dispose]();
  });

  it('is disposed of while a flush is under way, and starts none after it', async () => {
    const log = new MemoryLog();
    const begun = Promise.withResolvers<void>();
    const over = Promise.withResolvers<AppendResult>();
    const { flusher, open } = createFlusher(log, {
      append() {
        begun.resolve();
        return over.promise;
      },
    });
    const writer = open('a');
    void writer.appendDelta('TextDelta', 'm', 'x');
    await begun.promise;
    flusher[Symbol.dispose]();
    over.reject(away());
    await expect(writer.drain()).rejects.toThrow('over');
  });

  it('fails only the run whose events are refused', async () => {
    const log = new MemoryLog();
    const refusing: MemoryLog['append'] = async (events) => {
      if (events.some(({ runId }) => runId === 'bad')) throw new Error('refused');
      return await log.append(events);
    };
    const { flusher, open, told } = createFlusher(log, { append: refusing });
    const writers = ['a', 'bad', 'c'].map(open);
    for (const writer of writers) void writer.appendDelta('TextDelta', 'm', 'x');
    const ends = await Promise.allSettled(writers.map((writer) => writer.drain()));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(told).toEqual(['bad closed: The log refused the events.']);
    flusher[Symbol.dispose]();
  });

  it('a seq that is taken although every flush was answered closes the writer', async () => {
    const log = new MemoryLog();
    const { flusher, open } = createFlusher(log);
    const [writer, zombie] = [open('a'), open('a')];
    await writer.appendDelta('TextDelta', 'm', 'x');
    await writer.drain();
    await zombie.appendDelta('TextDelta', 'm', 'y');
    await expect(zombie.drain()).rejects.toThrow('refused');
    expect(log.textOf('a')).toBe('x');
    flusher[Symbol.dispose]();
  });

  it('a writer that is released rejects whoever waits, and what it held is not written', async () => {
    const log = new MemoryLog();
    log.failures.push(away);
    const { flusher, open } = createFlusher(log);
    const writer = open('a');
    await writer.appendDelta('TextDelta', 'm', 'x');
    const drained = writer.drain();
    flusher.release(writer);
    await expect(drained).rejects.toThrow('over');
    flusher[Symbol.dispose]();
    expect(log.events).toEqual([]);
  });
});
