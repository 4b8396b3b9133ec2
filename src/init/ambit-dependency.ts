import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

const PACKAGE = join(import.meta.dirname, '../..');

/**
 * How the package.json in `folder` is to name this package: by its version; as long as it is private, by the folder that it runs
 * from, because what a registry has under its name is then somebody else's.
 */
export async function ambitDependency(folder: string): Promise<string> {
  // Ours.
  const own = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as {
    version: string;
    private?: boolean;
  };
  if (own.private !== true) return own.version;
  return `file:${relative(resolve(folder), PACKAGE).replaceAll(sep, '/')}`;
}
