import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip as gunzipWithCallback } from 'node:zlib';

import { PGlite } from '@electric-sql/pglite';

import { type Database } from './database.ts';
import { executePlain } from './execute-plain.ts';
import { migrateDatabase } from './migrate.ts';
import { createPgliteKysely } from './pglite-kysely.ts';

const gunzip = promisify(gunzipWithCallback);

/** The package brings its own along; the repository's is made by `npm install`. */
const PACKED = join(import.meta.dirname, '../template');
const CACHE = existsSync(PACKED) ? PACKED : join(import.meta.dirname, '../../node_modules/.cache/ambit');

/**
 * A migrated, empty PGlite as a compressed data folder: to start from it takes a fraction of the time that making a new one does.
 * This makes one (some seconds) and keeps it by a name that tells what it was made from, so a template of
 * another PGlite, another pg-boss or of other migrations is never used. `install` adds what else belongs into it.
 * @returns its path.
 */
export async function preparePgliteTemplate(
  schema: string,
  install: (database: Pick<Database, 'kind' | 'execute'>) => Promise<void>,
): Promise<string> {
  const path = await findPath(schema);
  const bytes = await createTemplate(schema, install);
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, bytes);
  await rename(unfinished, path);
  return path;
}

/**
 * The template for `schema`, or `null` when none fits, or it cannot be read: the database is then made without. It is unpacked here,
 * where a damaged one shows: PGlite would let the process end.
 */
export async function readPgliteTemplate(schema: string): Promise<Blob | null> {
  try {
    const bytes = await gunzip(await readFile(await findPath(schema)));
    return new Blob([bytes], { type: 'application/x-tar' });
  } catch {
    // What is missing costs time only.
    return null;
  }
}

async function createTemplate(
  schema: string,
  install: (database: Pick<Database, 'kind' | 'execute'>) => Promise<void>,
): Promise<Uint8Array> {
  const pglite = await PGlite.create();
  try {
    const db = createPgliteKysely(pglite, schema);
    await migrateDatabase(db, schema);
    await install({ kind: 'pglite', execute: (text, values) => executePlain({ db, pglite }, text, values) });
    const dump = await pglite.dumpDataDir('gzip');
    return await dump.bytes();
  } finally {
    await pglite.close();
  }
}

async function findPath(schema: string): Promise<string> {
  const folder = join(import.meta.dirname, 'migrations');
  const hash = createHash('sha256').update(schema);
  for (const file of (await readdir(folder)).toSorted()) hash.update(await readFile(join(folder, file)));
  for (const name of ['@electric-sql/pglite', 'pg-boss']) hash.update(await readFile(findPackage(name)));
  return join(CACHE, `pglite-${hash.digest('hex').slice(0, 16)}.tar.gz`);
}

/** The entry of either package is in a folder beside its package.json. */
function findPackage(name: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(name)), '../package.json');
}
