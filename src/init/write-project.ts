import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { addToManifest, type ManifestChange } from './add-to-manifest.ts';
import { ambitDependency } from './ambit-dependency.ts';

const TEMPLATE = join(import.meta.dirname, 'template');

interface ProjectFile {
  /** In the template: npm leaves out of a package, or reads for itself, what is called as these are in a project. */
  readonly from: string;
  readonly to: string;
  /** Default: as the umask says. */
  readonly mode?: number;
}

const FILES: readonly ProjectFile[] = [
  { from: 'app.ts', to: 'app.ts' },
  { from: 'app.test.ts', to: 'app.test.ts' },
  { from: 'client.ts', to: 'client.ts' },
  { from: 'tsconfig.json', to: 'tsconfig.json' },
  // Secrets go into it.
  { from: 'env', to: '.env', mode: 0o600 },
  { from: 'gitignore', to: '.gitignore' },
];

export interface WrittenProject {
  /** Names of files that are new. */
  readonly written: readonly string[];
  /** Names of files that were there, and are as they were. */
  readonly left: readonly string[];
  readonly manifest: ManifestChange;
}

/**
 * Writes a first project into `folder`, which is made where it is missing. No file that exists is changed, but for package.json,
 * which gets what it lacks.
 * @throws TypeError when the package.json there is none; the errors of the file system as they are.
 */
export async function writeProject(folder: string): Promise<WrittenProject> {
  await mkdir(folder, { recursive: true });
  // First: a folder whose package.json will not do stays as it is.
  const manifest = await addToManifest(folder, {
    template: await readFile(join(TEMPLATE, 'manifest.json'), 'utf8'),
    ambit: await ambitDependency(folder),
  });
  const written: string[] = [];
  const left: string[] = [];
  for (const { from, to, mode } of FILES) {
    const isNew = await writeNew(join(folder, to), { bytes: await readFile(join(TEMPLATE, from)), mode });
    (isNew ? written : left).push(to);
  }
  return { written, left, manifest };
}

/** `false` when there is something of that name, be it a link to nowhere. */
async function writeNew(
  path: string,
  { bytes, mode = 0o666 }: { readonly bytes: Buffer; readonly mode: number | undefined },
): Promise<boolean> {
  try {
    await writeFile(path, bytes, { flag: 'wx', mode });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
