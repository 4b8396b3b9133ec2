import { describe, expect, inject, it } from 'vitest';

import { UnavailableError } from '../../src/errors.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { openJobQueue } from '../../src/run/job-queue.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { TcpProxy } from '../store/tcp-proxy.ts';
import { createTestDatabase, DATABASE_KINDS } from '../_util/test-database.ts';

const log = createLogger('silent');

describe.each(DATABASE_KINDS)('the job queue on %s', (kind) => {
  it('holds what was committed with its transaction, and nothing of one that was rolled back', async () => {
    await using database = await createTestDatabase(kind);
    await using queue = await openJobQueue({ database, schema: 'ambit', log });
    const [kept, undone] = [uuidV7(), uuidV7()];
    await database.db.transaction().execute((trx) => queue.enqueue(trx, kept));
    const failed = database.db.transaction().execute(async (trx) => {
      await queue.enqueue(trx, undone);
      throw new Error('undone');
    });
    await expect(failed).rejects.toThrow('undone');
    const jobs = await queue.fetch(10);
    expect(jobs.map(({ runId }) => runId)).toEqual([kept]);
    expect(await queue.fetch(10)).toEqual([]);
    await queue.settle(jobs);
    expect((await database.execute('select id from ambit_jobs.job', [])).rows).toEqual([]);
  });

  it('gives each wake-up to one of many who fetch', async () => {
    await using database = await createTestDatabase(kind);
    await using one = await openJobQueue({ database, schema: 'ambit', log });
    await using two = await openJobQueue({ database, schema: 'ambit', log });
    const ids = Array.from({ length: 20 }, () => uuidV7());
    await database.db.transaction().execute(async (trx) => {
      for (const id of ids) await one.enqueue(trx, id);
    });
    const fetched = await Promise.all([one.fetch(7), two.fetch(7), one.fetch(7), two.fetch(7)]);
    const runIds = fetched.flat().map(({ runId }) => runId);
    expect(runIds.toSorted()).toEqual(ids.toSorted());
  });

  it('does not mix with transactions that are under way', async () => {
    await using database = await createTestDatabase(kind);
    await using queue = await openJobQueue({ database, schema: 'ambit', log });
    const id = uuidV7();
    let fetched: Promise<unknown> | null = null;
    await database.db.transaction().execute(async (trx) => {
      await queue.enqueue(trx, id);
      fetched = queue.fetch(1);
      await trx.selectFrom('run').select('id').execute();
    });
    await fetched;
    const { rows } = await database.execute('select data from ambit_jobs.job', []);
    expect(rows).toMatchObject([{ data: { runId: id } }]);
  });
});

describe.runIf(inject('postgres') !== null)('the job queue', () => {
  it('is UNAVAILABLE while the database is away', async () => {
    await using database = await createTestDatabase('postgres');
    const url = database.config.url ?? '';
    await using proxy = await TcpProxy.to(url);
    const through = proxy.through(url);
    await using away = await openDatabase({ ...database.config, url: through, directUrl: through }, { log });
    await using queue = await openJobQueue({ database: away, schema: 'ambit', log });
    proxy.refuse();
    await expect(queue.fetch(1)).rejects.toBeInstanceOf(UnavailableError);
    await expect(openJobQueue({ database: away, schema: 'ambit', log })).rejects.toBeInstanceOf(
      UnavailableError,
    );
    proxy.pass();
    expect(await queue.fetch(1)).toEqual([]);
  });
});
