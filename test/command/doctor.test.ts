import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';

import type { Check } from '../../src/command/doctor/check.ts';
import { checkDatabase } from '../../src/command/doctor/check-database.ts';
import { checkKeys } from '../../src/command/doctor/check-keys.ts';
import { checkModel } from '../../src/command/doctor/check-model.ts';
import { checkPort } from '../../src/command/doctor/check-port.ts';
import { checkServer } from '../../src/command/doctor/check-server.ts';
import type { Finding } from '../../src/command/doctor/finding.ts';
import { runChecks } from '../../src/command/doctor/run-checks.ts';
import { readServerAddress } from '../../src/command/server-address.ts';
import { readConfig } from '../../src/config.ts';
import demo from '../../src/demo/app.ts';
import { lockFolder } from '../../src/store/folder-lock.ts';
import { MIGRATIONS } from '../../src/store/migrate.ts';
import { type Answer, cut, hang, sendKeys, sendStatus, startKeyServer } from '../auth/key-server.ts';
import { hasPooler, Pooler } from '../_util/pooler.ts';
import { runCommand } from '../_util/server-process.ts';
import { startTestApp } from '../_util/test-app.ts';
import { createTestDatabase, DATABASE_KINDS, runOnServer } from '../_util/test-database.ts';

const SECRET = 'a secret for tests that is long enough for HS256 and all others';
const folder = await mkdtemp(join(tmpdir(), 'ambit-doctor-'));
const server = await startTestApp({ echo: true, env: { JWT_VERIFICATION_KEY: SECRET } });
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** What a check finds with these settings, a line for each. */
async function find(check: Check, env: Record<string, string>, timeoutMs = 3_000): Promise<string[]> {
  const config = readConfig({ AMBIT_DATA_DIR: join(folder, 'nothing'), ...env });
  const context = { config, definition: demo, server: readServerAddress(env), timeoutMs };
  return (await runChecks([check], context)).map(show);
}

function show({ check, status, message }: Finding): string {
  return `${status} ${check}: ${message}`;
}

describe('ambit doctor', () => {
  it('finds nothing wrong with a machine on which nothing is set, and leaves it as it is', async () => {
    const place = join(folder, 'bare');
    const done = await runCommand(['doctor'], { AMBIT_DATA_DIR: place, PORT: '0', AMBIT_MODLE: 'x' });
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain(
      '"Ambit demo" loads, with the agents web-search-agent, analyst-agent, admin-agent.',
    );
    expect(done.stdout).toMatch(/^warn {2}settings +AMBIT_MODLE is set, and nothing reads it\.$/m);
    expect(done.stdout).toContain('The offline model answers every agent');
    expect(done.stdout).toMatch(/^ok {4}port /m);
    expect(done.stdout).toMatch(/\n0 fail, [2-3] warn\.\n$/);
    await expect(readdir(place)).rejects.toThrow('ENOENT');
  });

  it('ends with 1 when something fails, and shows no secret', async () => {
    const done = await runCommand(['doctor', '--json'], {
      DATABASE_URL: 'postgres://u:hunter2%21@127.0.0.1:1/x',
      OPENAI_API_KEY: 'sk-very-secret',
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      JWT_VERIFICATION_KEY: 'short-secret',
      AMBIT_URL: server.app.url,
      AMBIT_TOKEN: await server.token('ann', ['agents:read']),
      PORT: '0',
    });
    expect(done).toMatchObject({ code: 1, stderr: '' });
    const { isHealthy, findings } = JSON.parse(done.stdout) as { isHealthy: boolean; findings: Finding[] };
    expect(isHealthy).toBe(false);
    const failed = findings.filter(({ status }) => status === 'fail');
    expect(failed.map(show)).toEqual([
      'fail database: Postgres at 127.0.0.1:1 cannot be used: connect ECONNREFUSED 127.0.0.1:1',
      'fail keys: JWT_VERIFICATION_KEY must be at least 32 bytes for HS256.',
      'fail model: Nothing answers at http://127.0.0.1:1.',
    ]);
    expect(failed.every(({ mend }) => mend !== undefined)).toBe(true);
    expect(done.stdout).not.toMatch(/hunter2|sk-very|short-secret|eyJ/);
  });

  it('says what is wrong with settings that cannot be read', async () => {
    const done = await runCommand(['doctor'], { PORT: 'x', AMBIT_URL: 'ftp://x' });
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(/^fail {2}settings {2}PORT must be a whole number/m);
    expect(done.stdout).toMatch(/^fail {2}server {4}AMBIT_URL must be a URL/m);
  });

  it.each([
    ['throws', "throw new Error('no \\u001b[31mcolours');", ':1: no \ufffd[31mcolours'],
    [
      'never ends',
      'setInterval(() => 1, 1000);\nawait new Promise(() => undefined);',
      'does not finish loading',
    ],
    [
      'has no name for its tool scopes',
      "export default { id: 'a', agents: [{ id: 'x', tools: [{ scope: 'a b' }] }] };",
      'a b',
    ],
  ])('says of an app file that it %s', async (_what, text, sentence) => {
    const path = join(folder, 'app.ts');
    await writeFile(path, text);
    const done = await runCommand(['doctor', path], { DATABASE_URL: 'memory', PORT: '0' });
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(/^fail {2}app /m);
    expect(done.stdout).toContain(sentence);
  });
});

describe('the embedded database', () => {
  it('is in a folder that nobody else uses', async () => {
    const place = join(folder, 'held');
    await using _lock = await lockFolder(place);
    expect(await find(checkDatabase, { AMBIT_DATA_DIR: place })).toEqual([
      `ok database: Embedded, in ${place}, which the first start makes.`,
      `warn database: The folder is in use by process ${process.pid}: no other can start on it.`,
    ]);
  });

  it('is in a folder that is closed to others, and is none where a file is', async () => {
    const place = join(folder, 'open');
    await mkdir(place);
    await chmod(place, 0o755);
    expect(await find(checkDatabase, { AMBIT_DATA_DIR: place })).toContain(
      `warn database: Other users of this machine may look into ${place}.`,
    );
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await find(checkDatabase, { AMBIT_DATA_DIR: file })).toEqual([
      `fail database: ${file} is no folder.`,
    ]);
  });
});

describe.runIf(DATABASE_KINDS.includes('postgres'))('Postgres', () => {
  it('answers, is migrated, and tells what it hears', async () => {
    await using database = await createTestDatabase('postgres');
    const DATABASE_URL = database.config.url ?? '';
    expect(await find(checkDatabase, { DATABASE_URL })).toEqual([
      expect.stringMatching(/^ok database: Postgres \d+\S* .*answers\.$/),
      "ok clock: The database's clock agrees with this machine's.",
      "ok migrations: Schema ambit is at this version's tables.",
      'ok notifications: LISTEN works.',
    ]);
    const other = { DATABASE_URL, DATABASE_SCHEMA: 'other', DATABASE_POOL_SIZE: '1000' };
    expect(await find(checkDatabase, other)).toEqual(
      expect.arrayContaining([
        `warn migrations: In schema other ${Object.keys(MIGRATIONS).length} migrations wait.`,
        expect.stringMatching(/^warn database: DATABASE_POOL_SIZE 1000 is more than/),
      ]),
    );
    await runOnServer(
      DATABASE_URL,
      "update ambit.migration set name = '9999-later' where name = (select max(name) from ambit.migration)",
    );
    expect(await find(checkDatabase, { DATABASE_URL })).toContain(
      'fail migrations: A later version of Ambit has migrated schema ambit: 9999-later.',
    );
    // It made nothing: neither schema nor table.
    const made = await runOnServer(DATABASE_URL, "select 1 from pg_namespace where nspname like 'other%'");
    expect(made).toEqual([]);
  });

  it('lets the user make the tables', async () => {
    await using database = await createTestDatabase('postgres');
    const url = new URL(database.config.url ?? '');
    const role = `ambit_test_poor_${url.pathname.slice(-6)}`;
    await runOnServer(url.href, `create role ${role} login password 'hunter22'`);
    try {
      url.username = role;
      url.password = 'hunter22';
      expect(await find(checkDatabase, { DATABASE_URL: url.href })).toEqual(
        expect.arrayContaining(['fail rights: This user may make nothing in: ambit, ambit_jobs.']),
      );
    } finally {
      await runOnServer(database.config.url ?? '', `drop role ${role}`);
    }
  });

  it.runIf(hasPooler())('is listened to past a pooler', async () => {
    await using database = await createTestDatabase('postgres');
    await using pooler = await Pooler.start(database.config.url ?? '');
    expect(await find(checkDatabase, { DATABASE_URL: pooler.url })).toContain(
      'fail notifications: LISTEN hears nothing: DATABASE_URL leads through a pooler in transaction mode.',
    );
    const both = { DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: database.config.url ?? '' };
    expect(await find(checkDatabase, both)).toContain(
      'ok notifications: LISTEN works at DATABASE_DIRECT_URL.',
    );
  });

  it('that lets nobody in is told with its reason', async () => {
    const url = new URL(inject('postgres')?.url ?? '');
    url.pathname = '/no_such_database';
    expect(await find(checkDatabase, { DATABASE_URL: url.href })).toEqual([
      expect.stringMatching(/^fail database: Postgres at .* cannot be used: .*no_such_database/),
    ]);
  });
});

describe('keys', () => {
  it('are made in development mode, and kept to oneself', async () => {
    const place = join(folder, 'kept');
    const env = { AMBIT_DATA_DIR: place };
    expect(await find(checkKeys, env)).toEqual([
      'ok keys: Development mode: the server makes a key of its own at its first start.',
    ]);
    const { stdout } = await runCommand(['token', '--sub', 'ann', '--scope', 'agents:read'], env);
    expect(await find(checkKeys, { ...env, AMBIT_TOKEN: stdout.trim() })).toEqual([
      'ok keys: Development mode: the server has made a key of its own.',
      expect.stringMatching(/^ok token: AMBIT_TOKEN is ann's, until 20.*Z\.$/),
    ]);
    await chmod(join(place, 'development-key'), 0o644);
    expect(await find(checkKeys, env)).toEqual([
      expect.stringMatching(/^fail keys: .* is open to other users/),
    ]);
    expect(await find(checkKeys, { ...env, HOST: '0.0.0.0' })).toEqual([
      expect.stringMatching(/^fail keys: No key verifies tokens/),
    ]);
  });

  it('verify the token, or say why they do not', async () => {
    const token = await server.token('ann', ['agents:read']);
    const env = { JWT_VERIFICATION_KEY: SECRET.toUpperCase(), AMBIT_TOKEN: token };
    expect(await find(checkKeys, env)).toContainEqual(
      expect.stringMatching(
        /^fail token: AMBIT_TOKEN is no token for these keys: .*signature verification failed/,
      ),
    );
    // It may be of another server's keys.
    expect(await find(checkKeys, { ...env, AMBIT_URL: 'http://other.example' })).toContainEqual(
      expect.stringMatching(/^warn token: /),
    );
  });

  const publicKey = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
  it.each<[string, Answer, string]>([
    ['keys', sendKeys(publicKey), 'ok key set: http://127.0.0.1:PORT gives 1 keys.'],
    [
      'no key',
      sendKeys(),
      'fail key set: JWT_JWKS_URL: http://127.0.0.1:PORT gives no key that can verify tokens.',
    ],
    [
      '404',
      sendStatus(404),
      'fail key set: JWT_JWKS_URL: http://127.0.0.1:PORT gives no key set. The answer was 404.',
    ],
    ['a cut', cut(), 'fail key set: JWT_JWKS_URL: http://127.0.0.1:PORT gives no key set. fetch failed'],
    [
      'a secret',
      sendKeys({ kty: 'oct', k: 'AAAA' }),
      'fail keys: JWT_JWKS_URL holds a private or symmetric key: a key set must hold public keys only.',
    ],
  ])('of an address that answers with %s', async (_what, answer, expected) => {
    await using keys = await startKeyServer(answer);
    const found = await find(checkKeys, { JWT_JWKS_URL: keys.url, JWT_AUDIENCE: 'us' });
    expect(found.map((line) => line.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:PORT'))).toContain(expected);
  });
});

describe('the model endpoint', () => {
  const models =
    (...ids: string[]): Answer =>
    (response, request) => {
      const isRight = request.url === '/v1/models' && request.headers.authorization === 'Bearer sk-right';
      if (!isRight) return sendStatus(401)(response, request);
      response.end(JSON.stringify({ data: ids.map((id) => ({ id })) }));
    };
  const page: Answer = (response) => response.end('<!doctype html><title>Welcome</title>');

  it.each<[string, Answer, string, string]>([
    ['knows the model', models('gpt-4o', 'other'), 'sk-right', 'ok model: ORIGIN answers and knows gpt-4o.'],
    [
      'does not list it',
      models('other'),
      'sk-right',
      'warn model: ORIGIN answers, but does not list gpt-4o.',
    ],
    ['refuses the key', models(), 'sk-wrong', 'fail model: ORIGIN refuses the key (HTTP 401).'],
    ['is a web site', page, 'sk-x', 'fail model: ORIGIN answers with a web page.'],
    ['fails', sendStatus(502), 'sk-x', 'fail model: ORIGIN fails (HTTP 502).'],
    [
      'has no list',
      sendStatus(404),
      'sk-x',
      'warn model: ORIGIN answers, but lists no models (HTTP 404): whether it takes key and model shows with the first run.',
    ],
    ['cuts the connection', cut(), 'sk-x', 'fail model: Nothing answers at ORIGIN.'],
    ['hangs', hang(), 'sk-x', 'fail model: Nothing answers at ORIGIN.'],
  ])('%s', async (_what, answer, OPENAI_API_KEY, expected) => {
    await using endpoint = await startKeyServer(answer);
    const { origin } = new URL(endpoint.url);
    const found = await find(checkModel, { OPENAI_API_KEY, OPENAI_BASE_URL: `${origin}/v1/` }, 500);
    expect(found.map((line) => line.replace(origin, 'ORIGIN'))).toEqual([expected]);
  });

  it('must be named in production', async () => {
    expect(await find(checkModel, { NODE_ENV: 'production' })).toEqual([
      'fail model: No model endpoint is configured, and in production none is made up.',
    ]);
  });
});

describe('the port', () => {
  it("is taken, by a server of Ambit's or by somebody else", async () => {
    const version = expect.stringMatching(/^warn port: Ambit \S+ serves at port \d+ already\.$/) as string;
    expect(await find(checkPort, { PORT: String(server.app.port) })).toEqual([version]);
    await using other = await startKeyServer(sendStatus(200));
    const { port } = new URL(other.url);
    expect(await find(checkPort, { PORT: port })).toEqual([
      `fail port: Port ${port} on 127.0.0.1 is taken. Stop the program that uses it, or set PORT to another number.`,
    ]);
    expect(await find(checkPort, { PORT: '0', HOST: '192.0.2.1' })).toEqual([
      expect.stringMatching(/^fail port: HOST is "192.0.2.1", which is no address/),
    ]);
  });
});

describe('the server at AMBIT_URL', () => {
  it('says how it is, and what the token opens', async () => {
    const AMBIT_URL = server.app.url;
    const scopes = ['agents:read', 'agents:web-search-agent:run'];
    const AMBIT_TOKEN = await server.token('ann', scopes);
    expect(await find(checkServer, { AMBIT_URL, AMBIT_TOKEN })).toEqual([
      expect.stringMatching(/^ok server: Ambit \S+ at http:\S+ is well\.$/),
      expect.stringMatching(
        /^ok access: AMBIT_TOKEN is ann's until 20\S+Z, and opens agents:read agents:web-search-agent:run; it sees and runs web-search-agent\.$/,
      ),
    ]);
    expect(await find(checkServer, { AMBIT_URL, AMBIT_TOKEN: 'nonsense' })).toContain(
      'fail access: The server does not take AMBIT_TOKEN.',
    );
  });

  it('is missed only when it was named', async () => {
    expect(await find(checkServer, { AMBIT_URL: 'http://127.0.0.1:1' })).toEqual([
      'fail server: No Ambit server answers at http://127.0.0.1:1.',
    ]);
    await using other = await startKeyServer(sendStatus(200));
    expect(await find(checkServer, { AMBIT_URL: new URL(other.url).origin })).toEqual([
      expect.stringMatching(/^fail server: No Ambit server answers/),
    ]);
  });
});
