import { randomBytes } from 'node:crypto';

import { Client } from 'pg';
import { inject } from 'vitest';

import { type DatabaseConfig } from '../../src/config.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { type Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open-database.ts';

export type DatabaseKind = Database['kind'];

/** The databases that the suites run on: `describe.each(DATABASE_KINDS)('… on %s', (kind) => …)`. */
export const DATABASE_KINDS: readonly DatabaseKind[] =
  inject('postgres') === null ? ['pglite'] : ['pglite', 'postgres'];

/** A database of its own for one test file, and what opens it once more. */
export interface TestDatabase extends Database {
  readonly config: DatabaseConfig;
}

/**
 * An empty, migrated database, copied from the template of the global set-up: PGlite in memory, or a new database on the Postgres
 * of TEST_DATABASE_URL. Disposing of it drops it, which fails when a connection to it was left open.
 */
export async function createTestDatabase(
  kind: DatabaseKind,
  options: { nodeId?: string; poolSize?: number } = {},
): Promise<TestDatabase> {
  const { poolSize = 10, ...databaseOptions } = options;
  await using resources = new AsyncDisposableStack();
  const url = kind === 'pglite' ? null : await createPostgresDatabase(resources);
  const config = { url, directUrl: url, dataDir: null, poolSize, schema: 'ambit' };
  const database = resources.use(
    await openDatabase(config, { log: createLogger('error'), ...databaseOptions }),
  );
  const moved = resources.move();
  return { ...database, config, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

/** Runs one statement on the test server, outside of the test's own connections. */
export async function runOnServer<TRow extends object>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<TRow[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<TRow>(text, values);
    return rows;
  } finally {
    await client.end();
  }
}

async function createPostgresDatabase(resources: AsyncDisposableStack): Promise<string> {
  const server = inject('postgres');
  if (server === null) throw new Error('TEST_DATABASE_URL is not set.');
  const name = `ambit_test_${randomBytes(6).toString('hex')}`;
  await runOnServer(server.url, `create database ${name} template ${server.template}`);
  resources.defer(async () => {
    await runOnServer(server.url, `drop database ${name}`);
  });
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}
