import { spawnSync } from 'node:child_process';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { UnavailableError } from '../../src/errors.ts';
import { lockFolder } from '../../src/store/folder-lock.ts';
import { isRunning, thisProcess } from '../../src/store/process-identity.ts';
import { createTempFolder } from './temp-folder.ts';

/** The identity of a process that has ended. */
function deadProcess() {
  const { pid } = spawnSync(process.execPath, ['--version']);
  return { ...thisProcess(), pid, startedAt: null, token: `dead-${pid}` };
}

async function leaveLock(folder: string, holder: unknown, name = 'lock'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof holder === 'string' ? holder : JSON.stringify(holder));
  return path;
}

describe('lockFolder', () => {
  test('makes the folder for its user only, and leaves no file when it is let go', async () => {
    await using temp = await createTempFolder();
    const folder = join(temp.path, 'a/b');
    const lock = await lockFolder(folder);
    expect(await readdir(folder)).toEqual(['lock']);
    await lock[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
    await using _again = await lockFolder(folder);
  });

  test('a second lock is refused with a sentence that names folder and process', async () => {
    await using temp = await createTempFolder();
    await using _lock = await lockFolder(temp.path);
    const refusal = `The folder ${temp.path} is in use by this process (${process.pid}).`;
    await expect(lockFolder(temp.path)).rejects.toThrow(refusal);
    expect(await readdir(temp.path)).toEqual(['lock']);
  });

  test('the lock of another living process is refused', async () => {
    await using temp = await createTempFolder();
    const parent = { ...thisProcess(), pid: process.ppid, startedAt: null, token: 'parent' };
    await leaveLock(temp.path, parent);
    await expect(lockFolder(temp.path)).rejects.toThrow(`in use by process ${process.ppid}.`);
  });

  test.each<[string, unknown]>([
    ['a dead process', deadProcess()],
    ['an earlier process under this pid', { ...thisProcess(), startedAt: '1', token: 'earlier' }],
    ['a crash that cut the file short', ''],
    ['no lock of ours', '[]'],
    ['a token that is a path', { ...thisProcess(), token: '../../x' }],
    ['no process at all', { ...thisProcess(), pid: 0, token: 'zero' }],
  ])('the lock of %s is taken over', async (_, holder) => {
    await using temp = await createTempFolder();
    await leaveLock(temp.path, holder);
    await using _lock = await lockFolder(temp.path);
    expect(await readdir(temp.path)).toEqual(['lock']);
    expect(JSON.parse(await readFile(join(temp.path, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  });

  test('a take-over that its process did not live to finish is taken over too', async () => {
    await using temp = await createTempFolder();
    const dead = deadProcess();
    await leaveLock(temp.path, dead);
    await leaveLock(temp.path, { ...dead, token: 'next' }, `lock.after-${dead.token}`);
    await leaveLock(temp.path, { ...dead, token: 'last' }, 'lock.after-next');
    await using _lock = await lockFolder(temp.path);
    expect(await readdir(temp.path)).toEqual(['lock']);
  });

  test('a take-over that a living process is about to finish is refused', async () => {
    await using temp = await createTempFolder();
    const dead = deadProcess();
    await leaveLock(temp.path, dead);
    await leaveLock(temp.path, { ...thisProcess(), token: 'rival' }, `lock.after-${dead.token}`);
    await expect(lockFolder(temp.path)).rejects.toBeInstanceOf(UnavailableError);
  });

  test('of many that take over at once, one succeeds', async () => {
    await using temp = await createTempFolder();
    for (let round = 0; round < 30; round += 1) {
      await leaveLock(temp.path, { ...deadProcessOnce, token: `round-${round}` });
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(temp.path)));
      const locks = tries.flatMap((tried) => (tried.status === 'fulfilled' ? [tried.value] : []));
      expect(locks).toHaveLength(1);
      await locks[0]?.[Symbol.asyncDispose]();
      expect(await readdir(temp.path)).toEqual([]);
    }
  });

  test('a lock of another host counts while it shows signs of life, and not after', async () => {
    await using temp = await createTempFolder();
    const path = await leaveLock(temp.path, { ...thisProcess(), place: 'elsewhere linux', token: 'far' });
    await expect(lockFolder(temp.path)).rejects.toThrow(`in use by process ${process.pid} on elsewhere.`);
    const past = new Date(Date.now() - 60_000);
    await utimes(path, past, past);
    await using _lock = await lockFolder(temp.path);
  });

  test('a lock that another has taken is not removed', async () => {
    await using temp = await createTempFolder();
    const lock = await lockFolder(temp.path);
    await leaveLock(temp.path, { ...thisProcess(), token: 'other' });
    await lock[Symbol.asyncDispose]();
    expect(await readdir(temp.path)).toEqual(['lock']);
  });

  test('a folder that cannot be made is refused with a sentence', async () => {
    await using temp = await createTempFolder();
    const file = await leaveLock(temp.path, '', 'file');
    await expect(lockFolder(join(file, 'x'))).rejects.toThrow(
      /^The folder .* cannot be made \(AMBIT_DATA_DIR\): /,
    );
    await expect(lockFolder(file)).rejects.toBeInstanceOf(UnavailableError);
  });
});

const deadProcessOnce = deadProcess();

describe('isRunning', () => {
  test('this process runs, one that has ended does not, and of one elsewhere nothing is known', () => {
    expect(isRunning(thisProcess())).toBe(true);
    expect(isRunning(deadProcessOnce)).toBe(false);
    expect(isRunning({ ...thisProcess(), place: 'elsewhere' })).toBeNull();
  });
});
