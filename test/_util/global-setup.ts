import { randomBytes } from 'node:crypto';

import { Client } from 'pg';
import { type TestProject } from 'vitest/node';

import { createLogger } from '../../src/lib/logger.ts';
import { installJobQueue } from '../../src/run/job-queue.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { preparePgliteTemplate, readPgliteTemplate } from '../../src/store/pglite-template.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server for tests and the migrated database on it that theirs are copied from; `null`: Postgres is not tested. */
    postgres: { readonly url: string; readonly template: string } | null;
  }
}

const SCHEMA = 'ambit';

/**
 * Makes the migrated templates that every test database is copied from: PGlite's, and with TEST_DATABASE_URL (a Postgres whose
 * user may create databases) a database there. Without it Postgres is left out, which in CI is a failure.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if ((await readPgliteTemplate(SCHEMA)) === null) {
    await preparePgliteTemplate(SCHEMA, (database) => installJobQueue(database, SCHEMA));
  }
  const url = process.env['TEST_DATABASE_URL'] ?? '';
  if (url === '') {
    if ((process.env['CI'] ?? '') !== '') throw new Error('In CI, TEST_DATABASE_URL must be set.');
    process.stderr.write('TEST_DATABASE_URL is not set: Postgres is not tested.\n');
    project.provide('postgres', null);
    return async () => undefined;
  }
  const template = `ambit_test_template_${randomBytes(4).toString('hex')}`;
  await runSql(url, `create database ${template}`);
  await migrate(url, template);
  project.provide('postgres', { url, template });
  return () => runSql(url, `drop database ${template}`);
}

async function migrate(url: string, template: string): Promise<void> {
  const target = new URL(url);
  target.pathname = `/${template}`;
  const config = { url: target.href, directUrl: target.href, dataDir: null, poolSize: 1, schema: SCHEMA };
  await using database = await openDatabase(config, { log: createLogger('warn') });
  await installJobQueue(database, SCHEMA);
}

async function runSql(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
