import { afterAll, describe, expect, it } from 'vitest';

import { countQueue } from '../../src/store/queue-state.ts';
import { createTestDatabase, DATABASE_KINDS } from '../_util/test-database.ts';
import { StoreFixture } from './store-fixture.ts';

describe.each(DATABASE_KINDS)('the state of the queue on %s', async (kind) => {
  const database = await createTestDatabase(kind);
  const store = new StoreFixture(database);
  afterAll(() => database[Symbol.asyncDispose]());

  it('counts what has not ended, and of what is queued what could be claimed, with the age of the oldest', async () => {
    expect(await countQueue(database.db)).toEqual({
      open: { QUEUED: 0, RUNNING: 0, PAUSED: 0 },
      claimable: 0,
      oldestSeconds: 0,
    });
    const busy = await store.session();
    const running = await store.running(busy);
    // It waits for the other of its session, and is older than all.
    await store.queued(busy, { now: new Date(0) });
    const old = await store.queued(await store.session(), { now: new Date(Date.now() - 90_000) });
    await store.queued(await store.session(), { now: new Date() });
    const counted = await countQueue(database.db);
    expect(counted).toMatchObject({ open: { QUEUED: 3, RUNNING: 1, PAUSED: 0 }, claimable: 2 });
    expect(counted.oldestSeconds).toBeGreaterThan(89);
    expect(counted.oldestSeconds).toBeLessThan(3600);
    await store.claim(old.id);
    await store.end(running.id, running.leaseEpoch);
    expect(await countQueue(database.db)).toMatchObject({ open: { QUEUED: 2, RUNNING: 1 }, claimable: 2 });
  });
});
