import { describe, expect, it } from 'vitest';

import { createLogger } from '../../src/lib/logger.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { openJobQueue } from '../../src/run/job-queue.ts';
import { startPulling } from '../../src/run/pull-jobs.ts';
import { createTestDatabase, DATABASE_KINDS } from '../_util/test-database.ts';

const log = createLogger('silent');

describe.each(DATABASE_KINDS)('pulling wake-ups on %s', (kind) => {
  it.each([
    ['settles what has been looked at', true, 0],
    ['leaves to others at once what finds no slot any more', false, 1],
  ])('%s', async (_, hasSlot, left) => {
    await using database = await createTestDatabase(kind);
    await using queue = await openJobQueue({ database, schema: 'ambit', log });
    const id = uuidV7();
    await database.db.transaction().execute((trx) => queue.enqueue(trx, id));
    const offered = Promise.withResolvers<string>();
    const engine = {
      freeSlots: 1,
      async offer(runId: string): Promise<boolean> {
        engine.freeSlots = 0;
        offered.resolve(runId);
        return hasSlot;
      },
    };
    const puller = startPulling({ queue, engine, findQueued: async (ids) => new Set(ids), log });
    puller.pull();
    expect(await offered.promise).toBe(id);
    await puller[Symbol.asyncDispose]();
    expect((await queue.fetch(10)).map(({ runId }) => runId)).toEqual(left === 0 ? [] : [id]);
  });
});
