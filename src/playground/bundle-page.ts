import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';

import { PAGE_FOLDER } from './playground.ts';

const gzip = promisify(gzipWithCallback);

const ROOT = join(import.meta.dirname, '../..');
const SOURCE = join(import.meta.dirname, 'page');
const STAMP = 'made-from.txt';

/** What is worth compressing; fonts are compressed in themselves. */
const COMPRESSIBLE = /\.(?:css|html|js|svg|ttf)$/;

/**
 * Bundles the page into `PAGE_FOLDER`, unless the bundle there was made from the same sources and packages. The folder changes in
 * one step, when the new bundle is complete.
 * @returns whether it made one.
 */
export async function bundlePage(): Promise<boolean> {
  const stamp = await hashSources();
  const made = await readFile(join(PAGE_FOLDER, STAMP), 'utf8').catch(() => null); // absent: never made
  if (made === stamp) return false;
  const unfinished = `${PAGE_FOLDER}-${process.pid}`;
  try {
    await build(unfinished);
    await compressFiles(unfinished);
    await writeFile(join(unfinished, STAMP), stamp);
    await rm(PAGE_FOLDER, { recursive: true, force: true });
    await rename(unfinished, PAGE_FOLDER);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return true;
}

/** The bundler is loaded only when there is something to do: that takes longer than to find that there is nothing. */
async function build(outDir: string): Promise<void> {
  const vite = await import('vite');
  await vite.build({
    configFile: false,
    root: SOURCE,
    base: '/playground/',
    logLevel: 'error',
    mode: 'production',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0, // a data: address is not of this server
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 10_000, // kB; the editor is one
    },
    worker: { format: 'es' },
  });
}

async function compressFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of entries.filter((entry) => COMPRESSIBLE.test(entry.name))) {
    const path = join(parentPath, name);
    await writeFile(`${path}.gz`, await gzip(await readFile(path), { level: 9 }));
  }
}

/** Of the page, of how it is bundled, and of the versions of what goes into it. */
async function hashSources(): Promise<string> {
  const sources = await readdir(SOURCE, { recursive: true, withFileTypes: true });
  const paths = sources
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const hash = createHash('sha256');
  for (const path of [...paths.toSorted(), import.meta.filename, join(ROOT, 'package-lock.json')]) {
    hash.update(`${path.slice(ROOT.length)}\n`);
    hash.update(await readFile(path));
  }
  return hash.digest('hex');
}
