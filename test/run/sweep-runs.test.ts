import { describe, expect, it } from 'vitest';

import { sweepRuns } from '../../src/run/sweep-runs.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { startEngine } from './engine-fixture.ts';

describe.each(DATABASE_KINDS)('the sweep on %s', (kind) => {
  it('finds runs that nobody was told of, and those of a process that stays dead, though the database goes away between', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    const session = await fixture.store.session({ agentId: 'bot' });
    const dead = await fixture.store.claim((await fixture.queue(session)).id, '00000000000000aa');
    const waiting = await fixture.queue(session);
    fixture.breaker.isAway = true;
    const database = { ...fixture.database, db: fixture.parts.db };
    const end = sweepRuns({ ...fixture.parts, engine: fixture.engine, database, intervalMs: 5 });
    await expect(fixture.engine.cancel('all', waiting.id)).rejects.toThrow('not available');
    fixture.breaker.isAway = false;
    expect(await fixture.ended(waiting.id)).toMatchObject({ status: 'COMPLETED' });
    expect(await fixture.ended(dead?.id ?? '')).toMatchObject({
      status: 'FAILED',
      error: { code: 'INTERRUPTED' },
    });
    end();
  });

  it('does not take a process for dead that has merely been away at one look', async () => {
    await using fixture = await startEngine(kind);
    const run = await fixture.store.claim((await fixture.queue()).id, '00000000000000aa');
    const looks: string[][] = [];
    const third = Promise.withResolvers<void>();
    const database = {
      db: fixture.parts.db,
      // Dead at every second look.
      deadOwners: async (owners: string[]) => {
        if (looks.push(owners) === 5) third.resolve();
        return looks.length % 2 === 1 ? owners : [];
      },
    };
    const end = sweepRuns({ ...fixture.parts, engine: fixture.engine, database, intervalMs: 5 });
    await third.promise;
    end();
    expect(await fixture.reader.waitForEnd({ id: run?.id ?? '', lastSeq: 0 }, 1)).toMatchObject({
      status: 'RUNNING',
    });
  });
});
