import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { writeProject } from '../../src/init/write-project.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

const root = await mkdtemp(join(tmpdir(), 'ambit-init-'));
afterAll(() => rm(root, { recursive: true, force: true }));

const FILES = ['.env', '.gitignore', 'app.test.ts', 'app.ts', 'client.ts', 'package.json', 'tsconfig.json'];

let folders = 0;

/** A folder with a package.json of this text, or without one. */
async function createFolder(manifest?: object | string): Promise<string> {
  folders += 1;
  const folder = join(root, `project-${folders}`);
  await mkdir(folder);
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  if (manifest !== undefined) await writeFile(join(folder, 'package.json'), text);
  return folder;
}

async function readManifest(folder: string): Promise<Record<string, Record<string, string>>> {
  // What the project holds is what is tested.
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as never;
}

describe('writeProject', () => {
  it('makes the folder, and in it a package.json that is named after it', async () => {
    const folder = join(root, 'deep/My App');
    const { written, left, manifest } = await writeProject(folder);
    expect((await readdir(folder)).toSorted()).toEqual(FILES);
    expect([...written, 'package.json'].toSorted()).toEqual(FILES);
    expect({ left, manifest }).toMatchObject({ left: [], manifest: { isNew: true, isCommonJs: false } });
    expect(await readManifest(folder)).toMatchObject({
      name: 'my-app',
      private: true,
      type: 'module',
      scripts: { start: 'ambit serve app.ts', test: 'node --test' },
      dependencies: { ambit: `file:${relative(folder, ROOT)}` },
    });
  });

  it('keeps the env file, where secrets go, to its owner', async () => {
    const folder = await createFolder();
    await writeProject(folder);
    expect((await stat(join(folder, '.env'))).mode & 0o077).toBe(0);
  });

  it('makes no package.json where a link leads', async () => {
    const folder = await createFolder();
    await symlink(join(root, 'elsewhere.json'), join(folder, 'package.json'));
    await expect(writeProject(folder)).rejects.toThrow('EEXIST');
    expect(await readdir(root)).not.toContain('elsewhere.json');
  });

  it('changes no file that is there, and says which', async () => {
    const folder = await createFolder();
    await writeFile(join(folder, 'app.ts'), 'mine');
    await symlink(join(folder, 'nowhere'), join(folder, '.env'));
    const { left } = await writeProject(folder);
    expect(left).toEqual(['app.ts', '.env']);
    expect(await readFile(join(folder, 'app.ts'), 'utf8')).toBe('mine');
    expect(await readdir(folder)).not.toContain('nowhere');
  });

  it('adds to a package.json what it lacks, and changes nothing in it', async () => {
    const mine = {
      name: 'mine',
      scripts: { start: 'node mine.js', lint: 'x' },
      dependencies: { ambit: '9.9.9' },
    };
    const folder = await createFolder(JSON.stringify(mine, null, '\t'));
    const { manifest } = await writeProject(folder);
    expect(manifest).toMatchObject({ isNew: false, left: ['scripts.start'] });
    expect(manifest.added).toContain('scripts.test');
    expect(await readManifest(folder)).toMatchObject(mine);
    expect(await readManifest(folder)).not.toHaveProperty('type');
    expect(await readFile(join(folder, 'package.json'), 'utf8')).toMatch(/^\{\n\t"name": "mine",\n/);
  });

  it('takes what npm init writes for no test, and tells that it writes CommonJS', async () => {
    const test = 'echo "Error: no test specified" && exit 1';
    const folder = await createFolder({ name: 'mine', type: 'commonjs', scripts: { test } });
    const { manifest } = await writeProject(folder);
    expect(manifest).toMatchObject({ isCommonJs: true, left: [] });
    expect((await readManifest(folder))['scripts']).toMatchObject({ test: 'node --test' });
  });

  it('makes modules of what npm install has just made', async () => {
    const folder = await createFolder({ dependencies: { ambit: 'file:ambit.tgz' } });
    expect((await writeProject(folder)).manifest.added).toContain('type');
    expect(await readManifest(folder)).toMatchObject({ type: 'module' });
  });

  it.each(['{', '[]', '"x"', '{"scripts": []}', ''])(
    'writes nothing beside the package.json %j',
    async (text) => {
      const folder = await createFolder(text);
      await expect(writeProject(folder)).rejects.toThrow(/package\.json is no package\.json/);
      expect(await readdir(folder)).toEqual(['package.json']);
      expect(await readFile(join(folder, 'package.json'), 'utf8')).toBe(text);
    },
  );

  it('gives a project the versions that this package is tested with', async () => {
    const folder = await createFolder();
    await writeProject(folder);
    const own = await readManifest(ROOT);
    const { dependencies, devDependencies } = await readManifest(folder);
    const wanted = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([name]) => name !== 'ambit',
    );
    expect({ ...own['dependencies'], ...own['devDependencies'] }).toMatchObject(Object.fromEntries(wanted));
  });
});
