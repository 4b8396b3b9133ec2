import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { InvalidInputError, NotFoundError } from '../../src/errors.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { appendEvents, readEvents } from '../../src/store/event.ts';
import { type Owners } from '../../src/store/owner.ts';
import { toCursor } from '../../src/store/page.ts';
import { findRunById } from '../../src/store/run.ts';
import { deleteSession, findSession, listSessions, renameSession } from '../../src/store/session.ts';
import { insertSteps, listRunSteps } from '../../src/store/step.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';
import { NOW, StoreFixture } from './store-fixture.ts';

describe.each(DATABASE_KINDS)('sessions on %s', (kind) => {
  let database: TestDatabase;
  let fixture: StoreFixture;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    fixture = new StoreFixture(database);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  test('a session is stored and found by its owners only', async () => {
    const session = await fixture.session({ owner: 'bob', name: 'Trip \ud83d\ude80 \ud83d \0' });
    expect(session).toMatchObject({
      owner: 'bob',
      name: 'Trip 🚀 \ufffd \ufffd',
      activeRunId: null,
      createdAt: NOW,
    });
    expect(await findSession(database.db, ['bob'], session.id.toUpperCase())).toEqual(session);
    expect(await findSession(database.db, ['ada', 'bob'], session.id)).toEqual(session);
    expect(await findSession(database.db, 'all', session.id)).toEqual(session);
    expect(await findSession(database.db, ['ada'], session.id)).toBeNull();
    expect(await findSession(database.db, ['bob '], session.id)).toBeNull();
    expect(await findSession(database.db, [], session.id)).toBeNull();
    expect(await findSession(database.db, 'all', uuidV7())).toBeNull();
    expect(await findSession(database.db, 'all', "' or true --")).toBeNull();
  });

  test.each(['all', 'a"b', '{x}', "it's", 'a,b', 'NULL', '\\', '%'])(
    'the owner %s is taken literally',
    async (owner) => {
      const session = await fixture.session({ owner });
      expect(await findSession(database.db, [owner], session.id)).toEqual(session);
      expect(await findSession(database.db, ['nobody', owner], session.id)).toEqual(session);
      expect(await findSession(database.db, ['nobody', 'b'], session.id)).toBeNull();
    },
  );

  test.each(['ada\0', 'ada\ud800', '\udc00'])(
    'the owner %j is refused, not taken for another',
    async (owner) => {
      const session = await fixture.session({ owner: 'ada\ufffd' });
      const refusal = expect.objectContaining({ constructor: InvalidInputError });
      await expect(fixture.session({ owner })).rejects.toEqual(refusal);
      await expect(findSession(database.db, [owner], session.id)).rejects.toEqual(refusal);
      await expect(findSession(database.db, ['bob', owner], session.id)).rejects.toEqual(refusal);
    },
  );

  test('an owner too long for an index is refused', async () => {
    // Random, since the database packs what repeats.
    const owner = Array.from({ length: 2_000 }, () => uuidV7()).join('');
    await expect(fixture.session({ owner })).rejects.toBeInstanceOf(InvalidInputError);
  });

  test('a session is renamed for its owners only', async () => {
    const { id } = await fixture.session({ owner: 'bob' });
    const change = { id, name: 'New \0', now: new Date(NOW.getTime() + 1) };
    expect(await renameSession(database.db, ['ada'], change)).toBeNull();
    expect(await renameSession(database.db, [], change)).toBeNull();
    expect(await renameSession(database.db, 'all', { ...change, id: 'x' })).toBeNull();
    expect(await renameSession(database.db, ['bob'], change)).toMatchObject({
      name: 'New \ufffd',
      updatedAt: change.now,
    });
  });

  test('a session is deleted for its owners only, with all that hangs on it', async () => {
    const session = await fixture.session({ owner: 'bob' });
    const other = await fixture.running(await fixture.session({ owner: 'bob' }));
    const run = await fixture.running(session);
    expect(await deleteSession(database.db, ['ada'], session.id)).toBe(false);
    expect(await deleteSession(database.db, [], session.id)).toBe(false);
    expect(await deleteSession(database.db, 'all', 'x')).toBe(false);
    expect(await deleteSession(database.db, ['bob'], session.id)).toBe(true);
    expect(await deleteSession(database.db, ['bob'], session.id)).toBe(false);
    expect(await findRunById(database.db, run.id)).toBeNull();
    expect(await listRunSteps(database.db, run.id)).toEqual([]);
    expect(await readEvents(database.db, { runId: run.id, after: 0, limit: 10 })).toEqual([]);
    expect(await findRunById(database.db, other.id)).toEqual(other);
  });

  test('a run whose session was deleted has lost its lease', async () => {
    const session = await fixture.session();
    const { id } = await fixture.running(session);
    await deleteSession(database.db, 'all', session.id);
    const event = { runId: id, epoch: 1, seq: 2, type: 'TextDelta', payload: {}, at: NOW };
    expect((await appendEvents(database.db, [event])).written).toEqual(new Set());
    const step = { kind: 'model', id: uuidV7(), index: 1, status: 'RUNNING', now: NOW } as const;
    expect(await insertSteps(database.db, { runId: id, epoch: 1 }, [step])).toBe(false);
    expect(await fixture.end(id, 1)).toEqual({ ended: false });
    expect(await fixture.claim(id)).toBeNull();
  });

  test('a session that is deleted while its run is claimed, written to and ended is gone, and nobody waits for ever', async () => {
    for (let round = 0; round < 10; round += 1) {
      const session = await fixture.session();
      const { id } = await fixture.queued(session);
      const event = { runId: id, epoch: 1, seq: 2, type: 'TextDelta', payload: {}, at: NOW };
      const step = { kind: 'model', id: uuidV7(), index: 1, status: 'RUNNING', now: NOW } as const;
      const results = await Promise.allSettled([
        fixture.claim(id).then(async () => await appendEvents(database.db, [event])),
        insertSteps(database.db, { runId: id, epoch: 1 }, [step]),
        fixture.tryQueue(session),
        fixture.end(id, null),
        deleteSession(database.db, 'all', session.id),
        fixture.end(id, 1),
        fixture.tryQueue(session),
      ]);
      const failures = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(failures.filter((failure) => !(failure instanceof NotFoundError))).toEqual([]);
      expect(await findRunById(database.db, id)).toBeNull();
    }
  });

  test('sessions are listed newest first in pages, forward and backward, without gaps', async () => {
    const sessions = [];
    for (let count = 0; count < 7; count += 1) {
      sessions.unshift(
        (await fixture.session({ owner: count % 2 === 0 ? 'lea' : 'max', agentId: `list-${count}` })).id,
      );
    }
    const owners: Owners = ['lea', 'max'];
    const list = async (page: object, some: Owners = owners) => {
      const result = await listSessions(database.db, some, { page });
      return { ...result, rows: result.rows.map(({ id }) => id) };
    };
    const [, , third = ''] = sessions;
    expect(await list({ first: 3 })).toEqual({
      rows: sessions.slice(0, 3),
      hasNextPage: true,
      hasPreviousPage: false,
    });
    const after = toCursor(third);
    expect(await list({ first: 100, after })).toEqual({
      rows: sessions.slice(3),
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect(await list({ first: 4, after })).toMatchObject({ rows: sessions.slice(3), hasNextPage: false });
    expect(await list({ last: 2 })).toEqual({
      rows: sessions.slice(5),
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect(await list({ last: 2, before: after })).toMatchObject({
      rows: sessions.slice(0, 2),
      hasPreviousPage: false,
    });
    expect(
      await list({ after: toCursor(sessions[0] ?? ''), before: toCursor(sessions[3] ?? '') }),
    ).toMatchObject({
      rows: sessions.slice(1, 3),
    });
    expect(await list({}, [])).toMatchObject({ rows: [], hasNextPage: false });
    expect(await list({}, ['max'])).toMatchObject({ rows: sessions.filter((_, place) => place % 2 === 1) });
    const named = await listSessions(database.db, owners, { agentId: 'list-3', owner: 'max', page: {} });
    expect(named.rows.map(({ id }) => id)).toEqual([sessions[3]]);
    const foreign = await listSessions(database.db, ['lea'], { owner: 'max', page: {} });
    expect(foreign.rows).toEqual([]);
  });

  test('a page that will not do is refused', async () => {
    await expect(listSessions(database.db, 'all', { page: { first: 101 } })).rejects.toBeInstanceOf(
      InvalidInputError,
    );
  });
});
