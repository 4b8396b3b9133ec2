import { getEventListeners } from 'node:events';

import { describe, expect, it } from 'vitest';

import { UnavailableError } from '../../src/errors.ts';
import { EventHub } from '../../src/event/event-hub.ts';
import { Flusher } from '../../src/event/flusher.ts';
import { type RunEvent, toRunEvent } from '../../src/event/run-event.ts';
import { type RunWriter } from '../../src/event/run-writer.ts';
import { Tail } from '../../src/event/tail.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { createRunReader } from '../../src/run/run-reader.ts';
import { appendEvents, readEventsAfter } from '../../src/store/event.ts';
import { findRunById } from '../../src/store/run.ts';
import { type RunRow } from '../../src/store/run-row.ts';
import { StoreFixture } from '../store/store-fixture.ts';
import { createTestDatabase, DATABASE_KINDS } from '../_util/test-database.ts';

const log = createLogger('silent');

describe.each(DATABASE_KINDS)('the tail of a log on %s', (kind) => {
  async function start(pollMs = 60_000) {
    const database = await createTestDatabase(kind);
    const { db } = database;
    const fixture = new StoreFixture(database);
    const createHub = (): EventHub =>
      new EventHub({
        readAfter: async (cursors, limit) => (await readEventsAfter(db, cursors, limit)).map(toRunEvent),
        log,
        pollMs,
      });
    const hub = createHub();
    const flusher = new Flusher({
      append: (events) => appendEvents(db, events),
      readLastSeq: async (runId) => (await findRunById(db, runId))?.lastSeq ?? 0,
      publish: (runId, events) => hub.publish(runId, events),
      now: () => new Date(),
      log,
      intervalMs: 2,
    });
    const hooks = { onCancelRequested() {}, onClosed() {}, onStalled() {} };
    return {
      database,
      fixture,
      hub,
      createHub,
      reader: createRunReader(db, hub),
      openWriter: (run: RunRow) =>
        flusher.open({ id: run.id, epoch: run.leaseEpoch, lastSeq: run.lastSeq }, hooks),
      async finish(run: RunRow, writer: RunWriter) {
        await writer.drain();
        const ended = await fixture.end(run.id, run.leaseEpoch);
        if (!ended.ended) throw new Error('The run did not end.');
        hub.publish(run.id, [
          { runId: run.id, seq: ended.lastSeq, at: new Date(), type: 'RunFinished', payload: {} },
        ]);
      },
      async [Symbol.asyncDispose]() {
        flusher[Symbol.dispose]();
        hub[Symbol.dispose]();
        await database[Symbol.asyncDispose]();
      },
    };
  }

  /** Writes `count` messages, so as many events, reading on in between. */
  async function write(writer: RunWriter, count: number, from = 0): Promise<void> {
    for (let index = from; index < from + count; index += 1) {
      await writer.appendDelta('TextDelta', `m${index}`, `${index} `);
    }
    await writer.drain();
  }

  async function collect(events: AsyncIterable<RunEvent>): Promise<number[]> {
    const seqs: number[] = [];
    for await (const { seq } of events) seqs.push(seq);
    return seqs;
  }

  const upTo = (last: number, after = 0): number[] =>
    Array.from({ length: last - after }, (_, index) => after + index + 1);

  it('gives stored events, then live ones, each once and in order, to the end', async () => {
    await using context = await start();
    const run = await context.fixture.running();
    const writer = context.openWriter(run);
    await write(writer, 10);
    const readers = [0, 5, 11].map((after) => collect(context.reader.tail({ runId: run.id, after })));
    await write(writer, 10, 10);
    await context.finish(run, writer);
    // 1 RunStarted, 20 pieces, 1 RunFinished.
    expect(await Promise.all(readers)).toEqual([upTo(22), upTo(22, 5), upTo(22, 11)]);
    expect(await collect(context.reader.tail({ runId: run.id, after: 3 }))).toEqual(upTo(22, 3));
    expect(context.hub.size).toBe(0);
  });

  it('wakes who waits when a later reader finds the log further on before its writer says so', async () => {
    await using context = await start();
    const run = await context.fixture.running();
    const waiting = context.reader.tail({ runId: run.id, after: 0 });
    expect((await waiting.next()).value).toMatchObject({ seq: 1 });
    const next = waiting.next();
    const ended = await context.fixture.end(run.id, run.leaseEpoch);
    expect(ended).toMatchObject({ ended: true, lastSeq: 2 });
    expect(await collect(context.reader.tail({ runId: run.id, after: 0 }))).toEqual([1, 2]);
    const finished = { runId: run.id, seq: 2, at: new Date(), type: 'RunFinished', payload: {} } as const;
    context.hub.publish(run.id, [finished]);
    expect((await next).value).toMatchObject({ seq: 2, type: 'RunFinished' });
    expect(context.hub.size).toBe(0);
  });

  it('lets a slow reader fall back to pages of the log, and nobody waits for it', async () => {
    await using context = await start();
    const run = await context.fixture.running();
    const writer = context.openWriter(run);
    const slow = context.reader.tail({ runId: run.id, after: 0 });
    expect((await slow.next()).value).toMatchObject({ seq: 1, type: 'RunStarted' });
    const fast = collect(context.reader.tail({ runId: run.id, after: 0 }));
    for (let round = 0; round < 5; round += 1) await write(writer, 300, round * 300);
    await context.finish(run, writer);
    expect(await fast).toEqual(upTo(1502));
    expect(await collect(slow)).toEqual(upTo(1502, 1));
  });

  it('begins before the run does', async () => {
    await using context = await start();
    const queued = await context.fixture.queued(await context.fixture.session());
    const events = collect(context.reader.tail({ runId: queued.id, after: 0 }));
    const run = await context.fixture.claim(queued.id);
    if (run === null) throw new Error('The run cannot be claimed.');
    context.hub.publish(run.id, [
      {
        runId: run.id,
        seq: 1,
        at: new Date(),
        type: 'RunStarted',
        payload: { attempt: 1, model: 'model-1' },
      },
    ]);
    const writer = context.openWriter(run);
    await write(writer, 3);
    await context.finish(run, writer);
    expect(await events).toEqual(upTo(5));
  });

  it('of an ended run is over at once for a cursor at its end, and for one beyond it', async () => {
    await using context = await start();
    const run = await context.fixture.running();
    await context.fixture.end(run.id, run.leaseEpoch);
    for (const after of [2, 3, 1000]) {
      expect(await collect(context.reader.tail({ runId: run.id, after }))).toEqual([]);
    }
  });

  it('of a live run ends for a cursor that lies ahead of it', async () => {
    await using context = await start();
    const run = await context.fixture.running();
    const events = collect(context.reader.tail({ runId: run.id, after: 1000 }));
    const writer = context.openWriter(run);
    await write(writer, 3);
    await context.finish(run, writer);
    expect(await events).toEqual([]);
  });

  it('of no run, and of a run that is deleted, ends', async () => {
    await using context = await start();
    expect(
      await collect(context.reader.tail({ runId: '01a20c6a-0000-7000-8000-000000000000', after: 0 })),
    ).toEqual([]);
  });

  it('finds by itself what another process wrote', async () => {
    await using context = await start(10);
    const run = await context.fixture.running();
    const elsewhere = context.createHub();
    const events = collect(createRunReader(context.database.db, elsewhere).tail({ runId: run.id, after: 0 }));
    const writer = context.openWriter(run);
    for (let index = 0; index < 20; index += 1) await write(writer, 50, index * 50);
    await context.finish(run, writer);
    expect(await events).toEqual(upTo(1002));
    elsewhere[Symbol.dispose]();
  });

  it.each(['return', 'the signal'] as const)(
    'is woken from its wait by %s, also when the process has stopped',
    async (by) => {
      await using context = await start();
      const run = await context.fixture.running();
      const controller = new AbortController();
      const events = context.reader.tail({ runId: run.id, after: 1 }, controller.signal);
      const waiting = events.next();
      // The look at the log comes first; then it waits.
      await findRunById(context.database.db, run.id);
      // An end by itself would tell the reader that the run is over.
      context.hub[Symbol.dispose]();
      const first = await Promise.race([waiting, findRunById(context.database.db, run.id)]);
      expect(first).toMatchObject({ id: run.id });
      if (by === 'return') await events.return();
      else controller.abort();
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(await events.next()).toEqual({ done: true, value: undefined });
      expect(context.hub.size).toBe(0);
    },
  );

  it('ends with the error of a log that cannot be read, and lets go of everything', async () => {
    await using context = await start();
    const run = await context.fixture.running();
    const { signal } = new AbortController();
    const away = () => Promise.reject(new UnavailableError('away'));
    for (const broken of ['look', 'read'] as const) {
      const options = {
        runId: run.id,
        after: 0,
        hub: context.hub,
        look: async () => ({ lastSeq: 1, ended: false }),
        read: async () => [],
        [broken]: away,
      };
      const events = new Tail(options, signal);
      await expect(events.next()).rejects.toThrow('away');
      expect(await events.next()).toEqual({ done: true, value: undefined });
    }
    expect(context.hub.size).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('reads little in vain of a log whose events are large', async () => {
    await using context = await start();
    const delta = 'x'.repeat(30_000);
    const log = upTo(200).map((seq): RunEvent => {
      const at = new Date();
      return seq === 200
        ? { runId: 'large', seq, at, type: 'RunFinished', payload: {} }
        : { runId: 'large', seq, at, type: 'TextDelta', payload: { messageId: 'm', delta } };
    });
    let read = 0;
    const tail = new Tail({
      runId: 'large',
      after: 0,
      hub: context.hub,
      look: async () => ({ lastSeq: 200, ended: true }),
      async read({ after }, limit) {
        const page = log.slice(after, after + limit);
        read += page.length;
        return page;
      },
    });
    expect(await collect(tail)).toEqual(upTo(200));
    expect(read).toBeLessThan(400 + 64);
  });

  it('is over before it begins when its signal has aborted', async () => {
    await using context = await start();
    const run = await context.fixture.running();
    expect(await collect(context.reader.tail({ runId: run.id, after: 0 }, AbortSignal.abort()))).toEqual([]);
    expect(context.hub.size).toBe(0);
  });

  it('holds at any moment of reconnecting: no gap, no double', async () => {
    await using context = await start();
    const run = await context.fixture.running();
    const writer = context.openWriter(run);
    const seen: number[] = [];
    const reconnecting = (async () => {
      for (;;) {
        const events = context.reader.tail({ runId: run.id, after: seen.at(-1) ?? 0 });
        for await (const { seq, type } of events) {
          seen.push(seq);
          if (type === 'RunFinished') return;
          if (seq % 3 === 0) break;
        }
      }
    })();
    for (let index = 0; index < 40; index += 1) await write(writer, 10, index * 10);
    await context.finish(run, writer);
    await reconnecting;
    expect(seen).toEqual(upTo(402));
  });
});
