import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { runAgentDocument } from '../_util/documents.ts';
import { runCommand, runProgram } from '../_util/server-process.ts';
import { startTestApp } from '../_util/test-app.ts';
import { createTestDatabase, DATABASE_KINDS, runOnServer } from '../_util/test-database.ts';

const server = await startTestApp({ echo: true });
const folder = await mkdtemp(join(tmpdir(), 'ambit-'));
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const KEY = server.config.jwt.verificationKeys[0] ?? '';
const MODEL = { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };

async function clientEnv(scopes: string[]): Promise<Record<string, string>> {
  const args = ['token', '--sub', 'ann', ...scopes.flatMap((scope) => ['--scope', scope])];
  const { stdout } = await runCommand(args, { JWT_VERIFICATION_KEY: KEY });
  return { AMBIT_URL: server.app.url, AMBIT_TOKEN: stdout.trim() };
}

describe.runIf(DATABASE_KINDS.includes('postgres'))('ambit migrate', () => {
  it('makes all that serve needs, the wake-ups of runs among it', async () => {
    await using database = await createTestDatabase('postgres');
    const url = database.config.url ?? '';
    const done = await runCommand(['migrate'], { DATABASE_URL: url, DATABASE_SCHEMA: 'other' });
    expect(done).toMatchObject({ code: 0, stderr: '' });
    const rows = await runOnServer<{ name: string }>(
      url,
      `select schemaname || '.' || tablename as name from pg_tables where schemaname like 'other%'`,
    );
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['other.run', 'other.approval', 'other_jobs.job']));
  });
});

describe('ambit', () => {
  // npm says which Node it runs on itself: the one that is installed on the machine.
  it('on a Node that is too old says which one it needs', async () => {
    const node = process.env['npm_node_execpath'] ?? process.execPath;
    const { stdout: version } = await runProgram(node, ['--version']);
    const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
    const done = await runProgram(node, [new URL('../../src/start.js', import.meta.url).pathname]);
    const isOld = major < 22 || (major === 22 && minor < 18);
    expect(done.code).toBe(isOld ? 1 : 0);
    expect(isOld ? done.stderr : done.stdout).toContain(isOld ? 'Ambit needs Node 22.18' : 'Usage: ambit');
  });

  it('without a command shows what there is', async () => {
    const { code, stdout } = await runCommand([]);
    expect(code).toBe(0);
    for (const command of ['init', 'serve', 'dev', 'token', 'scopes', 'migrate', 'run', 'erase', 'revoke'])
      expect(stdout).toContain(`\n  ${command} `);
  });

  it('run streams an answer with a token from ambit token', async () => {
    const done = await runCommand(
      ['run', 'analyst-agent', 'what', 'a day'],
      await clientEnv(['agents:analyst-agent:run']),
    );
    expect(done).toMatchObject({ code: 0, stdout: 'what a day\n' });
  });

  it('run says why it may not, and ends with 1', async () => {
    const done = await runCommand(
      ['run', 'admin-agent', 'hi'],
      await clientEnv(['agents:analyst-agent:run']),
    );
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain('Mutation.runAgent');
  });

  it('erase deletes what a user has, and says how much', async () => {
    const client = await server.client('zoe', ['agents:run']);
    await client.query(runAgentDocument, { input: { agentId: 'analyst-agent', message: 'hi' } });
    const done = await runCommand(['erase', 'zoe'], await clientEnv(['users:zoe:erase']));
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toContain('1 sessions deleted');
    const refused = await runCommand(['erase', 'yan'], await clientEnv(['users:zoe:erase']));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
  });

  it('revoke makes the tokens of a user useless, and says what it did', async () => {
    const env = await clientEnv(['tokens:revoke']);
    const client = await server.client('yves', ['agents:read']);
    const done = await runCommand(['revoke', '--user', 'yves'], env);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/^What was issued before \S+Z is revoked\. 0 runs are cancelled\.\n$/);
    expect(await client.post('{ viewer { id } }')).toMatchObject({ status: 401 });
    expect(await runCommand(['revoke', '--token', 'some-jti'], env)).toMatchObject({
      code: 0,
      stdout: 'The token is revoked. 0 runs are cancelled.\n',
    });
    const refused = await runCommand(['revoke', '--all'], await clientEnv(['users:read']));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('Mutation.revokeTokens');
  });

  it('scopes lists the catalogue', async () => {
    const { code, stdout } = await runCommand(['scopes'], await clientEnv(['system:read']));
    expect(code).toBe(0);
    expect(stdout.split('\n')).toContain('agents:<id>:run');
  });

  it('scopes explain says what the token holds and lacks, as a table or as JSON', async () => {
    const path = join(folder, 'explain.graphql');
    await writeFile(
      path,
      'query Q($id: ID!) { agent(id: $id) { id instructions } } query R { viewer { id } }',
    );
    const args = ['scopes', 'explain', path, '--operation', 'Q', '--variables', '{"id": "a"}'];
    const env = await clientEnv(['agents:a:read']);
    const table = await runCommand(args, env);
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(/^agent +Query.agent +ALLOWED +ARGUMENTS +agents:a:read +agents:a:read$/m);
    expect(table.stdout).toMatch(
      /^agent.instructions +Agent.instructions +DENIED +TOKEN +agents:<id>:write +agents:<id>:write$/m,
    );
    expect(table.stdout).toMatch(/It would be executed.\n$/);
    const variables = join(folder, 'variables.json');
    await writeFile(variables, '{"id": "b"}');
    const json = await runCommand([...args.slice(0, -1), variables, '--json'], env);
    expect(JSON.parse(json.stdout)).toMatchObject({
      admitted: false,
      fields: [{ state: 'DENIED' }, { state: 'DENIED' }],
    });
    const control = await runCommand([...args.slice(0, -1), '{"id": "a\\u001b[31m"}'], env);
    expect(control.stdout).not.toContain('\u001b');
  });

  it('scopes matrix asks no server', async () => {
    const env = { AMBIT_URL: 'http://127.0.0.1:1' };
    const { code, stdout } = await runCommand(['scopes', 'matrix'], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Mutation.runAgent +yes +yes +some +- +yes +agents:<id>:run$/m);
    expect(stdout).toMatch(/^Query.health( +yes){5} +nothing$/m);
    const own = await runCommand(
      ['scopes', 'matrix', '--scope', 'sessions:read', '--scope', 'users:a:erase,x', '--json'],
      env,
    );
    const { callers, fields } = JSON.parse(own.stdout) as { callers: unknown; fields: object[] };
    expect(callers).toEqual([
      { name: 'sessions:read', scopes: ['sessions:read'] },
      { name: 'users:a:erase x', scopes: ['users:a:erase', 'x'] },
    ]);
    expect(fields).toContainEqual({
      coordinate: 'Mutation.eraseUser',
      requiredScopes: [['users:<id>:erase']],
      reach: { 'sessions:read': 'none', 'users:a:erase x': 'some' },
    });
  });

  it('token --for mints what the operation needs, says why, and the server lets it in', async () => {
    const path = join(folder, 'for.graphql');
    await writeFile(
      path,
      'mutation ($id: ID!) { runAgent(input: { agentId: $id, message: "hi" }) { output agent { id } } }',
    );
    const variables = '{"id": "analyst-agent"}';
    const args = [
      'token',
      '--sub',
      'robot',
      '--for',
      path,
      '--variables',
      variables,
      '--id',
      'agents=analyst-agent',
    ];
    const { code, stdout, stderr } = await runCommand(args, { JWT_VERIFICATION_KEY: KEY });
    expect(code).toBe(0);
    expect(stderr).toBe(
      'agents:analyst-agent:run  for runAgent (Mutation.runAgent)\nagents:analyst-agent:read  for runAgent.agent (Run.agent)\n',
    );
    const answer = await fetch(`${server.app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${stdout.trim()}` },
      body: JSON.stringify({ query: await readFile(path, 'utf8'), variables: JSON.parse(variables) }),
    });
    expect(await answer.json()).toEqual({
      data: { runAgent: { output: 'hi', agent: { id: 'analyst-agent' } } },
    });
    const wide = await runCommand(args.slice(0, -2), { JWT_VERIFICATION_KEY: KEY });
    expect(wide.stderr).toContain(
      'agents:*:read  for runAgent.agent (Run.agent); which agents is known only at run time',
    );
  });

  it.each([
    [['fly'], {}, 'There is no command "fly"'],
    [['token'], {}, '--sub'],
    [['token', '--sub', 'a', '--scope', 'agents'], { JWT_VERIFICATION_KEY: KEY }, '"agents" is not a scope'],
    [['token', '--sub', 'a', '--scope', 'cakes:bake'], { JWT_VERIFICATION_KEY: KEY }, 'nothing asks for'],
    [['token', '--sub', 'a', '--hours', 'x'], { JWT_VERIFICATION_KEY: KEY }, 'hours'],
    [['token', '--sub', 'a', '--what'], { JWT_VERIFICATION_KEY: KEY }, '--what'],
    [['token', '--sub', 'a'], { JWT_VERIFICATION_KEY: 'short' }, 'JWT_VERIFICATION_KEY'],
    [['token', '--sub', 'a', '--id', 'agents=x'], { JWT_VERIFICATION_KEY: KEY }, '--for'],
    [
      ['token', '--sub', 'a', '--for', 'nowhere'],
      { JWT_VERIFICATION_KEY: KEY },
      'cannot be read from nowhere',
    ],
    [
      ['token', '--sub', 'a', '--for', 'package.json', '--id', 'x'],
      { JWT_VERIFICATION_KEY: KEY },
      'agents=web-search-agent',
    ],
    [['token', '--sub', 'a', '--for', 'package.json'], { JWT_VERIFICATION_KEY: KEY }, 'Syntax Error'],
    [['scopes', 'what'], {}, 'Usage'],
    [['scopes', 'explain'], {}, 'Usage'],
    [['scopes', 'explain', 'package.json', '--variables', '[1]'], {}, 'variables cannot be read'],
    [['scopes', 'explain', 'package.json', '--variables', '{1}'], {}, 'JSON object'],
    [['scopes', 'explain', 'package.json'], { AMBIT_URL: 'http://127.0.0.1:1' }, 'No server answers'],
    [['run', 'bot'], {}, 'Usage'],
    [['revoke'], {}, 'Usage: ambit revoke'],
    [['revoke', '--all', '--user', 'ann'], {}, 'Usage: ambit revoke'],
    [['revoke', '--token', 'x', '--before', '2026-01-31T12:00:00Z'], {}, 'Usage: ambit revoke'],
    [['revoke', '--token', 'eyJhbGciOiJIUzI1NiJ9.e30.x'], {}, 'the jti of a token, not the token'],
    [['revoke', '--all', '--before', 'yesterday'], {}, '--before takes an instant'],
    [['revoke', '--all', '--before', '2026-01-31'], {}, '--before takes an instant'],
    [['run', 'bot', 'hi'], { AMBIT_URL: 'http://127.0.0.1:1' }, 'No server answers at http://127.0.0.1:1'],
    [['serve', 'nowhere.ts'], MODEL, 'no app file nowhere.ts'],
    [['serve'], { ...MODEL, PORT: 'x' }, 'PORT must be a whole number'],
    [['serve'], { ...MODEL, DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must be'],
    [['serve'], { ...MODEL, HOST: '0.0.0.0' }, 'No key verifies tokens'],
    [['serve'], { ...MODEL, NODE_ENV: 'production' }, 'No key verifies tokens'],
    [['serve'], { JWT_VERIFICATION_KEY: KEY, NODE_ENV: 'production' }, 'OPENAI_API_KEY'],
    [['dev', 'nowhere.ts'], MODEL, 'no app file'],
    [['serve'], { ...MODEL, SEARCH_PROVIDER: 'brave' }, 'SEARCH_API_KEY must be set'],
    [['serve'], { ...MODEL, JWT_JWKS_URL: 'https://keys.example' }, 'JWT_AUDIENCE'],
    [
      ['serve'],
      { ...MODEL, DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x', JWT_VERIFICATION_KEY: KEY },
      '127.0.0.1:1',
    ],
  ])('%j with %j ends with 1 and a sentence: %s', async (args, env, sentence) => {
    const done = await runCommand(args, { AMBIT_DATA_DIR: join(folder, 'unused'), ...env });
    expect(done.code).toBe(1);
    expect(done.stderr).toContain(sentence);
    expect(done.stderr).not.toMatch(/^\s+at /m);
    expect(done.stdout + done.stderr).not.toContain('hunter2');
  });

  it.each([
    ['no app', 'export default 5;', 'The default export'],
    [
      'an agent twice',
      `import { defineAgent, defineApp } from 'ambit';
       const bot = () => defineAgent({ id: 'bot', name: 'Bot' });
       export default defineApp({ id: 'a', name: 'A', agents: [bot(), bot()] });`,
      '.ts:3: Two agents have the id "bot".',
    ],
    [
      'a tool without description',
      `import { defineTool } from 'ambit';
       export default defineTool({ name: 'x', parameters: {}, run: () => 1 } as never);`,
      '.ts:2: Tool "x" needs a description',
    ],
    [
      'a typing mistake',
      "import { defineApp } from 'ambit';\n\nexport default defineApp({ id: 'a' name: 'A' });",
      '.ts:3: ',
    ],
    [
      'a wrong import',
      "import nothing from './nothing-here.ts';\nexport default nothing;",
      '.ts: Cannot find module',
    ],
  ])('serve refuses an app file with %s', async (name, text, sentence) => {
    const path = join(import.meta.dirname, `app-with-${name.replaceAll(' ', '-')}.ts`);
    await writeFile(path, text);
    try {
      const done = await runCommand(['serve', path], { ...MODEL, DATABASE_URL: 'memory' });
      expect(done.code).toBe(1);
      expect(done.stderr).toContain(sentence);
    } finally {
      await rm(path);
    }
  });
});
