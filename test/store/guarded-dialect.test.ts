import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ConflictError, InvalidInputError } from '../../src/errors.ts';
import { findSession } from '../../src/store/session.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';
import { StoreFixture } from './store-fixture.ts';

describe.each(DATABASE_KINDS)('errors and transactions on %s', (kind) => {
  let database: TestDatabase;
  let fixture: StoreFixture;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    fixture = new StoreFixture(database);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  test.each([
    ['a NUL', 'a\0b'],
    ['a lone surrogate', 'a\ud800'],
    ['one in a list', ['a', '\udc00']],
  ])('%s in a parameter is refused as input', async (_, value) => {
    await expect(sql`select ${value}::text`.execute(database.db)).rejects.toBeInstanceOf(InvalidInputError);
  });

  test.each([
    ['a number out of range', sql`select ${'99999999999'}::int`],
    ['no UUID', sql`select ${'x'}::uuid`],
    ['no JSON', sql`select ${'{'}::jsonb`],
    ['an escape that no text holds', sql`select ${String.raw`{"a":"\u0000"}`}::jsonb`],
    ['a date out of range', sql`select ${'9999999-01-01'}::timestamptz`],
  ])('%s is refused as input', async (_, query) => {
    await expect(query.execute(database.db)).rejects.toBeInstanceOf(InvalidInputError);
  });

  test('a key that is taken is a conflict, with the driver’s error as cause', async () => {
    const { id } = await fixture.session();
    const error: unknown = await fixture.session({ id }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toHaveProperty('cause.code', '23505');
  });

  test('a bug of ours stays what it is', async () => {
    const query = sql`select no_such_column`.execute(database.db);
    await expect(query).rejects.toMatchObject({ code: '42703' });
  });

  test('a transaction that throws is rolled back, and the next one is not affected', async () => {
    const session = await fixture.session({ name: 'before' });
    const boom = new Error('boom');
    const failed = database.db.transaction().execute(async (trx) => {
      await trx.updateTable('session').set({ name: 'after' }).where('id', '=', session.id).execute();
      throw boom;
    });
    await expect(failed).rejects.toBe(boom);
    expect(await findSession(database.db, 'all', session.id)).toEqual(session);
    expect(await fixture.running()).toMatchObject({ status: 'RUNNING' });
  });

  test('a failed statement that was caught does not let its transaction pass as committed', async () => {
    const session = await fixture.session();
    const failed = database.db.transaction().execute(async (trx) => {
      await trx.updateTable('session').set({ name: 'after' }).where('id', '=', session.id).execute();
      await sql`select 1 / 0`.execute(trx).catch(() => undefined);
    });
    await expect(failed).rejects.toThrow(/transaction/i);
    expect((await findSession(database.db, 'all', session.id))?.name).toBeNull();
    await database.ping();
  });

  test('a failed statement outside of a transaction does not affect the next transaction', async () => {
    await sql`select 1 / 0`.execute(database.db).catch(() => undefined);
    expect(await fixture.running()).toMatchObject({ status: 'RUNNING' });
  });

  test('transactions that are begun at once do not mix', async () => {
    const session = await fixture.session({ name: '0' });
    const add = async () =>
      await database.db.transaction().execute(async (trx) => {
        const row = await trx
          .selectFrom('session')
          .select('name')
          .where('id', '=', session.id)
          .forUpdate()
          .executeTakeFirstOrThrow();
        await trx
          .updateTable('session')
          .set({ name: String(Number(row.name) + 1) })
          .where('id', '=', session.id)
          .execute();
      });
    await Promise.all(Array.from({ length: 25 }, add));
    expect((await findSession(database.db, 'all', session.id))?.name).toBe('25');
  });
});
