import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ConflictError } from '../../src/errors.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { appendEvents, type NewEvent, readEvents, readEventsAfter } from '../../src/store/event.ts';
import { requestCancel } from '../../src/store/run.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';
import { NOW, StoreFixture } from './store-fixture.ts';

function delta(runId: string, seq: number, values: Partial<NewEvent> = {}): NewEvent {
  return { runId, epoch: 1, seq, type: 'TextDelta', payload: { delta: `${seq}` }, at: NOW, ...values };
}

describe.each(DATABASE_KINDS)('events on %s', (kind) => {
  let database: TestDatabase;
  let fixture: StoreFixture;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    fixture = new StoreFixture(database);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  const seqsOf = async (runId: string) =>
    (await readEvents(database.db, { runId, after: 0, limit: 1_000 })).map(({ seq }) => seq);

  describe('appending', () => {
    test('one statement writes the events of many runs, and says which are to be cancelled', async () => {
      const [one, two] = [await fixture.running(), await fixture.running()];
      await requestCancel(database.db, 'all', { id: two.id, now: NOW });
      const events = [delta(two.id, 2), delta(one.id, 3), delta(one.id, 2)];
      expect(await appendEvents(database.db, events)).toEqual({
        written: new Set([one.id, two.id]),
        cancelRequested: new Set([two.id]),
      });
      expect(await readEvents(database.db, { runId: one.id, after: 1, limit: 10 })).toEqual([
        { runId: one.id, seq: 2, type: 'TextDelta', payload: { delta: '2' }, at: NOW },
        { runId: one.id, seq: 3, type: 'TextDelta', payload: { delta: '3' }, at: NOW },
      ]);
    });

    test('nothing to write is no statement', async () => {
      expect(await appendEvents(database.db, [])).toEqual({ written: new Set(), cancelRequested: new Set() });
    });

    test('a run whose lease is lost, that is unknown, waits or has ended gets none, and the others get theirs', async () => {
      const [live, ended] = [await fixture.running(), await fixture.running()];
      const queued = await fixture.queued(await fixture.session());
      await fixture.end(ended.id, 1);
      const stale = await fixture.running();
      const { written } = await appendEvents(database.db, [
        delta(stale.id, 2, { epoch: 0 }),
        delta(ended.id, 3),
        delta(queued.id, 1, { epoch: 0 }),
        delta(uuidV7(), 1),
        delta(live.id, 2),
      ]);
      expect(written).toEqual(new Set([live.id]));
      expect(await seqsOf(stale.id)).toEqual([1]);
      expect(await seqsOf(ended.id)).toEqual([1, 2]);
      expect(await seqsOf(queued.id)).toEqual([]);
      expect(await seqsOf(live.id)).toEqual([1, 2]);
    });

    test('a seq that is taken is a conflict, and nothing of the statement is written', async () => {
      const [one, two] = [await fixture.running(), await fixture.running()];
      await appendEvents(database.db, [delta(one.id, 2)]);
      const again = appendEvents(database.db, [delta(two.id, 2), delta(one.id, 2), delta(one.id, 3)]);
      await expect(again).rejects.toBeInstanceOf(ConflictError);
      expect(await seqsOf(one.id)).toEqual([1, 2]);
      expect(await seqsOf(two.id)).toEqual([1]);
    });

    test('of flushes of one seq at once, one is written', async () => {
      const { id } = await fixture.running();
      const flushes = await Promise.allSettled(
        Array.from({ length: 6 }, () => appendEvents(database.db, [delta(id, 2)])),
      );
      expect(flushes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await seqsOf(id)).toEqual([1, 2]);
    });

    test('text that no database holds is replaced and keeps no one else’s events back', async () => {
      const [one, two] = [await fixture.running(), await fixture.running()];
      const payload = { delta: 'a\0b\ud800c', '\udfff': ['\\u0000'], deep: { x: '🚀' } };
      await appendEvents(database.db, [delta(one.id, 2, { payload }), delta(two.id, 2)]);
      const [event] = await readEvents(database.db, { runId: one.id, after: 1, limit: 1 });
      expect(event?.payload).toEqual({ delta: 'a\ufffdb\ufffdc', '\ufffd': ['\\u0000'], deep: { x: '🚀' } });
      expect(await seqsOf(two.id)).toEqual([1, 2]);
    });

    test('flushes of the same runs in another order, claims, ends and cancels at once all get through', async () => {
      const runs = await Promise.all(Array.from({ length: 10 }, () => fixture.running()));
      const flush = async (order: typeof runs, seq: number) =>
        await appendEvents(
          database.db,
          order.map(({ id }) => delta(id, seq)),
        );
      for (let seq = 2; seq < 12; seq += 2) {
        await Promise.all([
          flush(runs, seq),
          flush(runs.toReversed(), seq + 1),
          ...runs.map(({ id }) => requestCancel(database.db, 'all', { id, now: NOW })),
        ]);
      }
      await Promise.all([
        flush(runs, 12).catch(() => null),
        ...runs.toReversed().map(({ id }) => fixture.end(id, 1)),
      ]);
      for (const { id } of runs) {
        const seqs = await seqsOf(id);
        expect(seqs).toEqual(seqs.map((_, place) => place + 1));
      }
    });
  });

  describe('reading', () => {
    test('a page begins after the cursor and ends at the limit', async () => {
      const { id } = await fixture.running();
      await appendEvents(
        database.db,
        [2, 3, 4, 5].map((seq) => delta(id, seq)),
      );
      const read = async (after: number, limit: number) =>
        (await readEvents(database.db, { runId: id, after, limit })).map(({ seq }) => seq);
      expect(await read(0, 2)).toEqual([1, 2]);
      expect(await read(2, 2)).toEqual([3, 4]);
      expect(await read(4, 2)).toEqual([5]);
      expect(await read(5, 2)).toEqual([]);
    });

    test('one query reads many runs, each after its own cursor and up to the limit', async () => {
      const [one, two, three] = [await fixture.running(), await fixture.running(), await fixture.running()];
      await appendEvents(database.db, [
        delta(one.id, 2),
        delta(one.id, 3),
        delta(one.id, 4),
        delta(three.id, 2),
      ]);
      const cursors = [
        { runId: three.id, after: 1 },
        { runId: one.id, after: 1 },
        { runId: two.id, after: 1 },
        { runId: uuidV7(), after: 0 },
      ];
      const events = await readEventsAfter(database.db, cursors, 2);
      expect(events.map(({ runId, seq }) => [runId, seq])).toEqual([
        [one.id, 2],
        [one.id, 3],
        [three.id, 2],
      ]);
      expect(events[0]).toEqual({
        runId: one.id,
        seq: 2,
        type: 'TextDelta',
        payload: { delta: '2' },
        at: NOW,
      });
      expect(await readEventsAfter(database.db, [], 2)).toEqual([]);
    });
  });
});
