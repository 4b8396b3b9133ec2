import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';
import { build } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;

/** What git and `npm ci` give a clone. */
const CLONED = ['LICENSE', 'README.md', 'dist', 'package-lock.json', 'package.json', 'schema.graphql', 'src'];
const CONFIGURED = ['tsconfig.build.json', 'tsconfig.json'];

/** Node's types, which are the project's own. */
const OF_THE_PROJECT = ['@types/node'];

const folder = await realpath(await mkdtemp(join(tmpdir(), 'ambit-package-')));
afterAll(() => rm(folder, { recursive: true, force: true }));

const clone = join(folder, 'clone');
const project = join(folder, 'project');
const packed = join(project, 'node_modules/ambit');
const { dependencies } = await readJson<Manifest>(join(ROOT, 'package.json'));

// In a clone of its own: packing puts another package.json in place of the repository's for a while.
await mkdir(clone);
for (const name of [...CLONED, ...CONFIGURED])
  await cp(join(ROOT, name), join(clone, name), { recursive: true });
await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
const cloned = await readdir(clone);
const packing = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: clone });
await install();
const files = await listFiles(packed);

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly bin: { readonly ambit: string };
}

interface Finished {
  readonly code: number | null;
  /** What it wrote, stdout before stderr. */
  readonly output: string;
}

/**
 * As npm installs the package, with what it depends on from this repository instead of a registry: the test needs no network. What
 * the package uses without declaring it is not found.
 */
async function install(): Promise<void> {
  const [name = ''] = /ambit-\S+\.tgz$/m.exec(packing.output) ?? [];
  expect(packing).toEqual({ code: 0, output: expect.stringContaining('.tgz') });
  await mkdir(join(packed, '..', '.bin'), { recursive: true });
  await mkdir(packed);
  const archive = join(folder, name);
  await run('tar', ['-xzf', archive, '-C', packed, '--strip-components=1'], { cwd: folder });
  const command = join(packed, (await readJson<Manifest>(join(packed, 'package.json'))).bin.ambit);
  await chmod(command, 0o755);
  await symlink(command, join(project, 'node_modules/.bin/ambit'));
  for (const vendor of [...Object.keys(dependencies), ...OF_THE_PROJECT]) {
    await mkdir(dirname(join(project, 'node_modules', vendor)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', vendor), join(project, 'node_modules', vendor));
  }
}

function start(
  program: string,
  args: readonly string[],
  { cwd = project, env = {} } = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const path = [join(project, 'node_modules/.bin'), join(ROOT, 'node_modules/.bin'), process.env['PATH']];
  return spawn(program, args, {
    cwd,
    env: { PATH: path.join(':'), HOME: folder, PORT: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 100_000,
  });
}

async function run(...command: Parameters<typeof start>): Promise<Finished> {
  const child = start(...command);
  const ended = once(child, 'close');
  const [out, err] = await Promise.all([child.stdout, child.stderr].map((stream) => stream.toArray()));
  await ended;
  return { code: child.exitCode, output: [...(out ?? []), ...(err ?? [])].join('') };
}

async function readJson<TValue>(path: string): Promise<TValue> {
  // Written by npm or by us.
  return JSON.parse(await readFile(path, 'utf8')) as TValue;
}

/** Paths within `root`, without the code that Node keeps compiled. */
async function listFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1));
}

describe('the package', () => {
  it('leaves the clone that it is packed in as it was', async () => {
    expect(await readdir(clone)).toEqual(cloned);
    expect(await readFile(join(clone, 'package.json'), 'utf8')).toBe(
      await readFile(join(ROOT, 'package.json'), 'utf8'),
    );
  });

  it('holds compiled code, declarations, pages and the files of a project, and nothing else', () => {
    const expected = [
      /^(?:LICENSE|README\.md|package\.json|schema\.graphql)$/,
      /^build\/(?!.*(?:^|\/)(?:test|page|package)\/).+(?<!\.test)\.(?:js|d\.ts)$/,
      /^build\/init\/template\/[a-z.]+$/,
      /^build\/template\/pglite-[0-9a-f]+\.tar\.gz$/,
      /^dist\/\w+\/(?:assets\/[\w.-]+|index\.html(?:\.gz)?|made-from\.txt)$/,
    ];
    expect(files.filter((file) => !expected.some((pattern) => pattern.test(file)))).toEqual([]);
    for (const file of [
      'build/client.js',
      'build/client.d.ts',
      'build/index.d.ts',
      'dist/playground/index.html',
    ])
      expect(files).toContain(file);
  });

  it('tells nothing of the machine that it was packed on', async () => {
    const texts = files.filter((file) => !/\.(?:gz|ttf|woff2)$/.test(file));
    const telling: string[] = [];
    for (const file of texts) {
      const text = await readFile(join(packed, file), 'utf8');
      if (text.includes(folder) || text.includes(ROOT) || text.includes('sourceMappingURL'))
        telling.push(file);
    }
    expect(telling).toEqual([]);
  });

  it('imports what it depends on, and nothing that is for development', async () => {
    const code = files.filter((file) => /^build\/.*\.js$/.test(file));
    const imported = new Set<string>();
    for (const file of code) {
      const text = await readFile(join(packed, file), 'utf8');
      for (const [, name = ''] of text.matchAll(/(?:\bfrom |^import |\bimport\()'([^'.][^']*)'/gm))
        if (!name.startsWith('node:')) imported.add(/^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? '');
    }
    expect(imported.size).toBeGreaterThan(10);
    expect([...imported].filter((name) => name !== 'ambit' && !(name in dependencies))).toEqual([]);
  });

  it('brings a template of the database that fits', () => {
    expect(files.filter((file) => file.startsWith('build/template/'))).toHaveLength(1);
  });

  it('gives a browser a client without anything of the server', async () => {
    await writeFile(join(project, 'page.js'), "export { createAmbitClient } from 'ambit/client';");
    const bundle = await build({
      configFile: false,
      root: project,
      logLevel: 'silent',
      build: { write: false, lib: { entry: 'page.js', formats: ['es'] } },
    });
    const text = JSON.stringify(bundle);
    expect(text).toContain('createAmbitClient');
    expect(text).not.toMatch(/node:|pglite|@apollo/);
    await rm(join(project, 'page.js'));
  });
});

describe('a project that ambit init writes', () => {
  it('is told what to do next, and finds what it has untouched the second time', async () => {
    const first = await run('ambit', ['init']);
    expect(first).toMatchObject({ code: 0, output: expect.stringContaining('\n  npm start\n') });
    await writeFile(
      join(project, 'app.test.ts'),
      `${await readFile(join(project, 'app.test.ts'), 'utf8')}\n`,
    );
    const written = await Promise.all((await readdir(project)).map(readEntry));
    const second = await run('ambit', ['init']);
    expect(second.output).toContain('There already, and left as it is:\n  app.ts\n');
    expect(await Promise.all((await readdir(project)).map(readEntry))).toEqual(written);
  });

  it.each([true, false])('has types without skipLibCheck, exactOptionalPropertyTypes %s', async (exact) => {
    const flags = ['--skipLibCheck', 'false', '--exactOptionalPropertyTypes', String(exact)];
    expect(await run('tsc', ['-p', '.', ...flags])).toEqual({ code: 0, output: '' });
    const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'];
    expect(await run('tsc', ['-p', '.', ...flags, ...bundler])).toEqual({ code: 0, output: '' });
  });

  it('passes its test, which fails when the tool does something else', async () => {
    const passed = await run('npm', ['test']);
    expect(passed).toMatchObject({ code: 0, output: expect.stringMatching(/pass 2\n/) });
    const path = join(project, 'app.ts');
    const app = await readFile(path, 'utf8');
    await writeFile(path, app.replace('12]', '11]'));
    const failed = await run('npm', ['test']);
    await writeFile(path, app);
    expect(failed).toMatchObject({ code: 1, output: expect.stringMatching(/pass 1\n.*fail 1\n/s) });
  });

  it('serves with the settings in .env, and its client runs the agent', async () => {
    await writeFile(join(project, '.env'), 'AMBIT_MODEL=of-the-file\nLOG_LEVEL=nonsense\n');
    const server = start('ambit', ['serve', 'app.ts']);
    const ended = once(server, 'close');
    const output: string[] = [];
    try {
      // The last line of what a start prints.
      for await (const line of createInterface(server.stdout)) {
        output.push(line);
        if (line.startsWith('  curl ')) break;
      }
      expect(output).toContain('Settings in .env: AMBIT_MODEL LOG_LEVEL');
      const [, url = ''] = /^Ambit serves "Shop" at (\S+)\/graphql$/m.exec(output.join('\n')) ?? [];
      const token = await run('ambit', ['token', '--sub', 'me', '--scope', 'agents:run']);
      const env = { AMBIT_URL: url, AMBIT_TOKEN: token.output.trim() };
      const ran = await run(process.execPath, ['client.ts', 'Hello'], { env });
      expect(ran).toEqual({ code: 0, output: expect.stringMatching(/offline model.*\nCOMPLETED\n$/is) });
      expect((await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(200);
    } finally {
      server.kill('SIGTERM');
      await ended;
    }
    expect(server.exitCode).toBe(0);
  });
});

async function readEntry(name: string): Promise<string> {
  const text = await readFile(join(project, name), 'utf8').catch(() => 'a folder');
  return `${name}: ${text}`;
}
