import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

import { UnavailableError } from '../errors.ts';
import { isRecord } from '../lib/is-record.ts';
import * as foundation from './migrations/0001-foundation.ts';
import * as node from './migrations/0002-node.ts';
import * as approval from './migrations/0003-approval.ts';
import * as idempotencyKey from './migrations/0004-idempotency-key.ts';
import * as retention from './migrations/0005-retention.ts';
import * as userPace from './migrations/0006-user-pace.ts';
import * as revocation from './migrations/0007-revocation.ts';
import * as audit from './migrations/0008-audit.ts';
import * as page from './migrations/0009-page.ts';
import * as trace from './migrations/0010-trace.ts';
import { type Tables } from './tables.ts';

/** Every migration in the order of its name. One that has shipped is never edited: a change is a new one. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-foundation': foundation,
  '0002-node': node,
  '0003-approval': approval,
  '0004-idempotency-key': idempotencyKey,
  '0005-retention': retention,
  '0006-user-pace': userPace,
  '0007-revocation': revocation,
  '0008-audit': audit,
  '0009-page': page,
  '0010-trace': trace,
};

/**
 * Creates `schema` and brings its tables to the latest migration, in one transaction. Several processes may do it at once: an
 * advisory lock of the session lets one through at a time, so `db` must not go through a transaction-mode pooler.
 * @returns the names of the migrations that were run now.
 * @throws UnavailableError when the database is away, or a later version has migrated it.
 */
export async function migrateDatabase(db: Kysely<Tables>, schema: string): Promise<string[]> {
  if (await isUpToDate(db, schema)) return [];
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableSchema: schema,
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw toMigrationError(error);
  return results.map(({ migrationName }) => migrationName);
}

/** Whether exactly these migrations were run: one query, where the migrator needs a dozen. */
async function isUpToDate(db: Kysely<Tables>, schema: string): Promise<boolean> {
  try {
    const { rows } = await sql<{ name: string }>`select name from ${sql.id(schema, 'migration')}`.execute(db);
    const names = rows.map(({ name }) => name).toSorted();
    return names.join() === Object.keys(MIGRATIONS).toSorted().join();
  } catch (error) {
    if (isRecord(error) && error['code'] === UNDEFINED_TABLE) return false;
    throw error;
  }
}

/** Beside those that a database has been through by `names`: the ones that wait, and the ones of a later version. */
export function compareMigrations(names: readonly string[]): {
  readonly pending: string[];
  readonly unknown: string[];
} {
  const known = Object.keys(MIGRATIONS);
  return {
    pending: known.filter((name) => !names.includes(name)),
    unknown: names.filter((name) => !known.includes(name)),
  };
}

const UNDEFINED_TABLE = '42P01';

function toMigrationError(error: unknown): unknown {
  const isNewer = error instanceof Error && /previously executed migration .* is missing/.test(error.message);
  return isNewer ? new UnavailableError('The database was migrated by a later version of Ambit.') : error;
}
