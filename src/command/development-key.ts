import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { exists } from '../lib/exists.ts';
import { UsageError } from './usage-error.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/** Whether nothing configures a key although one is needed: only then may the server make one. */
function lacksKey({ jwt }: Config): boolean {
  return jwt.verificationKeys.length === 0 && jwt.jwksFile === null && jwt.jwksUrl === null;
}

/**
 * Whether this is development mode, in which the server has a key of its own: none is configured, it listens on loopback, and
 * NODE_ENV is not production.
 * @throws UsageError when a key is missing outside development mode.
 */
export function isDevelopmentMode(config: Config): boolean {
  if (!lacksKey(config)) return false;
  if (!config.production && LOOPBACK.has(config.http.host)) return true;
  throw new UsageError(
    'No key verifies tokens: set JWT_VERIFICATION_KEY, JWT_JWKS_FILE or JWT_JWKS_URL. Only on loopback, and without NODE_ENV=production, does the server make one.',
  );
}

/**
 * The configuration with a key of the server's own, kept in the data folder, when this is development mode. `made`: whether that
 * is so.
 * @throws UsageError when a key is missing outside development mode, and when the key kept is open to other users.
 */
export async function withDevelopmentKey(config: Config): Promise<{ config: Config; made: boolean }> {
  if (!isDevelopmentMode(config)) return { config, made: false };
  const key = await readKey(config.database.dataDir);
  return { config: withKey(config, key), made: true };
}

/**
 * As `withDevelopmentKey`, but makes no key: `null` where none is kept yet.
 * @throws UsageError as it does.
 */
export async function withKeptKey(config: Config): Promise<Config | null> {
  if (!isDevelopmentMode(config)) return config;
  const { dataDir } = config.database;
  const path = dataDir === null ? null : toPath(dataDir);
  if (path === null || !(await exists(path))) return null;
  await requirePrivate(path);
  return withKey(config, await readFile(path, 'utf8'));
}

function withKey(config: Config, key: string): Config {
  return { ...config, jwt: { ...config.jwt, verificationKeys: [key] } };
}

function toPath(dataDir: string): string {
  return join(dataDir, 'development-key');
}

/** Without a data folder the key lasts as long as the process. */
async function readKey(dataDir: string | null): Promise<string> {
  const key = randomBytes(48).toString('base64url');
  if (dataDir === null) return key;
  const path = toPath(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // Written whole before it gets its name; whoever comes first gives the name, everybody reads what is there then.
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, key, { mode: 0o600 });
  await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(unfinished);
  await requirePrivate(path);
  return await readFile(path, 'utf8');
}

/** @throws UsageError when others may read the key, and so make tokens of their own, or write it. */
async function requirePrivate(path: string): Promise<void> {
  const { mode, uid } = await stat(path);
  const user = process.getuid?.();
  // Where there are no users, as on Windows, the mode says nothing.
  if (user === undefined || ((mode & 0o077) === 0 && uid === user)) return;
  throw new UsageError(`${path} is open to other users of this machine: delete it, and a new key is made.`);
}
