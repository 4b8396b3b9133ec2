import { sql } from 'kysely';
import { describe, expect, inject, test } from 'vitest';

import { UnavailableError } from '../../src/errors.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { type Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { createPostgresPool } from '../../src/store/postgres-pool.ts';
import { toStoreError } from '../../src/store/to-store-error.ts';
import { createTestDatabase, runOnServer, type TestDatabase } from '../_util/test-database.ts';
import { StoreFixture } from './store-fixture.ts';
import { TcpProxy } from './tcp-proxy.ts';

const log = createLogger('silent');

async function terminateAll(database: TestDatabase): Promise<void> {
  const name = new URL(database.config.url ?? '').pathname.slice(1);
  const text = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1';
  await runOnServer(inject('postgres')?.url ?? '', text, [name]);
}

/** Each connection whose end has not been noticed yet may fail one query, in the way that callers know. */
async function isAnsweredAgain(database: Database): Promise<boolean> {
  for (let failures = 0; failures < 10; failures += 1) {
    try {
      await database.ping();
      return true;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
  return false;
}

/** The database of `database`, opened once more through a proxy. */
async function openThrough(proxy: TcpProxy, database: TestDatabase): Promise<Database> {
  const url = proxy.through(database.config.url ?? '');
  return await openDatabase({ ...database.config, url, directUrl: url }, { log });
}

describe.runIf(inject('postgres') !== null)('a Postgres that goes away', () => {
  test('idle connections that are terminated are made anew', async () => {
    await using database = await createTestDatabase('postgres');
    await Promise.all(Array.from({ length: 5 }, () => database.ping()));
    await terminateAll(database);
    expect(await isAnsweredAgain(database)).toBe(true);
  });

  test('a query whose connection is terminated fails as UNAVAILABLE, and the next works', async () => {
    await using database = await createTestDatabase('postgres');
    const slow = sql`select pg_sleep(60)`.execute(database.db).catch((error: unknown) => error);
    await sql`select 1`.execute(database.db);
    await terminateAll(database);
    expect(await slow).toBeInstanceOf(UnavailableError);
    expect(await isAnsweredAgain(database)).toBe(true);
  });

  test('a transaction whose connection is terminated between two queries fails, and the process goes on', async () => {
    await using database = await createTestDatabase('postgres');
    const fixture = new StoreFixture(database);
    const session = await fixture.session();
    const failed = database.db.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx);
      await terminateAll(database);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await trx.updateTable('session').set({ name: 'lost' }).where('id', '=', session.id).execute();
    });
    await expect(failed).rejects.toBeInstanceOf(UnavailableError);
    expect(await fixture.queued(session)).toMatchObject({ turn: 0 });
  });

  test('while nothing gets through every query fails as UNAVAILABLE, and after it they work', async () => {
    await using database = await createTestDatabase('postgres');
    await using proxy = await TcpProxy.to(database.config.url ?? '');
    await using through = await openThrough(proxy, database);
    await through.ping();
    proxy.refuse();
    for (let tries = 0; tries < 3; tries += 1)
      await expect(through.ping()).rejects.toBeInstanceOf(UnavailableError);
    await expect(new StoreFixture(through).session()).rejects.toBeInstanceOf(UnavailableError);
    await expect(through.execute('select 1', [])).rejects.toBeInstanceOf(UnavailableError);
    proxy.pass();
    await through.ping();
  });

  test('a connection that falls silent fails its query within the timeout and is not used again', async () => {
    await using database = await createTestDatabase('postgres');
    await using proxy = await TcpProxy.to(database.config.url ?? '');
    const url = proxy.through(database.config.url ?? '');
    const pool = createPostgresPool({ url, size: 1, queryTimeoutMs: 200, log });
    const first = await pool.connect();
    await first.query('select 1', []);
    proxy.fallSilent();
    await expect(first.query('select 1', [])).rejects.toThrow('Query read timeout');
    first.release();
    proxy.pass();
    const second = await pool.connect();
    expect(await second.query('select 2 as two', [])).toMatchObject({ rows: [{ two: 2 }] });
    second.release();
    await pool.end();
  });

  test('a transaction that falls silent is ended by the server, which frees what it has locked', async () => {
    await using database = await createTestDatabase('postgres');
    const { rows } = await sql`show idle_in_transaction_session_timeout`.execute(database.db);
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '8s' }]);
    const url = database.config.url ?? '';
    const pool = createPostgresPool({ url, size: 2, idleTransactionTimeoutMs: 50, log });
    const [frozen, other] = [await pool.connect(), await pool.connect()];
    await frozen.query('begin', []);
    await frozen.query('select pg_advisory_xact_lock(1)', []);
    await other.query('select pg_advisory_xact_lock(1)', []);
    const error: unknown = await frozen.query('commit', []).catch((reason: unknown) => reason);
    expect(toStoreError(error)).toBeInstanceOf(UnavailableError);
    frozen.release(true);
    other.release();
    await pool.end();
  });

  test('a statement that a timeout cancels fails as UNAVAILABLE', async () => {
    await using database = await createTestDatabase('postgres');
    const slow = database.db.transaction().execute(async (trx) => {
      await sql`set local statement_timeout = 20`.execute(trx);
      await sql`select pg_sleep(60)`.execute(trx);
    });
    await expect(slow).rejects.toBeInstanceOf(UnavailableError);
  });

  test('a pool without a free connection fails as UNAVAILABLE after its bound', async () => {
    await using database = await createTestDatabase('postgres');
    const pool = createPostgresPool({ url: database.config.url ?? '', size: 1, connectTimeoutMs: 100, log });
    const holder = await pool.connect();
    const error: unknown = await pool.connect().catch((caught: unknown) => caught);
    expect(toStoreError(error)).toBeInstanceOf(UnavailableError);
    holder.release();
    (await pool.connect()).release();
    await pool.end();
  });

  test('what is vital does not wait for a connection behind everything else', async () => {
    await using database = await createTestDatabase('postgres', { poolSize: 1 });
    const held = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const holding = database.db.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx);
      held.resolve();
      await done.promise;
    });
    await held.promise;
    const waiting = sql`select 2`.execute(database.db);
    expect((await sql<{ n: number }>`select 3 as n`.execute(database.vital)).rows).toEqual([{ n: 3 }]);
    done.resolve();
    await Promise.all([holding, waiting]);
  });

  test('a deadlock fails one of its transactions as UNAVAILABLE', async () => {
    await using database = await createTestDatabase('postgres');
    const fixture = new StoreFixture(database);
    const [one, two] = [await fixture.session(), await fixture.session()];
    const ready = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const cross = async (
      first: string,
      second: string,
      [mine, other]: [PromiseWithResolvers<void>, PromiseWithResolvers<void>],
    ) =>
      await database.db.transaction().execute(async (trx) => {
        await trx.updateTable('session').set({ name: 'x' }).where('id', '=', first).execute();
        mine.resolve();
        await other.promise;
        await trx.updateTable('session').set({ name: 'y' }).where('id', '=', second).execute();
      });
    const results = await Promise.allSettled([
      cross(one.id, two.id, [ready[0], ready[1]]),
      cross(two.id, one.id, [ready[1], ready[0]]),
    ]);
    const failures = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(failures).toEqual([expect.any(UnavailableError)]);
  });

  test('closing cuts off what does not end by itself, whoever holds it', async () => {
    await using database = await createTestDatabase('postgres');
    const pool = createPostgresPool({ url: database.config.url ?? '', size: 2, closeTimeoutMs: 100, log });
    const [busy, forgotten] = [await pool.connect(), await pool.connect()];
    const stuck = busy.query('select pg_sleep(60)', []).catch((error: unknown) => error);
    await forgotten.query('select 1', []);
    await pool.end();
    expect(toStoreError(await stuck)).toBeInstanceOf(UnavailableError);
    expect(toStoreError(await pool.connect().catch((error: unknown) => error))).toBeInstanceOf(
      UnavailableError,
    );
    // The sleeping statement keeps its server process, and so the database, for its while.
    await terminateAll(database);
  });

  test('closing does not wait for a server that has fallen silent', async () => {
    await using database = await createTestDatabase('postgres');
    await using proxy = await TcpProxy.to(database.config.url ?? '');
    const url = proxy.through(database.config.url ?? '');
    const pool = createPostgresPool({ url, size: 2, closeTimeoutMs: 100, log });
    const [busy, idle] = [await pool.connect(), await pool.connect()];
    idle.release();
    proxy.fallSilent();
    const waiting = busy.query('select 1', []).catch((error: unknown) => error);
    await pool.end();
    expect(toStoreError(await waiting)).toBeInstanceOf(UnavailableError);
  });
});
