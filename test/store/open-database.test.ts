import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { sql } from 'kysely';
import { describe, expect, inject, test } from 'vitest';

import { type DatabaseConfig } from '../../src/config.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { MIGRATIONS } from '../../src/store/migrate.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { findSession } from '../../src/store/session.ts';
import { createTestDatabase, runOnServer } from '../_util/test-database.ts';
import { StoreFixture } from './store-fixture.ts';
import { createTempFolder } from './temp-folder.ts';

const options = { log: createLogger('silent') };

function inFolder(dataDir: string | null, schema = 'ambit'): DatabaseConfig {
  return { url: null, directUrl: null, dataDir, poolSize: 1, schema };
}

/** A process that holds the folder's database and writes to it, and the lines it says. */
function holdFolder(folder: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'hold-folder.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, next: async () => String((await lines.next()).value) };
}

describe('openDatabase on PGlite', () => {
  test('what was stored in a folder is there when it is opened again', async () => {
    await using temp = await createTempFolder();
    const first = await openDatabase(inFolder(temp.path), options);
    expect(first.kind).toBe('pglite');
    const session = await new StoreFixture(first).session();
    await first[Symbol.asyncDispose]();
    expect(await readdir(temp.path)).toEqual(['data']);
    await using second = await openDatabase(inFolder(temp.path), options);
    expect(await findSession(second.db, 'all', session.id)).toEqual(session);
    expect(second.nodeId).not.toBe(first.nodeId);
    expect(await second.deadOwners([first.nodeId, second.nodeId])).toEqual([first.nodeId]);
  });

  test('a folder that is open is refused, also to another process, and stays usable', async () => {
    await using temp = await createTempFolder();
    await using database = await openDatabase(inFolder(temp.path), options);
    await expect(openDatabase(inFolder(temp.path), options)).rejects.toThrow(
      `The folder ${temp.path} is in use`,
    );
    const { child, next } = holdFolder(temp.path);
    expect(await next()).toMatch(`The folder ${temp.path} is in use by process ${process.pid}.`);
    await once(child, 'exit');
    await database.ping();
  });

  test('after a process was killed while it wrote, all it had stored is there', async () => {
    await using temp = await createTempFolder();
    const { child, next } = holdFolder(temp.path);
    expect(await next()).toBe('open');
    const ids = [];
    while (ids.length < 200) ids.push(await next());
    child.kill('SIGKILL');
    await once(child, 'exit');
    await using database = await openDatabase(inFolder(temp.path), options);
    for (const id of ids) expect(await findSession(database.db, 'all', id)).not.toBeNull();
  });

  test('a first start that was broken off is begun anew', async () => {
    await using temp = await createTempFolder();
    await writeFile(join(temp.path, 'data.unfinished'), '');
    await mkdir(join(temp.path, 'data'));
    await writeFile(join(temp.path, 'data/PG_VERSION'), '17');
    await using database = await openDatabase(inFolder(temp.path), options);
    await database.ping();
    expect(await readdir(temp.path)).toEqual(['data', 'lock']);
  });

  test('a folder without a database of this version is refused with a sentence, and let go', async () => {
    await using temp = await createTempFolder();
    await mkdir(join(temp.path, 'data'));
    await writeFile(join(temp.path, 'data/PG_VERSION'), '9.6');
    await expect(openDatabase(inFolder(temp.path), options)).rejects.toThrow(
      `The database in ${temp.path} cannot be opened.`,
    );
    expect(await readdir(temp.path)).toEqual(['data']);
  });

  test('a schema that no template was prepared for is made from nothing', async () => {
    await using database = await openDatabase(inFolder(null, 'other'), options);
    const session = await new StoreFixture(database).session();
    expect(await findSession(database.db, 'all', session.id)).toEqual(session);
    const { rows } = await sql<{ schema: string }>`
      select distinct table_schema as schema from information_schema.tables where table_name in ('run', 'migration')`.execute(
      database.db,
    );
    expect(rows).toEqual([{ schema: 'other' }]);
  });

  test('a folder that a later version has migrated is refused', async () => {
    await using temp = await createTempFolder();
    const first = await openDatabase(inFolder(temp.path), options);
    await sql`insert into ambit.migration values ('9999-future', now()::text)`.execute(first.db);
    await first[Symbol.asyncDispose]();
    await expect(openDatabase(inFolder(temp.path), options)).rejects.toThrow(
      'migrated by a later version of Ambit',
    );
  });

  test('a closed database answers UNAVAILABLE, in and out of transactions, and closes once', async () => {
    const database = await openDatabase(inFolder(null), options);
    await database[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await expect(database.ping()).rejects.toBeInstanceOf(UnavailableError);
    const fixture = new StoreFixture(database);
    await expect(fixture.session()).rejects.toBeInstanceOf(UnavailableError);
    await expect(fixture.claim(uuidV7())).rejects.toBeInstanceOf(UnavailableError);
  });
});

describe.runIf(inject('postgres') !== null)('openDatabase on Postgres', () => {
  const serverUrl = inject('postgres')?.url ?? '';

  function at(url: string, changes: Partial<DatabaseConfig> = {}): DatabaseConfig {
    return { url, directUrl: url, dataDir: null, poolSize: 2, schema: 'ambit', ...changes };
  }

  function withUrl(change: (url: URL) => void): string {
    const url = new URL(serverUrl);
    change(url);
    return url.href;
  }

  test('many processes that start at once on an empty database migrate it once', async () => {
    await using database = await createTestDatabase('postgres');
    await sql`drop schema ambit cascade`.execute(database.db);
    const opened = await Promise.all(Array.from({ length: 6 }, () => openDatabase(database.config, options)));
    const { rows } = await sql`select name from ambit.migration order by name`.execute(database.db);
    expect(rows).toEqual(Object.keys(MIGRATIONS).map((name) => ({ name })));
    await Promise.all(opened.map((each) => each[Symbol.asyncDispose]()));
  });

  test('every schema is a database of its own', async () => {
    await using database = await createTestDatabase('postgres');
    await using other = await openDatabase({ ...database.config, schema: 'other_one' }, options);
    const session = await new StoreFixture(other).session();
    expect(await findSession(database.db, 'all', session.id)).toBeNull();
    expect(await findSession(other.db, 'all', session.id)).toEqual(session);
  });

  test('the connections carry no state: names are found with an empty search path', async () => {
    await using database = await createTestDatabase('postgres');
    const name = new URL(database.config.url ?? '').pathname.slice(1);
    await runOnServer(serverUrl, `alter database ${name} set search_path = ''`);
    await using again = await openDatabase(database.config, options);
    const fixture = new StoreFixture(again);
    const run = await fixture.running();
    expect(await fixture.end(run.id, 1)).toMatchObject({ ended: true });
  });

  test.each<[string, (url: URL) => unknown, RegExp]>([
    ['nobody listens', (url) => (url.port = '1'), /^Postgres at .*:1 cannot be used: .*ECONNREFUSED/],
    [
      'the database is not there',
      (url) => (url.pathname = '/no_such'),
      /cannot be used: database "no_such" does not exist/,
    ],
    [
      'the host is not there',
      (url) => (url.hostname = 'no-such-host.invalid'),
      /^Postgres at no-such-host.invalid:\d+ cannot/,
    ],
    [
      'the user is not there',
      (url) => (url.username = 'no_such_role'),
      /^Postgres at \S+:\d+ cannot be used: .*no_such_role/,
    ],
  ])('when %s the start stops with a sentence without the password', async (_, change, sentence) => {
    const url = withUrl((changed) => {
      if (changed.password === '') changed.password = 'hunter2';
      change(changed);
    });
    const error: unknown = await openDatabase(at(url), options).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).not.toContain(new URL(url).password);
    expect(error).toHaveProperty('message', expect.stringMatching(sentence));
  });

  test.runIf(new URL(serverUrl || 'postgres://x').password !== '')(
    'a wrong password stops the start with a sentence',
    async () => {
      const url = withUrl((changed) => (changed.password = 'hunter2'));
      const sentence = /^Postgres at \S+:\d+ cannot be used: password authentication failed for user "\w+"$/;
      await expect(openDatabase(at(url), options)).rejects.toThrow(sentence);
    },
  );

  test('a database that a later version has migrated is refused', async () => {
    await using database = await createTestDatabase('postgres');
    await sql`insert into ambit.migration values ('9999-future', now()::text)`.execute(database.db);
    await expect(openDatabase(database.config, options)).rejects.toThrow(
      'migrated by a later version of Ambit',
    );
  });

  test('a start that fails behind the lock leaves no connection behind', async () => {
    await using database = await createTestDatabase('postgres');
    const bad = { ...database.config, url: withUrl((url) => (url.port = '1')) };
    await expect(openDatabase(bad, options)).rejects.toBeInstanceOf(UnavailableError);
  });
});
