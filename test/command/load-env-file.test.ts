import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { runProgram } from '../_util/server-process.ts';

const CLI = new URL('../../src/start.js', import.meta.url).pathname;

const folder = await mkdtemp(join(tmpdir(), 'ambit-env-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `ambit` in a folder with this .env. */
async function runWith(env: string, args: string[], variables: Record<string, string> = {}) {
  await writeFile(join(folder, '.env'), env);
  return await runProgram(process.execPath, [CLI, ...args], variables, folder);
}

const TOKEN = ['token', '--sub', 'ann', '--scope', 'agents:read'];

describe('the file .env of the current folder', () => {
  it('sets what the environment does not', async () => {
    const done = await runWith('JWT_VERIFICATION_KEY=short # a secret\n', TOKEN);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain('JWT_VERIFICATION_KEY');
    expect(done.stderr).not.toContain('short # a');
    expect(await runWith('PORT=x\n', ['serve'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('PORT must be'),
    });
    expect(await runWith('DATABASE_SCHEMA=X\n', ['migrate'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('DATABASE_SCHEMA must be'),
    });
    const matrix = await runWith('AMBIT_ADMIN_SCOPE=shop:all\n', ['scopes', 'matrix', '--scope', 'shop:all']);
    expect(matrix.stdout).toMatch(/^Query\.audit +yes/m);
  });

  it('does not change what the environment sets, be it to nothing', async () => {
    const JWT_VERIFICATION_KEY = 'a secret for tests that is longer than thirty-two characters';
    expect(await runWith('JWT_VERIFICATION_KEY=short\n', TOKEN, { JWT_VERIFICATION_KEY })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await runWith('PORT=x\n', TOKEN, { PORT: '' })).toMatchObject({ code: 0, stderr: '' });
  });

  it('tells a client neither where to go nor as whom', async () => {
    const done = await runWith('AMBIT_URL=http://127.0.0.2:1\n', ['scopes'], { AMBIT_TOKEN: 'y' });
    expect(done.code).toBe(1);
    expect(done.stderr).not.toContain('127.0.0.2');
  });

  it('does not tell ambit doctor where to send the token that the environment holds', async () => {
    const env = { AMBIT_TOKEN: 'y', AMBIT_DATA_DIR: join(folder, 'nothing') };
    const { stdout } = await runWith('AMBIT_URL=http://127.0.0.2:1\nPORT=0\n', ['doctor'], env);
    expect(stdout).toContain('The system picks a free port.');
    expect(stdout).not.toContain('127.0.0.2');
  });

  it('ends the command when it cannot be read', async () => {
    await rm(join(folder, '.env'), { force: true });
    await mkdir(join(folder, '.env'));
    const done = await runProgram(process.execPath, [CLI, ...TOKEN], {}, folder);
    await rm(join(folder, '.env'), { recursive: true });
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toMatch(/^The settings in \S+\.env cannot be read\.\n$/);
  });
});
