import { setTimeout } from 'node:timers/promises';

import { sql } from 'kysely';
import { describe, expect, inject, test } from 'vitest';

import { UnavailableError } from '../../src/errors.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { createNodeId } from '../../src/store/node-id.ts';
import { NodeLock } from '../../src/store/node-lock.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { createTestDatabase, type TestDatabase } from '../_util/test-database.ts';
import { TcpProxy } from './tcp-proxy.ts';

const log = createLogger('silent');

/** Ends the connections that hold advisory locks, waits until they are gone, and says how many there were. */
async function terminateLocks(database: TestDatabase): Promise<number> {
  const { rows } = await sql`
    select pg_terminate_backend(pid, 5000) from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
  `.execute(database.db);
  return rows.length;
}

describe.runIf(inject('postgres') !== null)('node locks', () => {
  test('a node lives from its start to its end, and others see it', async () => {
    await using database = await createTestDatabase('postgres');
    const other = await openDatabase(database.config, { log });
    const [never, garbage] = [createNodeId(), 'node-1'];
    const owners = [database.nodeId, other.nodeId, never, garbage];
    expect(await database.deadOwners(owners)).toEqual([never, garbage]);
    expect(await other.deadOwners(owners)).toEqual([never, garbage]);
    expect(await database.deadOwners([])).toEqual([]);
    await other[Symbol.asyncDispose]();
    expect(await database.deadOwners(owners)).toEqual([other.nodeId, never, garbage]);
  });

  test.each([
    'ffffffffffffffff',
    '8000000000000000',
    '7fffffffffffffff',
    '00000000ffffffff',
    '0000000000000001',
  ])('the id %s is locked as it is', async (nodeId) => {
    await using database = await createTestDatabase('postgres', { nodeId });
    await using other = await openDatabase(database.config, { log });
    expect(await other.deadOwners([nodeId])).toEqual([]);
  });

  test('a node id is one process’s', async () => {
    await using database = await createTestDatabase('postgres');
    const again = openDatabase(database.config, { log, nodeId: database.nodeId });
    await expect(again).rejects.toThrow(`Another process is the node ${database.nodeId}.`);
    await expect(again).rejects.toBeInstanceOf(UnavailableError);
  });

  test('what is no node id is a mistake', async () => {
    await using database = await createTestDatabase('postgres');
    await expect(openDatabase(database.config, { log, nodeId: 'node-1' })).rejects.toBeInstanceOf(TypeError);
  });

  test('a lock of another database is not taken for a node', async () => {
    await using database = await createTestDatabase('postgres');
    await using elsewhere = await createTestDatabase('postgres');
    expect(await database.deadOwners([elsewhere.nodeId])).toEqual([elsewhere.nodeId]);
  });

  test('a lock whose connection is lost is taken again', async () => {
    await using database = await createTestDatabase('postgres');
    await using other = await openDatabase(database.config, { log });
    expect(await terminateLocks(database)).toBe(2);
    expect(await database.deadOwners([database.nodeId])).toEqual([]);
    while ((await database.deadOwners([other.nodeId])).length > 0) await setTimeout(20);
    while ((await other.deadOwners([database.nodeId])).length > 0) await setTimeout(20);
    expect(await terminateLocks(database)).toBe(2);
  });

  test('a node that ends while its lock is being taken again leaves none behind', async () => {
    await using database = await createTestDatabase('postgres');
    const other = await openDatabase(database.config, { log });
    await terminateLocks(database);
    await other[Symbol.asyncDispose]();
    expect(await database.deadOwners([other.nodeId])).toEqual([other.nodeId]);
  });

  test('a node whose server has fallen silent ends all the same', async () => {
    await using database = await createTestDatabase('postgres');
    const url = database.config.url ?? '';
    await using proxy = await TcpProxy.to(url);
    const lock = await NodeLock.hold(proxy.through(url), createNodeId(), log);
    proxy.fallSilent();
    expect(await lock[Symbol.asyncDispose]()).toBeUndefined();
  });
});
