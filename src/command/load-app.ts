import { access } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AppDefinition } from '../agent/app-definition.ts';
import { toAppFileError } from './app-file-error.ts';
import { UsageError } from './usage-error.ts';

/** In the package all that is compiled ends in .js, as this does. */
const DEMO_URL = new URL(`../demo/app${extname(import.meta.filename)}`, import.meta.url);

/**
 * The app that a file's default export defines; without a path, the demo app.
 * @throws UsageError when there is no such file, when it throws, with the line, and when its default export is no app.
 */
export async function loadApp(path: string | undefined): Promise<AppDefinition> {
  const url = path === undefined ? DEMO_URL : pathToFileURL(resolve(path));
  await access(url).catch(() => {
    throw new UsageError(`There is no app file ${path}.`);
  });
  const module = await importApp(url);
  if (!isApp(module.default)) {
    throw new UsageError(`The default export of ${path} must be what defineApp({ id, name, agents }) gives.`);
  }
  return module.default;
}

async function importApp(url: URL): Promise<{ default?: unknown }> {
  try {
    return (await import(url.href)) as { default?: unknown };
  } catch (error) {
    throw toAppFileError(error, url);
  }
}

function isApp(value: unknown): value is AppDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'agents' in value &&
    Array.isArray(value.agents)
  );
}
