import * as fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';

import { CursorExpiredError } from '../../src/errors.ts';
import { EventHub } from '../../src/event/event-hub.ts';
import { type RunEvent, toRunEvent } from '../../src/event/run-event.ts';
import { Tail } from '../../src/event/tail.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { retain, type RetentionOptions } from '../../src/run/retention.ts';
import { readEvents } from '../../src/store/event.ts';
import { tryRetentionLock } from '../../src/store/retain.ts';
import { findRunById } from '../../src/store/run.ts';
import { type Db } from '../../src/store/tables.ts';
import { jsonText } from '../../src/store/json-text.ts';
import { NOW, StoreFixture } from '../store/store-fixture.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';

const HOUR_MS = 3_600_000;
const NEVER = { compactAfterMs: 0, keepEventsMs: 0, keepRunsMs: 0, keepAuditMs: 0 };
const log = createLogger('silent');

type Entry = { readonly type: string; readonly messageId?: string; readonly delta?: string };

/** Does what is due an hour after `NOW`, when fixture runs end. */
async function tidy(db: Db, change: Partial<RetentionOptions>, signal = new AbortController().signal) {
  await retain({ db, ...NEVER, now: () => new Date(NOW.getTime() + HOUR_MS), log, ...change }, signal);
}

/** An ended run whose log is `entries` and RunFinished. */
async function endedRun({ db }: TestDatabase, store: StoreFixture, entries: readonly Entry[]) {
  const { id } = await store.queued(await store.session());
  const rows = entries.map(({ type, messageId = '', delta = '' }, index) => ({
    run_id: id,
    seq: index + 1,
    type,
    payload: jsonText(messageId === '' ? { n: index } : { messageId, delta }),
    at: NOW,
  }));
  if (rows.length > 0) await db.insertInto('run_event').values(rows).execute();
  await store.end(id, null);
  return id;
}

/** All that a tail hands out after a cursor, in pages of the log. */
async function read(db: Db, runId: string, after: number): Promise<RunEvent[]> {
  using hub = new EventHub({ readAfter: async () => [], findGone: async () => new Set(), log });
  const tail = new Tail({
    runId,
    after,
    hub,
    pageEvents: 1,
    read: async (cursor, limit) => (await readEvents(db, { ...cursor, limit })).map(toRunEvent),
    look: async (id) => {
      const run = await findRunById(db, id);
      return run === null ? null : { lastSeq: run.lastSeq, ended: run.finishedAt !== null };
    },
  });
  return await Array.fromAsync(tail);
}

/** What a client has of a log: the texts of each message, and all other events in their order. */
function applied(events: readonly RunEvent[]) {
  const texts = new Map<string, string>();
  const others: number[] = [];
  for (const { type, payload, seq } of events) {
    if (type !== 'TextDelta' && type !== 'ReasoningDelta') others.push(seq);
    else {
      const key = `${payload.messageId} ${type}`;
      texts.set(key, (texts.get(key) ?? '') + payload.delta);
    }
  }
  return { texts: Object.fromEntries([...texts].toSorted()), others };
}

const delta = (messageId: string) =>
  fc.record({
    type: fc.constantFrom('TextDelta', 'TextDelta', 'ReasoningDelta'),
    messageId: fc.constant(messageId),
    delta: fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', '"', '𝄞') }),
  });
const entries = fc
  .array(
    fc.oneof(
      fc.constant<Entry[]>([{ type: 'ToolCallStarted' }]),
      fc.constantFrom('m1', 'm2').chain((id) => fc.array(delta(id), { minLength: 1, maxLength: 6 })),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.flat());

describe.each(DATABASE_KINDS)('retention on %s', (kind) => {
  it('joins deltas so that every cursor gets every event once, or is told where to go on', async () => {
    await using database = await createTestDatabase(kind);
    const store = new StoreFixture(database);
    const { db } = database;
    await fc.assert(
      fc.asyncProperty(entries, async (log) => {
        const id = await endedRun(database, store, log);
        const before = await read(db, id, 0);
        await tidy(db, { compactAfterMs: 1 });
        const rest = (after: number) => applied(before.filter(({ seq }) => seq > after));
        for (let after = 0; after <= log.length; after += 1) {
          const seen = await read(db, id, after).catch((error: unknown) => error);
          if (!(seen instanceof CursorExpiredError)) {
            expect(applied(seen as RunEvent[])).toEqual(rest(after));
            continue;
          }
          expect(after).toBeGreaterThan(0);
          expect(seen.resumeAfter).toBeLessThan(after);
          expect(applied(await read(db, id, seen.resumeAfter))).toEqual(rest(seen.resumeAfter));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves one row for the text of a message and one for its reasoning, and joins once', async () => {
    await using database = await createTestDatabase(kind);
    const { db } = database;
    const part = (type: string, text: string) => ({ type, messageId: 'm', delta: text });
    const id = await endedRun(database, new StoreFixture(database), [
      { type: 'RunStarted' },
      part('ReasoningDelta', 'hm'),
      part('TextDelta', 'a'),
      part('ReasoningDelta', '!'),
      part('TextDelta', 'b'),
      part('TextDelta', 'c'),
      { type: 'ToolCallStarted' },
    ]);
    for (let times = 0; times < 2; times += 1) await tidy(db, { compactAfterMs: 1 });
    expect(
      (await readEvents(db, { runId: id, after: 0, limit: 9 })).map(({ seq, payload }) => [seq, payload]),
    ).toEqual([
      [1, { n: 0 }],
      [5, { messageId: 'm', delta: 'hm!', firstSeq: 2 }],
      [6, { messageId: 'm', delta: 'abc', firstSeq: 2 }],
      [7, { n: 6 }],
      [8, {}],
    ]);
    await expect(read(db, id, 4)).rejects.toEqual(new CursorExpiredError(1));
    expect(await findRunById(db, id)).toMatchObject({ lastSeq: 8 });
  });

  it('tells a reader under way that the log was joined over its cursor, and one between messages nothing', async () => {
    await using database = await createTestDatabase(kind);
    const { db } = database;
    const store = new StoreFixture(database);
    const piece = { type: 'TextDelta', messageId: 'm', delta: 'x' };
    const id = await endedRun(database, store, [piece, piece, piece, { type: 'ToolCallStarted' }]);
    using hub = new EventHub({ readAfter: async () => [], findGone: async () => new Set(), log });
    const tails = [0, 2, 3].map(
      (after) =>
        new Tail({
          runId: id,
          after,
          hub,
          pageEvents: 1,
          read: async (cursor, limit) => (await readEvents(db, { ...cursor, limit })).map(toRunEvent),
          look: async () => ({ lastSeq: 5, ended: true }),
        }),
    );
    const [inside, , after] = tails;
    await inside?.next();
    await after?.next();
    await tidy(db, { compactAfterMs: 1 });
    await expect(inside?.next()).rejects.toEqual(new CursorExpiredError(0));
    expect((await after?.next())?.value).toMatchObject({ type: 'RunFinished' });
    for (const tail of tails) await tail.return();
  });

  it('deletes events and keeps the last, which is what a reader is sent to', async () => {
    await using database = await createTestDatabase(kind);
    const { db } = database;
    const id = await endedRun(database, new StoreFixture(database), [
      { type: 'RunStarted' },
      { type: 'ToolCallStarted' },
    ]);
    await tidy(db, { keepEventsMs: 1 });
    await tidy(db, { keepEventsMs: 1, compactAfterMs: 1 });
    for (const after of [0, 1]) await expect(read(db, id, after)).rejects.toEqual(new CursorExpiredError(2));
    expect(await read(db, id, 2)).toMatchObject([{ type: 'RunFinished', seq: 3 }]);
    expect(await read(db, id, 3)).toEqual([]);
  });

  it('touches only what ended long enough ago', async () => {
    await using database = await createTestDatabase(kind);
    const { db } = database;
    const store = new StoreFixture(database);
    const piece = { type: 'TextDelta', messageId: 'm', delta: 'x' };
    const ended = await endedRun(database, store, [piece, piece]);
    const running = await store.running();
    await tidy(db, { compactAfterMs: 2 * HOUR_MS, keepEventsMs: 2 * HOUR_MS, keepRunsMs: 2 * HOUR_MS });
    expect(await readEvents(db, { runId: ended, after: 0, limit: 9 })).toHaveLength(3);
    await tidy(db, { keepRunsMs: 1 });
    expect(await findRunById(db, ended)).toBeNull();
    expect(await findRunById(db, running.id)).not.toBeNull();
  });

  it('deletes old runs in batches, and their sessions unless something else is in them', async () => {
    await using database = await createTestDatabase(kind);
    const { db } = database;
    const store = new StoreFixture(database);
    for (let index = 0; index < 45; index += 1) await endedRun(database, store, []);
    const busy = await store.session();
    const first = await store.queued(busy);
    await store.end(first.id, null);
    const waiting = await store.queued(busy);
    await tidy(db, { keepRunsMs: 1 });
    const ids = async (table: 'session' | 'run') =>
      (await db.selectFrom(table).select('id').execute()).map(({ id }) => id);
    expect(await ids('run')).toEqual([waiting.id]);
    expect(await ids('session')).toEqual([busy.id]);
  });

  it('deletes old audit events, in batches, and no newer ones', async () => {
    await using database = await createTestDatabase(kind);
    const { db } = database;
    await sql`insert into ambit.audit_event (id, at, first_at, count, node_id, outcome, path, ids, required, grants)
      select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid,
        at, at, 1, '', 'DENIED', '[]', '{}', '[]', '[]'
      from generate_series(1, 2500) n, lateral (select ${NOW}::timestamptz - n * interval '1 minute' as at) times`.execute(
      db,
    );
    await tidy(db, { keepAuditMs: 0 });
    const count = async () => (await db.selectFrom('audit_event').select('id').execute()).length;
    expect(await count()).toBe(2500);
    await tidy(db, { keepAuditMs: HOUR_MS + 10 * 60_000 });
    expect(await count()).toBe(10);
  });

  it('does nothing once it is stopped', async () => {
    await using database = await createTestDatabase(kind);
    const id = await endedRun(database, new StoreFixture(database), []);
    await tidy(database.db, { keepRunsMs: 1 }, AbortSignal.abort());
    expect(await findRunById(database.db, id)).not.toBeNull();
  });
});

it.runIf(DATABASE_KINDS.includes('postgres'))('retention is left to the node that is at it', async () => {
  await using database = await createTestDatabase('postgres');
  const { db } = database;
  const id = await endedRun(database, new StoreFixture(database), []);
  await db.transaction().execute(async (trx) => {
    expect(await tryRetentionLock(trx)).toBe(true);
    await tidy(db, { keepRunsMs: 1 });
  });
  expect(await findRunById(db, id)).not.toBeNull();
});
