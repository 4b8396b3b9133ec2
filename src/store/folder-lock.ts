import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { UnavailableError } from '../errors.ts';
import { isRecord } from '../lib/is-record.ts';
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.ts';

/** What a lock file says. `token` is the lock's own name. */
interface Holder extends ProcessIdentity {
  readonly token: string;
}

/** How often a holder shows that it lives, and after how long without it one that cannot be asked for counts as dead. */
const BEAT_MS = 5_000;
const DEAD_AFTER_MS = 30_000;

/**
 * Creates `folder` if it is missing and takes its lock, the file `lock` in it, until it is disposed of. A lock that a dead process
 * has left is taken over; so is, after 30 seconds without a sign of life, one of another host or container.
 *
 * Files are made complete by linking, which one process only succeeds at. Taking over: 1. who links `lock.after-<token>` has the
 * right to follow the dead holder of that token, and if it dies too, the next links `lock.after-<its token>`; 2. it looks
 * whether the first holder is still the one it began with, since a follower may have finished in between; 3. it moves its own file
 * over `lock`, so that at no moment there is none.
 * @throws UnavailableError that names the folder and the process that holds it, or says why the folder will not do.
 */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const mine: Holder = { ...thisProcess(), token: randomUUID() };
  const path = join(folder, 'lock');
  await createFolder(folder);
  const draft = join(folder, `lock.draft-${mine.token}`);
  await writeFile(draft, JSON.stringify(mine), { flag: 'wx' });
  try {
    while (!(await takeLock(folder, draft)));
  } finally {
    await rm(draft, { force: true });
  }
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(ignoreMissing), BEAT_MS);
  beat.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(beat);
      if ((await readHolder(path))?.token === mine.token) await rm(path, { force: true });
    },
  };
}

/**
 * The process that holds the folder's lock and lives, as far as that can be told without touching the folder; `null`: none does. A
 * folder that does not exist is held by nobody.
 */
export async function findFolderHolder(folder: string): Promise<ProcessIdentity | null> {
  const path = join(folder, 'lock');
  const holder = await readHolder(path);
  if (holder === null) return null;
  const isLiving = isRunning(holder) ?? Date.now() - (await stat(path)).mtimeMs < DEAD_AFTER_MS;
  return isLiving ? holder : null;
}

/** One try; `false`: the holders changed meanwhile, look again. */
async function takeLock(folder: string, draft: string): Promise<boolean> {
  const head = join(folder, 'lock');
  const dead: Holder[] = [];
  let path = head;
  while (!(await linked(draft, path))) {
    const holder = await readHolder(path);
    if (holder === null) return false;
    if (await isAlive(holder, { path, draft })) throw inUse(folder, holder);
    dead.push(holder);
    path = join(folder, `lock.after-${holder.token}`);
  }
  if (path === head) return true;
  if ((await readHolder(head))?.token !== dead[0]?.token) {
    await rm(path, { force: true });
    return false;
  }
  await rename(path, head);
  for (const { token } of dead) await rm(join(folder, `lock.after-${token}`), { force: true });
  return true;
}

async function isAlive(holder: Holder, { path, draft }: { path: string; draft: string }): Promise<boolean> {
  const running = isRunning(holder);
  if (running !== null) return running;
  // Both times are the file system's.
  const [sign, now] = await Promise.all([stat(path), stat(draft)]);
  return now.mtimeMs - sign.mtimeMs < DEAD_AFTER_MS;
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return parseHolder(await readFile(path, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A file that is no lock of ours was cut short by a crash of the system: nobody holds it. */
function parseHolder(text: string): Holder {
  const dead: Holder = { pid: 0, place: thisProcess().place, startedAt: '', token: 'damaged' };
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return dead;
    const { pid, place, startedAt, token } = value;
    if (typeof pid !== 'number' || typeof place !== 'string' || !isToken(token)) return dead;
    return { pid, place, startedAt: typeof startedAt === 'string' ? startedAt : null, token };
  } catch {
    return dead;
  }
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function createFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnavailableError(`The folder ${folder} cannot be made (AMBIT_DATA_DIR): ${reason}.`, {
      cause: error,
    });
  }
}

function inUse(folder: string, { pid, place }: Holder): UnavailableError {
  const here = place === thisProcess().place;
  const who = pid === process.pid && here ? `this process (${pid})` : `process ${pid}`;
  return new UnavailableError(
    `The folder ${folder} is in use by ${who}${here ? '' : ` on ${place.split(' ')[0]}`}. ` +
      'Stop it first, or set AMBIT_DATA_DIR to another folder.',
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** The lock is gone with its folder: there is nothing to keep alive. */
function ignoreMissing(): void {}
