import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadEnvFile as load } from 'node:process';
import { parseEnv } from 'node:util';

import { UsageError } from './usage-error.ts';

/**
 * Adds the settings in the file `.env` of the current folder, where there is one, to the environment; what is set there already,
 * be it to nothing, stays. For commands of whoever runs the server: one that is a client takes neither address nor token from
 * the folder that it happens to be called in.
 * @returns the names that the file sets.
 * @throws UsageError when the file cannot be read.
 */
export function loadEnvFile(): string[] {
  const path = resolve('.env');
  if (!existsSync(path)) return [];
  try {
    load(path);
    return Object.keys(parseEnv(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new UsageError(`The settings in ${path} cannot be read.`, { cause });
  }
}
