import { type DatabaseConfig } from '../config.ts';
import { type Database, type DatabaseOptions } from './database.ts';
import { openPglite } from './pglite.ts';
import { openPostgres } from './postgres.ts';

/**
 * Opens the database that `config` describes, PGlite or Postgres, and migrates it. It waits for nothing: a database that is away,
 * refuses the login or is in use by another process ends the start.
 * @throws UnavailableError with a sentence that says which database and why, without its password.
 */
export async function openDatabase(config: DatabaseConfig, options: DatabaseOptions): Promise<Database> {
  return config.url === null
    ? await openPglite(config, options)
    : await openPostgres({ ...config, url: config.url }, options);
}
