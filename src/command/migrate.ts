import { readConfig } from '../config.ts';
import { createLogger } from '../lib/logger.ts';
import { openDatabase } from '../store/open-database.ts';

/** `ambit migrate`: brings the configured database to this version's tables, as `serve` does at its start. */
export async function migrate(): Promise<void> {
  const { database: settings, logLevel } = readConfig();
  const database = await openDatabase(settings, { log: createLogger(logLevel) });
  await database[Symbol.asyncDispose]();
  process.stdout.write(`The ${database.kind} database is at this version's tables.\n`);
}
