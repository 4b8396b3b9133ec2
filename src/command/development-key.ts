import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { UsageError } from './usage-error.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/** Whether nothing configures a key although one is needed: only then may the server make one. */
function lacksKey({ jwt }: Config): boolean {
  return jwt.verificationKeys.length === 0 && jwt.jwksFile === null && jwt.jwksUrl === null;
}

/**
 * The configuration with a key of the server's own, kept in the data folder, when this is development mode: no key is
 * configured, the server listens on loopback, and NODE_ENV is not production. `made`: whether that is so.
 * @throws UsageError when a key is missing outside development mode, and when the key kept is open to other users.
 */
export async function withDevelopmentKey(config: Config): Promise<{ config: Config; made: boolean }> {
  if (!lacksKey(config)) return { config, made: false };
  if (config.production || !LOOPBACK.has(config.http.host)) {
    throw new UsageError(
      'No key verifies tokens: set JWT_VERIFICATION_KEY, JWT_JWKS_FILE or JWT_JWKS_URL. Only on loopback, and without NODE_ENV=production, does the server make one.',
    );
  }
  const key = await readKey(config.database.dataDir);
  return { config: { ...config, jwt: { ...config.jwt, verificationKeys: [key] } }, made: true };
}

/** Without a data folder the key lasts as long as the process. */
async function readKey(dataDir: string | null): Promise<string> {
  const key = randomBytes(48).toString('base64url');
  if (dataDir === null) return key;
  const path = join(dataDir, 'development-key');
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
