import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';

import { pageFolder } from './page-site.ts';

const gzip = promisify(gzipWithCallback);

const ROOT = join(import.meta.dirname, '../..');
const STAMP = 'made-from.txt';

/** What is worth compressing; fonts are compressed in themselves. */
const COMPRESSIBLE = /\.(?:css|html|js|svg|ttf)$/;

export const PAGE_NAMES = ['playground', 'console'] as const;
export type PageName = (typeof PAGE_NAMES)[number];

/** What pages of ours import beside their own folder. */
const SHARED = ['src/page/browser', 'src/client'].map((folder) => join(ROOT, folder));

/**
 * Bundles a page into its `pageFolder`, unless the bundle there was made from the same sources and packages. The folder changes in
 * one step, when the new bundle is complete.
 * @returns whether it made one.
 */
export async function bundlePage(name: PageName): Promise<boolean> {
  const source = join(ROOT, 'src', name, 'page');
  const folder = pageFolder(name);
  const stamp = await hashSources([source, ...SHARED]);
  const made = await readFile(join(folder, STAMP), 'utf8').catch(() => null); // absent: never made
  if (made === stamp) return false;
  const unfinished = `${folder}-${process.pid}`;
  try {
    await build({ source, outDir: unfinished, base: `/${name}/` });
    await compressFiles(unfinished);
    await writeFile(join(unfinished, STAMP), stamp);
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return true;
}

/** The bundler is loaded only when there is something to do: that takes longer than to find that there is nothing. */
async function build(paths: { source: string; outDir: string; base: string }): Promise<void> {
  const vite = await import('vite');
  await vite.build({
    configFile: false,
    root: paths.source,
    base: paths.base,
    logLevel: 'error',
    mode: 'production',
    // Whatever NODE_ENV says here, as in a test: the bundle is kept.
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { development: false } },
    resolve: { conditions: ['module', 'browser', 'production'] },
    build: {
      outDir: paths.outDir,
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

/** Of the sources, of how they are bundled, and of the versions of what goes into them. */
async function hashSources(folders: readonly string[]): Promise<string> {
  const paths = await Promise.all(folders.map(listFiles));
  const hash = createHash('sha256');
  for (const path of [...paths.flat().toSorted(), import.meta.filename, join(ROOT, 'package-lock.json')]) {
    hash.update(`${path.slice(ROOT.length)}\n`);
    hash.update(await readFile(path));
  }
  return hash.digest('hex');
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
