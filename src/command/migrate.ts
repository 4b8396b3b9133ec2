import { readConfig } from '../config.ts';
import { createLogger } from '../lib/logger.ts';
import { installJobQueue } from '../run/job-queue.ts';
import { openDatabase } from '../store/open-database.ts';
import { migrateHelp } from './help/migrate-help.ts';
import { loadEnvFile } from './load-env-file.ts';
import { logStream } from './log-stream.ts';
import { parseCommandLine } from './parse-command-line.ts';

/** `ambit migrate`: brings the configured database to this version's tables, as `serve` does at its start. */
export async function migrate(args: string[]): Promise<void> {
  parseCommandLine(migrateHelp, args);
  loadEnvFile();
  const config = readConfig();
  const log = createLogger(config.logLevel, logStream(config));
  const database = await openDatabase(config.database, { log });
  try {
    await installJobQueue(database, config.database.schema);
  } finally {
    await database[Symbol.asyncDispose]();
  }
  process.stdout.write(`The ${database.kind} database is at this version's tables.\n`);
}
