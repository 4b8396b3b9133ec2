import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PGlite } from '@electric-sql/pglite';
import { type Kysely, sql } from 'kysely';

import { type DatabaseConfig } from '../config.ts';
import { AmbitError, UnavailableError } from '../errors.ts';
import { type Database, type DatabaseOptions } from './database.ts';
import { exists } from '../lib/exists.ts';
import { executePlain } from './execute-plain.ts';
import { lockFolder } from './folder-lock.ts';
import { migrateDatabase } from './migrate.ts';
import { removeOtherNodes } from './node.ts';
import { createNodeId } from './node-id.ts';
import { createPgliteKysely } from './pglite-kysely.ts';
import { readPgliteTemplate } from './pglite-template.ts';
import { ResourceStack } from './resource-stack.ts';
import { type Tables } from './tables.ts';

interface OpenPglite {
  readonly pglite: PGlite;
  readonly db: Kysely<Tables>;
}

/**
 * The embedded database, in `config.dataDir` or in memory. A folder is used by one process at a time: its lock sees to it. A new
 * database starts from the prepared template, where there is one.
 * @throws UnavailableError when the folder is in use, cannot be written, or holds what is no database of this version.
 */
export async function openPglite(config: DatabaseConfig, options: DatabaseOptions): Promise<Database> {
  const { dataDir, schema } = config;
  const resources = new ResourceStack();
  try {
    if (dataDir !== null) {
      const lock = await lockFolder(dataDir);
      resources.defer(() => lock[Symbol.asyncDispose]());
    }
    const { db, pglite } = dataDir === null ? await createPglite(schema) : await openFolder(dataDir, schema);
    resources.defer(() => pglite.close());
    const nodeId = options.nodeId ?? createNodeId();
    // The folder's lock has let no other process in: whoever else wrote there is gone.
    await removeOtherNodes(db, nodeId);
    return toDatabase({ db, pglite }, { nodeId, resources });
  } catch (error) {
    await resources[Symbol.asyncDispose]();
    if (error instanceof AmbitError) throw error;
    const where = dataDir === null ? 'in memory' : `in ${dataDir}`;
    throw new UnavailableError(`The database ${where} cannot be opened.`, { cause: error });
  }
}

function toDatabase(
  { db, pglite }: OpenPglite,
  { nodeId, resources }: { nodeId: string; resources: ResourceStack },
): Database {
  return {
    db,
    vital: db,
    kind: 'pglite',
    nodeId,
    pools: () => ({}),
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    execute: (text, values) => executePlain({ db, pglite }, text, values),
    notify: async () => undefined,
    listen: () => ({ [Symbol.asyncDispose]: async () => undefined }),
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };
}

/**
 * The database of a folder, migrated. While a new one is made a file beside it says so: a start that is broken off then is begun
 * anew, and nothing else ever removes a database.
 */
async function openFolder(dataDir: string, schema: string): Promise<OpenPglite> {
  const data = join(dataDir, 'data');
  const unfinished = join(dataDir, 'data.unfinished');
  if (await exists(unfinished)) await rm(data, { recursive: true, force: true });
  if (await exists(data)) return await migrated(await PGlite.create(data), schema);
  await writeFile(unfinished, '');
  const opened = await createPglite(schema, data);
  await rm(unfinished);
  return opened;
}

/** A new database, in memory without a folder. */
async function createPglite(schema: string, folder?: string): Promise<OpenPglite> {
  const template = await readPgliteTemplate(schema);
  const options = folder === undefined ? {} : { dataDir: folder };
  return await migrated(
    await PGlite.create(template === null ? options : { ...options, loadDataDir: template }),
    schema,
  );
}

async function migrated(pglite: PGlite, schema: string): Promise<OpenPglite> {
  try {
    const db = createPgliteKysely(pglite, schema);
    await migrateDatabase(db, schema);
    return { pglite, db };
  } catch (error) {
    await pglite.close();
    throw error;
  }
}
