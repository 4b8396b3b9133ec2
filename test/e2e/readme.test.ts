import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSchema, type DocumentNode, Kind, parse, validate } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { requireRules } from '../../src/directive/schema-rules.ts';
import { type Block, type Page, readPage, readPages, ROOT, withCode } from '../_util/pages.ts';
import { type FinishedProgram, runProgram } from '../_util/server-process.ts';
import { createTestDatabase, DATABASE_KINDS } from '../_util/test-database.ts';

const ADDRESS = '127.0.0.1:4000';
/** What the pages give a user to fill in. */
const DATABASE = 'postgres://ambit:secret@127.0.0.1:5432/ambit';

const pages = await readPages();
const whole = buildSchema(await readFile(join(ROOT, 'schema.graphql'), 'utf8'));
const scripts = (JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object })
  .scripts;

/** A folder that looks like a clone, so that what the blocks write stays out of this one. */
const folder = await mkdtemp(join(tmpdir(), 'ambit-readme-'));
for (const name of ['package.json', 'src', 'schema.graphql', 'node_modules', 'dist', 'tsconfig.json']) {
  await symlink(join(ROOT, name), join(folder, name));
}
const env: Record<string, string> = {
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  PORT: '0',
  AMBIT_DATA_DIR: join(folder, 'data'),
};

/** `npm start` in its own process group, since npm starts a shell that starts node. */
async function start(command: string, extra: Record<string, string> = {}) {
  const child: ChildProcess = spawn('bash', ['-c', command], {
    cwd: folder,
    env: { ...env, ...extra },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const served = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface(stream).on('line', (line) => {
      output.push(line);
      const [, address] = /^Ambit serves .* at http:\/\/(\S+)\/graphql$/.exec(line) ?? [];
      if (address !== undefined) served.resolve(address);
    });
  }
  const exited = once(child, 'close');
  void exited.then(() => served.reject(new Error(output.join('\n'))));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await exited;
  };
  return { address: await served.promise, output, [Symbol.asyncDispose]: stop };
}

const server = await start('npm start');
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a block against the server that is up. */
async function run(program: string, args: string[]): Promise<FinishedProgram> {
  return await runProgram(program, args, { ...env, AMBIT_URL: `http://${server.address}` }, folder);
}

async function runShell(code: string): Promise<FinishedProgram> {
  return await run('bash', ['-ec', code.replaceAll(ADDRESS, server.address)]);
}

let clients = 0;

async function runClient(code: string): Promise<FinishedProgram> {
  const path = join(folder, `client-${(clients += 1)}.ts`);
  await writeFile(path, code.replaceAll(ADDRESS, server.address));
  return await run(process.execPath, [path]);
}

async function servesWith(command: string): Promise<string> {
  if (!command.includes(DATABASE)) {
    await using other = await start(command, { DATABASE_URL: 'memory' });
    return other.output.join('\n');
  }
  await using database = await createTestDatabase('postgres');
  await using other = await start(command.replace(DATABASE, database.config.url ?? ''));
  return other.output.join('\n');
}

/** What the blocks wrote, for the `text` after them to be compared with. */
const outputs = new Map<Block | undefined, string>();

async function checkBlock(page: Page, index: number): Promise<void> {
  const block = requireBlock(page, index);
  const { language, code } = block;
  const isStart = code.endsWith('npm start\n');
  if (language === 'ts' && code.includes('export default defineApp')) {
    const [, name = ''] = /defineApp\(\{[^}]*?\bname: '([^']+)'/.exec(code) ?? [];
    await writeFile(join(folder, 'app.ts'), code);
    expect(await servesWith('npm start -- app.ts')).toContain(`Ambit serves "${name}"`);
  } else if (language === 'graphql') {
    checkGraphql(code);
  } else if (language === 'json') {
    expect(() => JSON.parse(code)).not.toThrow();
  } else if (language === 'yaml') {
    expect(parseYaml(code)).toBeTypeOf('object');
  } else if (language === 'ts') {
    const { code: exit, stdout, stderr } = await runClient(code);
    expect(exit, stderr).toBe(0);
    outputs.set(block, stdout);
    expect(stdout.trim()).not.toBe('');
  } else if (language === 'text') {
    await checkOutput(page, index);
  } else if (language === 'sh' && code === 'npm ci\nnpm start\n') {
    // The packages are there, since this test runs; the server that all blocks talk to was started so.
    expect(server.output.join('\n')).toContain('Development mode');
  } else if (language === 'sh' && code.includes('npx ambit')) {
    await checkProject(code);
  } else if (language === 'sh' && code.startsWith('docker ')) {
    // What the file says is tested in test/deploy/; there is no Docker here.
    const [, file = ''] = / -f (\S+) /.exec(code) ?? [];
    await expect(readFile(join(ROOT, file), 'utf8')).resolves.toContain('services:');
  } else if (language === 'sh' && isStart) {
    if (code.includes(DATABASE) && !DATABASE_KINDS.includes('postgres')) return;
    expect(await servesWith(code)).toContain('Ambit serves "Ambit demo"');
  } else if (language === 'sh' && /^npm (test|run \w+) /.test(code)) {
    for (const [, name = 'test'] of code.matchAll(/^npm (?:run )?(\w+)/gm))
      expect(scripts).toHaveProperty(name);
  } else {
    expect(language).toBe('sh');
    const { code: exit, stdout, stderr } = await runShell(code);
    expect(exit, stderr).toBe(0);
    outputs.set(block, stderr + stdout);
    expect(stdout).not.toContain('UNAUTHENTICATED');
  }
}

function requireBlock({ blocks }: Page, index: number): Block {
  const block = blocks[index];
  if (block === undefined) throw new Error(`There is no block ${index}.`);
  return block;
}

/** What is to be done in a new project is what `ambit init` says there; package.test.ts packs, installs and runs one. */
async function checkProject(code: string): Promise<void> {
  const project = await mkdtemp(join(folder, 'project-'));
  const { stdout } = await runProgram(process.execPath, [join(ROOT, 'src/start.js'), 'init'], env, project);
  const told = code.split('\n').filter((line) => !/^(?:npm pack|npm install \.|npx ambit init|$)/.test(line));
  expect(told).not.toEqual([]);
  for (const line of told) expect(stdout).toContain(`\n  ${line}\n`);
}

/** What the block wrote; it is executed when it was not. */
async function outputOf(block: Block): Promise<string> {
  const written = outputs.get(block);
  if (written !== undefined) return written;
  const { stdout } = await (block.language === 'ts' ? runClient : runShell)(block.code);
  return stdout;
}

/** Operations are valid against this server's schema; a schema is one that the guard takes. */
function checkGraphql(code: string): void {
  const document = parse(code);
  if (isExecutable(document)) {
    expect(validate(whole, document)).toEqual([]);
    return;
  }
  const families = { payroll: ['read'], users: ['read'], docs: ['purge'] };
  const schema = guardSchema(buildSchema(directiveTypeDefs + code), { principalOf: () => null, families });
  expect(
    requireRules(schema)
      .inputsOf('Query', 'docs')
      .map(({ name }) => name),
  ).toEqual(['sort', 'filter', 'purge']);
}

function isExecutable({ definitions }: DocumentNode): boolean {
  return definitions.every(
    ({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION,
  );
}

/** What the block before wrote. UPDATE_README=1 writes into the page what it writes now. */
async function checkOutput(page: Page, index: number): Promise<void> {
  const written = outputs.get(page.blocks[index - 1]);
  if (process.env['UPDATE_README'] !== undefined) {
    await writeFile(join(ROOT, page.name), withCode(await readPage(page.name), index, written ?? ''));
    return;
  }
  expect(requireBlock(page, index).code).toBe(written);
}

describe.each(pages)('$name', (page) => {
  const executed = [...page.blocks.entries()].filter(([, { elsewhere }]) => elsewhere === null);

  it.each(executed.map(([index, { code }]) => [index, code.split('\n')[0]] as const))(
    'block %i does what it says: %s',
    async (index) => {
      await expect(checkBlock(page, index)).resolves.toBeUndefined();
    },
  );

  it('says who a block is of that is not executed', () => {
    for (const { elsewhere } of page.blocks) expect([null, 'agentos', 'collector']).toContain(elsewhere);
  });
});

describe('what the pages show', () => {
  const blocks = pages.flatMap((page) => page.blocks);

  it('is no less than it was', () => {
    expect(blocks.length).toBeGreaterThan(25);
  });

  it('the walk-through shows what the text says of it', async () => {
    const shells = pages[0]?.blocks.filter(({ code }) => code.startsWith('curl')) ?? [];
    const [agents = '', ran = '', refused = ''] = await Promise.all(shells.map(outputOf));
    expect(JSON.parse(agents)).toMatchObject({
      data: { agents: [{ id: 'web-search-agent' }, { id: 'analyst-agent' }] },
    });
    expect(agents).not.toContain('admin-agent');
    expect(JSON.parse(ran)).toMatchObject({
      data: {
        runAgent: { status: 'COMPLETED', toolCalls: [{ name: 'summarize_numbers', result: { mean: 3 } }] },
      },
    });
    expect(JSON.parse(refused)).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN', requiredScopes: [['agents:web-search-agent:run']] } }],
    });
  });

  it('an approval is given by somebody who may nothing else', async () => {
    const shown = blocks.find(({ code }) => code.includes('approver.request'));
    const told = shown === undefined ? '' : await outputOf(shown);
    for (const part of [
      "status: 'PAUSED'",
      "requestedBy: 'asker'",
      "status: 'COMPLETED'",
      'I announced: “tea is ready”',
    ])
      expect(told).toContain(part);
    expect(server.output).toContain('"asker" announces "tea is ready"');
  });
});
