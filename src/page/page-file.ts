import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/** A file of the bundle. Its bytes are read once and then kept, whoever asks. */
export interface PageFile {
  /** Content-Type. */
  readonly type: string;
  read(): Promise<Buffer>;
  /** The same, compressed with gzip when the bundle was made; absent for what does not shrink. */
  readonly readGzip?: () => Promise<Buffer>;
}

/**
 * The files below `folder` by their names in it, with `/` between. A request can only name one of these: no path is made of
 * what a client sends. Empty when there is no such folder.
 */
export async function readPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ignoreMissing);
  const paths = new Set(
    entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
  );
  const files = new Map<string, PageFile>();
  for (const path of paths) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const gzip = paths.has(`${path}.gz`) ? { readGzip: readOnce(`${path}.gz`) } : {};
    files.set(relative(folder, path).replaceAll(sep, '/'), { type, read: readOnce(path), ...gzip });
  }
  return files;
}

function ignoreMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** A failed reading is tried again by whoever asks next. */
function readOnce(path: string): () => Promise<Buffer> {
  let bytes: Promise<Buffer> | null = null;
  return () =>
    (bytes ??= readFile(path).catch((error: unknown) => {
      bytes = null;
      throw error;
    }));
}
