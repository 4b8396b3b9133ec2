import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { isRecord } from '../lib/is-record.ts';
import { parseJson } from '../lib/parse-json.ts';

/** What became of a package.json. */
export interface ManifestChange {
  readonly isNew: boolean;
  /** What was added, as `scripts.start`. */
  readonly added: readonly string[];
  /** What was there with another value, and stayed. */
  readonly left: readonly string[];
  /** Whether its .ts files are read as CommonJS, in which the project's are not written. */
  readonly isCommonJs: boolean;
}

type Manifest = Record<string, unknown>;

/** What `npm init` writes in place of a test, and nobody means. */
const NO_TEST = 'echo "Error: no test specified" && exit 1';

const SECTIONS = ['scripts', 'dependencies', 'devDependencies'] as const;

/**
 * Adds to the package.json in `folder` what it lacks of `template`, a package.json too, and of a dependency on Ambit; makes one
 * where there is none.
 * @throws TypeError when the file there is no package.json.
 */
export async function addToManifest(
  folder: string,
  { template, ambit }: { readonly template: string; readonly ambit: string },
): Promise<ManifestChange> {
  const path = join(folder, 'package.json');
  const text = await readFile(path, 'utf8').catch(ignoreMissing);
  const manifest = text === null ? createManifest(folder) : parseManifest(text, path);
  // Ours.
  const wanted = JSON.parse(template) as Record<(typeof SECTIONS)[number], Record<string, string>>;
  const added: string[] = [];
  const left: string[] = [];
  // What has no name was made by `npm install` just now. Elsewhere it could make scripts of others something that they are not.
  if (manifest['type'] === undefined && manifest['name'] === undefined) {
    manifest['type'] = 'module';
    added.push('type');
  }
  // Whoever installed it knows from where.
  if (!isRecord(manifest['dependencies']) || !Object.hasOwn(manifest['dependencies'], 'ambit'))
    wanted.dependencies = { ambit, ...wanted.dependencies };
  for (const section of SECTIONS) {
    for (const [key, value] of Object.entries(wanted[section])) {
      const change = addEntry(manifest, { section, key, value });
      if (change !== 'same') (change === 'added' ? added : left).push(`${section}.${key}`);
    }
  }
  // One that is made is made here, and not where a link to nowhere leads.
  const flag = text === null ? 'wx' : 'w';
  if (added.length > 0)
    await writeFile(path, `${JSON.stringify(manifest, null, indentOf(text))}\n`, { flag });
  return { isNew: text === null, added, left, isCommonJs: manifest['type'] === 'commonjs' };
}

function addEntry(
  manifest: Manifest,
  { section, key, value }: { readonly section: string; readonly key: string; readonly value: string },
): 'added' | 'left' | 'same' {
  const entries = (manifest[section] ??= {}) as Record<string, unknown>; // parseManifest has seen to it
  const present = Object.hasOwn(entries, key) ? entries[key] : undefined;
  if (present !== undefined && present !== NO_TEST) return present === value ? 'same' : 'left';
  entries[key] = value;
  return 'added';
}

/** Its name is the folder's, as far as npm allows that. */
function createManifest(folder: string): Manifest {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  return { name: name === '' || name === 'ambit' ? 'app' : name, private: true, type: 'module' };
}

function parseManifest(text: string, path: string): Manifest {
  const manifest = parseJson(text);
  if (isRecord(manifest) && SECTIONS.every((section) => isRecord(manifest[section] ?? {}))) return manifest;
  throw new TypeError(`${path} is no package.json that npm would read: nothing was written.`);
}

function indentOf(text: string | null): string {
  return /^[{]\r?\n([ \t]+)"/.exec(text ?? '')?.[1] ?? '  ';
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
