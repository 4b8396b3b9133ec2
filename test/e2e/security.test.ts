import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defineAgent, defineApp, defineTool } from 'ambit';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { callers } from '../../src/demo/callers.ts';
import { createSessionDocument, runAgentDocument } from '../_util/documents.ts';
import { NOW_SECONDS, signToken, type TestKey } from '../_util/keys.ts';
import { startScriptedModel } from '../_util/scripted-model.ts';
import { runCommand, startServerProcess } from '../_util/server-process.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';

/** Words that stand in guarded places only. */
const INSTRUCTIONS = 'CANARY-INSTRUCTIONS';
const PARAMETER = 'CANARY-PARAMETER';
const BOBS = 'CANARY-OF-BOB';
const HIDDEN_AGENT = 'admin-agent';

const lookUp = defineTool({
  name: 'look_up',
  description: 'Looks something up.',
  parameters: z.object({ text: z.string().describe(PARAMETER) }),
  run: () => 'nothing',
});
const definition = defineApp({
  id: 'guarded',
  name: 'Guarded',
  agents: ['web-search-agent', 'analyst-agent', HIDDEN_AGENT].map((id) =>
    defineAgent({ id, name: `Named ${id}`, instructions: INSTRUCTIONS, tools: [lookUp] }),
  ),
});

const server = await startTestApp({ echo: true, definition });
afterAll(() => server[Symbol.asyncDispose]());
const key = keyOfServer(server);

function keyOfServer({ config }: TestApp): TestKey {
  const secret = config.jwt.verificationKeys[0] ?? '';
  return { algorithm: 'HS256', signing: new TextEncoder().encode(secret), verification: secret };
}

/** A result as both transports have it. */
interface Result {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; path?: unknown[]; extensions: Record<string, unknown> }[];
}

interface Asked {
  readonly token: string | null;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string | null;
}

async function overHttp({ token, ...body }: Asked, url = server.app.url): Promise<Result> {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Result;
}

async function overSocket({ token, query, ...rest }: Asked, url = server.app.url): Promise<Result> {
  const payload = token === null ? undefined : { authorization: `Bearer ${token}` };
  await using client = await SocketClient.ready(`${url}/graphql`, payload);
  const [first] = await client.run('1', query, rest);
  // The two kinds of messages carry these shapes; what stands in them is what the tests look at.
  return first?.type === 'error' ? { errors: first.payload as never } : (first?.payload as Result);
}

const TRANSPORTS = [
  ['HTTP', overHttp],
  ['a websocket', overSocket],
] as const;

async function tokenOf(id: string): Promise<string | null> {
  const caller = callers.find((candidate) => candidate.id === id);
  return caller === undefined ? null : await server.token(caller.id, caller.scopes);
}

/** A session with a run of somebody's, told by its words. */
async function startBobsRun() {
  const bob = await server.client('bob', ['agents:run', 'sessions:read', 'sessions:write']);
  const input = { agentId: 'web-search-agent', message: BOBS };
  const { runAgent } = await bob.query(runAgentDocument, { input });
  if (!runAgent) throw new Error('The run was not started.');
  const name = { id: runAgent.sessionId, name: BOBS };
  await bob.query('mutation ($id: ID!, $name: String!) { renameSession(id: $id, name: $name) { id } }', name);
  return { runId: runAgent.id, sessionId: runAgent.sessionId };
}
const bobs = await startBobsRun();

/** Every way to guarded data, with the tricks that have opened other servers. */
const PATHS: readonly string[] = [
  '{ agents { id name instructions tools { name parameters } canRun } }',
  '{ agents { name: instructions tools { name: parameters } } }',
  '{ agents { ...{ ...A } } } fragment A on Agent { ...B } fragment B on Agent { x: instructions tools { ...T } } fragment T on Tool { y: parameters }',
  `{ agent(id: "${HIDDEN_AGENT}") { id name instructions } }`,
  `query ($id: ID! = "${HIDDEN_AGENT}") { agent(id: $id) { id name instructions tools { parameters } } }`,
  `query ($yes: Boolean! = true) { agents { instructions @include(if: $yes) } x: agents { instructions @skip(if: false) } }`,
  '{ config { agents { id name instructions tools { parameters } } } }',
  '{ __proto__: agents { constructor: instructions __proto__: id } }',
  '{ sessions { edges { node { id name messages { edges { node { content } } } runs { edges { node { input output } } } agent { instructions } } } } }',
  '{ sessions(userId: "bob") { edges { node { name } } } }',
  '{ runs { edges { node { input output agent { instructions } } } } }',
  '{ runs(agentId: "web-search-agent") { edges { node { input output agent { instructions } } } } }',
  '{ runs(agentId: "web-search-agent", userId: "bob") { edges { node { input output } } } }',
  `{ runs(sessionId: "${bobs.sessionId}", agentId: "web-search-agent") { edges { node { input } } } }`,
  `{ session(id: "${bobs.sessionId}") { name messages { edges { node { content } } } agent { instructions } } }`,
  `{ run(id: "${bobs.runId}") { input output agent { instructions tools { parameters } } } }`,
  `mutation { runAgent(input: { agentId: "${HIDDEN_AGENT}", message: "x" }) { output agent { name instructions } } }`,
  `mutation { runAgent(input: { agentId: "web-search-agent", sessionId: "${bobs.sessionId}", message: "x" }) { input output } }`,
  `mutation { runAgent(input: { agentId: "web-search-agent", runId: "${bobs.runId}", message: "${'x'}" }) { input output } }`,
  `mutation { createSession(input: { agentId: "${HIDDEN_AGENT}" }) { agent { instructions } } }`,
  `mutation { renameSession(id: "${bobs.sessionId}", name: "mine") { name messages { edges { node { content } } } } }`,
  `mutation { cancelRun(runId: "${bobs.runId}") { input output } }`,
  '{ viewer { id scopes } ... on Query { agents { ... on Agent { instructions } } } }',
  'query Good { viewer { id } } query Bad { agents { instructions } config { agents { instructions } } }',
  '{ agents { name @include(if: false) instructions } __typename }',
  '{ __type(name: "Agent") { fields { name } } __schema { types { name } } }',
];

/** Over a socket only. */
const STREAMS: readonly string[] = [
  `subscription { runEvents(runId: "${bobs.runId}") { ... on TextDelta { delta } ... on RunFinished { run { input output } } } }`,
  `subscription ($id: ID! = "${bobs.runId}") { x: runEvents(runId: $id, after: 1) { __typename ...F } } fragment F on RunEvent { ... on RunFinished { run { input agent { instructions } } } ... on TextDelta { delta } }`,
];

describe.each(['admin_user', 'power_user', 'limited_user', 'readonly_user', 'wildcard_user', 'nobody'])(
  'whatever %s asks',
  (id) => {
    const isAdmin = id === 'admin_user';
    const readsConfig = ['admin_user', 'power_user', 'readonly_user'].includes(id);
    const seesAdminAgent = !['limited_user', 'nobody'].includes(id);

    const hidden = [
      ...(isAdmin ? [] : [INSTRUCTIONS, BOBS]),
      ...(readsConfig ? [] : [PARAMETER]),
      ...(seesAdminAgent ? [] : [`Named ${HIDDEN_AGENT}`]),
      ...(id === 'nobody' ? ['Named web-search-agent'] : []),
    ];

    it.each(TRANSPORTS)('over %s shows nothing that its scopes do not open', async (name, send) => {
      const token = await tokenOf(id);
      const leaks: (readonly [query: string, word: string])[] = [];
      for (const query of name === 'HTTP' ? PATHS : [...PATHS, ...STREAMS]) {
        const text = JSON.stringify(await send({ token, query, operationName: nameIn(query) }));
        for (const word of hidden) if (text.includes(word)) leaks.push([query, word]);
      }
      expect(leaks).toEqual([]);
    });

    it('both transports answer alike', async () => {
      const token = await tokenOf(id);
      for (const query of PATHS.filter((path) => !path.startsWith('mutation'))) {
        const asked = { token, query, operationName: nameIn(query) };
        const [http, socket] = await Promise.all([overHttp(asked), overSocket(asked)]);
        expect([query, socket]).toEqual([query, http]);
      }
    });
  },
);

/** The first operation, where there are several. */
function nameIn(query: string): string | null {
  return query.startsWith('query Good') ? 'Good' : null;
}

it('the admin sees all of that, so that the tests above look for what is there', async () => {
  const token = await tokenOf('admin_user');
  const results = await Promise.all(
    PATHS.filter((path) => !path.startsWith('mutation')).map((query) =>
      overHttp({ token, query, operationName: nameIn(query) }),
    ),
  );
  const text = JSON.stringify(results);
  for (const word of [INSTRUCTIONS, PARAMETER, BOBS, HIDDEN_AGENT]) expect(text).toContain(word);
});

const UNKNOWN = '01a20c6a-0000-7000-8000-000000000000';

describe('an id of somebody else', () => {
  it.each([
    ['session', '{ session(id: "ID") { id } }', ['sessions:read']],
    ['run', '{ run(id: "ID") { id } }', ['sessions:read']],
    ['run', '{ run(id: "ID") { id } }', ['agents:web-search-agent:run']],
    ['run', '{ run(id: "ID") { id } }', ['agents:analyst-agent:read']],
    ['run', 'mutation { cancelRun(runId: "ID") { id } }', ['agents:run']],
    ['run', 'mutation { cancelRun(runId: "ID") { id } }', ['agents:analyst-agent:run']],
    ['run', 'subscription { runEvents(runId: "ID") { seq } }', ['agents:run']],
    ['run', 'subscription { runEvents(runId: "ID", after: 999) { seq } }', ['sessions:read']],
    ['session', 'mutation { renameSession(id: "ID", name: "x") { id } }', ['sessions:write', 'users:act']],
    ['session', 'mutation { deleteSession(id: "ID") }', ['sessions:delete', 'users:bob:act']],
    ['session', '{ runs(sessionId: "ID") { edges { node { id } } } }', ['sessions:read', 'users:ann:read']],
    [
      'session',
      'mutation { runAgent(input: { agentId: "analyst-agent", sessionId: "ID", message: "x" }) { id } }',
      ['agents:run'],
    ],
  ] as const)('of a %s is answered as an unknown one: %s with %j', async (what, template, scopes) => {
    const token = await server.token('mallory', scopes);
    const foreign = what === 'run' ? bobs.runId : bobs.sessionId;
    for (const [name, send] of TRANSPORTS) {
      if (name === 'HTTP' && template.startsWith('subscription')) continue;
      const ask = (id: string) => send({ token, query: template.replace('ID', id) });
      expect(await ask(foreign)).toEqual(await ask(UNKNOWN));
    }
  });

  it('cannot be found out by asking for a run under it, but for its being taken', async () => {
    const token = await server.token('mallory', ['agents:run', 'sessions:read']);
    const input = { agentId: 'web-search-agent', message: BOBS, runId: bobs.runId };
    const answer = await overHttp({ token, query: String(runAgentDocument), variables: { input } });
    expect(answer).toMatchObject({
      data: { runAgent: null },
      errors: [{ extensions: { code: 'CONFLICT' } }],
    });
    expect(JSON.stringify(answer)).not.toContain('bob');
  });
});

describe('scopes that grant nothing', () => {
  it.each([
    'agents::run',
    'agents:web-search-agent:',
    ':run',
    '*:run',
    'agents:*',
    '*',
    '*:*:*',
    'agents:run:',
    'AGENTS:run',
    'agents:RUN',
    'agents:run\u00a0',
    '\u200bagents:run',
    'agents:web-search-agent:run:x',
    'agents:**:run',
    'agents:web*:run',
    'agents:WEB-SEARCH-AGENT:run',
    'agents:web-search-agent :run',
    'agent_os:Admin',
    'agent_os:*:admin',
    'agent_os:x:admin',
    'agent_os',
    'sessions:run',
    'agents:{args.id}:run',
    'agents:<id>:run',
    '__proto__:run',
  ])('%j, in a list and as text', async (scope) => {
    for (const claims of [{ scopes: [scope] }, { scope }]) {
      const token = await signToken(key, { sub: 'eve', exp: inSeconds(600), ...claims });
      for (const [, send] of TRANSPORTS) {
        const query = 'mutation { runAgent(input: { agentId: "web-search-agent", message: "x" }) { id } }';
        expect((await send({ token, query })).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
        const { data } = await send({ token, query: '{ viewer { isAdmin can(scope: "agents:run") } }' });
        expect(data).toEqual({ viewer: { isAdmin: false, can: false } });
      }
    }
  });
});

function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

describe('a token', () => {
  const good = { sub: 'alice', scopes: ['agents:read'] };
  it.each<[string, object, boolean, Record<string, unknown>?]>([
    ['that is good', { ...good, exp: inSeconds(600) }, true],
    ['that has expired', { ...good, exp: inSeconds(-60) }, false],
    ['that expired long ago', { ...good, exp: NOW_SECONDS - 1e9 }, false],
    ['without exp', good, false],
    ['with exp as text', { ...good, exp: String(inSeconds(600)) }, false],
    ['with a negative exp', { ...good, exp: -1 }, false],
    ['that lasts for ever', { ...good, exp: 1e300 }, true],
    ['of the future', { ...good, exp: inSeconds(900), nbf: inSeconds(600) }, false],
    ['issued in the future', { ...good, exp: inSeconds(900), iat: inSeconds(600) }, false],
    ['without sub', { scopes: ['agents:read'], exp: inSeconds(600) }, false],
    ['with an empty sub', { ...good, sub: '', exp: inSeconds(600) }, false],
    ['with a number as sub', { ...good, sub: 5, exp: inSeconds(600) }, false],
    ['with a line end in sub', { ...good, sub: 'a\nb', exp: inSeconds(600) }, false],
    ['with NUL in sub', { ...good, sub: 'a\0', exp: inSeconds(600) }, false],
    ['with a sub of 256 characters', { ...good, sub: 'x'.repeat(256), exp: inSeconds(600) }, false],
    ['of another type', { ...good, exp: inSeconds(600) }, false, { typ: 'refresh+jwt' }],
    ['with a critical header', { ...good, exp: inSeconds(600) }, false, { crit: ['b64'], b64: true }],
    ['with a kid that is a path', { ...good, exp: inSeconds(600) }, true, { kid: '../../dev/null' }],
    ['that brings its key', { ...good, exp: inSeconds(600) }, true, { jwk: { kty: 'oct', k: 'AAAA' } }],
  ])('%s is judged alike on both transports', async (_name, claims, isGood, header = {}) => {
    const token = await signToken(key, claims, header);
    expect(await judge(token)).toEqual(isGood ? ACCEPTED : REFUSED);
  });

  it('that has expired within the leeway is judged alike on both transports', async () => {
    const exp = Math.floor(Date.now() / 1000) - 1;
    expect(await judge(await signToken(key, { ...good, exp }))).toEqual(ACCEPTED);
  });

  it.each<[string, (token: string) => string]>([
    ['without its signature', (token) => token.replace(/[^.]+$/, '')],
    ['with another signature', (token) => token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA')],
    [
      'with claims of its own',
      (token) => withClaims(token, { ...good, scopes: ['agent_os:admin'], exp: 9e9 }),
    ],
    ['signed with nothing', (token) => unsigned(token)],
    ['twice', (token) => `${token}, Bearer ${token}`],
    ['with a space behind', (token) => `${token} x`],
    ['in a JSON text', (token) => JSON.stringify(token)],
    ['of 17 KB', (token) => token + 'A'.repeat(17_000)],
  ])('%s is refused on both transports', async (_name, change) => {
    expect(await judge(change(await signToken(key, { ...good, exp: inSeconds(600) })))).toEqual(REFUSED);
  });
});

/** What each transport says of a token. */
async function judge(token: string): Promise<{ http: number; socket: string }> {
  const response = await fetch(`${server.app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ health { status } }"}',
  });
  await using socket = await SocketClient.connect(`${server.app.url}/graphql`);
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  const answer = await Promise.race([
    socket.next().then(({ type }) => type),
    socket.closed.then(({ code, reason }) => `${code} ${reason}`),
  ]);
  return { http: response.status, socket: answer };
}

const ACCEPTED = { http: 200, socket: 'connection_ack' };
const REFUSED = { http: 401, socket: '4403 Token refused' };

function withClaims(token: string, claims: object): string {
  const [header, , signature] = token.split('.');
  return [header, toPart(claims), signature].join('.');
}

function unsigned(token: string): string {
  return [toPart({ alg: 'none' }), token.split('.')[1], ''].join('.');
}

function toPart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('the end of a token', () => {
  it('answers who waits for a run, ends who watches one, and the run goes on', async () => {
    await using own = await startTestApp({
      allowLeftOver: true,
      env: { JWT_LEEWAY_SECONDS: '0' },
      steps: [{ hang: 'headers' }],
    });
    const claims = { sub: 'ann', scopes: ['agents:run', 'sessions:read'], exp: inSeconds(3) };
    const token = await signToken(keyOfServer(own), claims);
    const input = { agentId: 'web-search-agent', message: 'x', waitSeconds: 100 };
    const waiting = overHttp({ token, query: String(runAgentDocument), variables: { input } }, own.app.url);
    const authorization = `Bearer ${token}`;
    await using socket = await SocketClient.ready(`${own.app.url}/graphql`, { authorization });
    await own.model.requestStarted(0);
    const later = await own.client('ann', ['sessions:read', 'agents:run']);
    const { data } = await later.post<{ runs: { edges: { node: { id: string } }[] } }, object>(
      '{ runs { edges { node { id status } } } }',
    );
    const id = data?.runs.edges[0]?.node.id ?? '';
    socket.subscribe('1', `subscription { runEvents(runId: "${id}") { __typename } }`);
    expect(await socket.next()).toMatchObject({
      payload: { data: { runEvents: { __typename: 'RunStarted' } } },
    });
    expect(await socket.closed).toEqual({ code: 4403, reason: 'Token expired' });
    expect(await waiting).toMatchObject({ data: { runAgent: { id, status: 'RUNNING', output: null } } });
    expect(await overHttp({ token, query: '{ viewer { id } }' }, own.app.url)).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect((await later.post(`{ run(id: "${id}") { status } }`)).data).toEqual({
      run: { status: 'RUNNING' },
    });
  });
});

describe('another admin scope', () => {
  it('takes everything from the usual one, on both transports', async () => {
    await using own = await startTestApp({
      echo: true,
      definition,
      env: { AMBIT_ADMIN_SCOPE: 'root of all' },
    });
    const query = '{ viewer { isAdmin unknownScopes } agents { instructions } }';
    for (const [, send] of TRANSPORTS) {
      const usual = await signToken(keyOfServer(own), {
        sub: 'a',
        scopes: ['agent_os:admin'],
        exp: inSeconds(600),
      });
      const answer = await send({ token: usual, query }, own.app.url);
      expect(answer.data).toEqual({
        viewer: { isAdmin: false, unknownScopes: ['agent_os:admin'] },
        agents: null,
      });
      const admin = await own.token('b', ['root of all']);
      expect(JSON.stringify(await send({ token: admin, query }, own.app.url))).toContain(INSTRUCTIONS);
    }
  });

  it.each(['agents:read', 'sessions:read', 'system:read', 'agents:*:run', 'agents:x:write', 'users:act'])(
    'cannot be %s, for which fields ask',
    async (AMBIT_ADMIN_SCOPE) => {
      const starting = startTestApp({ echo: true, env: { AMBIT_ADMIN_SCOPE } });
      await expect(starting).rejects.toThrow(/^AMBIT_ADMIN_SCOPE must not be/);
    },
  );
});

const SUBJECTS = [
  'a:b',
  '*',
  '%',
  '_',
  '"',
  '\\',
  '\\"',
  '{a,b}',
  'a,b',
  'NULL',
  'null',
  '__proto__',
  "' or 1=1 --",
  '$1',
  'alice',
  'alice ',
  ' alice',
  'Alice',
  'ä',
  'a\u0308',
  'ａlice',
  '😀',
  '<id>',
  'x'.repeat(255),
  `${'x'.repeat(254)}y`,
];

describe.each(DATABASE_KINDS)('subjects of odd characters, on %s', (kind) => {
  it('own what is theirs and nothing else', async () => {
    await using own = await startTestApp({ kind, echo: true });
    const scopes = ['sessions:read', 'sessions:write', 'agents:read'];
    const clients = await Promise.all(SUBJECTS.map((subject) => own.client(subject, scopes)));
    for (const client of clients)
      await client.query(createSessionDocument, { input: { agentId: 'analyst-agent' } });
    for (const [index, client] of clients.entries()) {
      const subject = SUBJECTS[index] ?? '';
      expect(await ownersSeen(client)).toEqual([subject]);
      const named = await client.post(
        'query ($u: ID!) { sessions(userId: $u) { edges { node { userId } } } }',
        {
          u: SUBJECTS.at(index - 1) ?? '',
        },
      );
      expect(named.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
  });

  it('are opened by the scope that names them, to the letter, and by the global forms alone where none can', async () => {
    await using own = await startTestApp({ kind, echo: true });
    const write = ['sessions:read', 'sessions:write', 'agents:read'];
    for (const subject of SUBJECTS) {
      const client = await own.client(subject, write);
      await client.query(createSessionDocument, { input: { agentId: 'analyst-agent' } });
    }
    for (const subject of SUBJECTS) {
      const scopes = ['sessions:read', `users:${subject}:read`, 'users:someone:read'];
      const token = await signToken(keyOfServer(own), { sub: 'reader', scopes, exp: inSeconds(600) });
      const query = '{ sessions(first: 100) { edges { node { userId } } } }';
      const { data } = await overHttp({ token, query }, own.app.url);
      const canBeNamed = !/[:*]/.test(subject);
      const expected = subject === '*' ? SUBJECTS : canBeNamed ? [subject] : [];
      expect([subject, userIds(data).toSorted()]).toEqual([subject, expected.toSorted()]);
    }
  });
});

async function ownersSeen(client: Awaited<ReturnType<TestApp['client']>>): Promise<string[]> {
  return userIds(await client.query('{ sessions(first: 100) { edges { node { userId } } } }', {}));
}

function userIds(data: unknown): string[] {
  const { sessions } = data as { sessions: { edges: { node: { userId: string } }[] } };
  return sessions.edges.map(({ node }) => node.userId);
}

it('a long id is not told back over and over', async () => {
  const token = await server.token('low', ['sessions:read']);
  const fields = Array.from(
    { length: 20 },
    (_, i) => `a${i}: sessions(userId: $u) { pageInfo { hasNextPage } }`,
  );
  const query = `query ($u: ID!) { ${fields.join(' ')} }`;
  const answer = await overHttp({ token, query, variables: { u: 'u'.repeat(100_000) } });
  expect(answer.errors).toHaveLength(20);
  expect(JSON.stringify(answer).length).toBeLessThan(20_000);
});

describe('what a socket is sent', () => {
  it.each([
    ['ping', `{"type":"ping","payload":{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`],
    [
      'extensions',
      `{"type":"subscribe","id":"1","payload":{"query":"{ health { status } }","extensions":{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}}}`,
    ],
    [
      'variables',
      `{"type":"subscribe","id":"1","payload":{"query":"{ health { status } }","variables":{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}}}`,
    ],
    [
      'connection_init',
      `{"type":"connection_init","payload":{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`,
    ],
  ])('a %s as deep as JSON can be harms nobody else', async (_name, text) => {
    await using other = await SocketClient.ready(`${server.app.url}/graphql`);
    await using socket = await SocketClient.ready(`${server.app.url}/graphql`);
    socket.sendRaw(text);
    await Promise.race([socket.next().catch(() => null), socket.closed]);
    const [first] = await other.run('1', '{ health { status } }');
    expect(first).toMatchObject({ payload: { data: { health: { status: 'ok' } } } });
  });
});

describe('a process', () => {
  it('writes no key, token or password into its log, whatever endpoints quote', async () => {
    const apiKey = 'sk-canary-0123456789';
    await using model = await startScriptedModel({
      steps: [
        {
          respond: ({ headers }) => ({
            status: 401,
            body: { error: { message: `Wrong: ${String(headers.authorization)} ${tokenShaped}` } },
          }),
        },
      ],
    });
    const secret = key.verification;
    const env = { LOG_LEVEL: 'trace', DATABASE_URL: 'memory', OPENAI_BASE_URL: model.baseUrl };
    await using child = await startServerProcess({
      ...env,
      OPENAI_API_KEY: apiKey,
      JWT_VERIFICATION_KEY: secret,
    });
    const token = await server.token('ann', ['agents:run']);
    const input = { agentId: 'web-search-agent', message: 'x' };
    const asked = { token, query: String(runAgentDocument), variables: { input } };
    const answer = await overHttp(asked, child.url);
    expect(answer.data).toMatchObject({ runAgent: { status: 'FAILED', error: { code: 'MODEL_ERROR' } } });
    await overHttp({ ...asked, token: `${token}x` }, child.url);
    await child.end('SIGTERM');
    const output = child.output.join('\n');
    expect(output).toContain('Wrong: Bearer [redacted]');
    for (const word of [apiKey, secret, token, tokenShaped]) expect(output).not.toContain(word);
    expect(JSON.stringify(answer)).not.toContain('Wrong');
  });

  it('keeps its data and its key from other users, also in a folder that they may enter', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ambit-'));
    try {
      await chmod(folder, 0o777);
      const env = { AMBIT_DATA_DIR: folder, OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };
      await using child = await startServerProcess(env);
      await child.end('SIGTERM');
      for (const name of ['data', 'development-key']) {
        const { mode } = await stat(join(folder, name));
        expect([name, mode & 0o077]).toEqual([name, 0]);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('does not trust a key that others may have read or written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ambit-'));
    try {
      await writeFile(join(folder, 'development-key'), 'k'.repeat(64));
      await chmod(join(folder, 'development-key'), 0o644);
      const env = { AMBIT_DATA_DIR: folder };
      const { code, stdout, stderr } = await runCommand(
        ['token', '--sub', 'a', '--scope', 'agents:read'],
        env,
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('is open to other users of this machine');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each<[string, Record<string, string>, string]>([
    ['HOST=0.0.0.0 without a key', { HOST: '0.0.0.0' }, 'No key verifies tokens'],
    ['HOST=:: without a key', { HOST: '::' }, 'No key verifies tokens'],
    ['production without a key', { NODE_ENV: 'production ' }, 'No key verifies tokens'],
    [
      'a blank key in production',
      { NODE_ENV: 'production', JWT_VERIFICATION_KEY: ' ' },
      'No key verifies tokens',
    ],
    [
      'an API that wants a password in its URL',
      { OPENAI_BASE_URL: 'http://u:hunter2@127.0.0.1/v1' },
      'OPENAI_BASE_URL',
    ],
    [
      'one secret of several too short',
      { JWT_VERIFICATION_KEY: `${'k'.repeat(40)},short` },
      'at least 32 bytes',
    ],
    [
      'an admin scope that fields ask for',
      { AMBIT_ADMIN_SCOPE: 'sessions:read' },
      'AMBIT_ADMIN_SCOPE must not be',
    ],
  ])('does not start with %s', async (_name, changes, sentence) => {
    const env = { PORT: '0', DATABASE_URL: 'memory', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', ...changes };
    const { code, stdout, stderr } = await runCommand(['serve'], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('hunter2');
  });

  it('offers an admin token also under another admin scope', async () => {
    const env = {
      DATABASE_URL: 'memory',
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      AMBIT_ADMIN_SCOPE: 'root',
    };
    await using child = await startServerProcess(env);
    await child.end('SIGTERM');
    const offered = child.output.find((line) => /^ +token +eyJ/.test(line))?.trim() ?? '';
    const claims: unknown = JSON.parse(Buffer.from(offered.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: 'admin_user', scopes: ['root'] });
  });

  it.each<[string, Record<string, string>, string]>([
    ['no URL', { AMBIT_URL: 'nonsense' }, 'AMBIT_URL must be a URL'],
    ['a URL with a password', { AMBIT_URL: 'http://u:hunter2@127.0.0.1:1' }, 'AMBIT_URL must be a URL'],
    [
      'a token of two lines',
      { AMBIT_URL: 'http://127.0.0.1:1', AMBIT_TOKEN: 'a\nb' },
      'AMBIT_TOKEN is no token',
    ],
    ['a blank URL', { AMBIT_URL: ' ', AMBIT_TOKEN: 'a b' }, 'AMBIT_TOKEN is no token'],
  ])('that is a client with %s says so', async (_name, env, sentence) => {
    const { code, stderr } = await runCommand(['scopes'], env);
    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^\s+at |hunter2/m);
  });
});

it('a client that finds a server of another kind says so', async () => {
  const other = createServer((_request, response) => response.end('<html>'));
  await once(other.listen(0, '127.0.0.1'), 'listening');
  try {
    // A TCP server that listens has an address of this form.
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runCommand(['scopes'], { AMBIT_URL: `http://127.0.0.1:${port}` });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `What answers at http://127.0.0.1:${port} is no Ambit server.\n`,
    });
  } finally {
    other.close();
  }
});

/** As a token looks, and none that any server takes. */
const tokenShaped = `eyJhbGciOiJIUzI1NiJ9.${toPart({ sub: 'someone else' })}.c2lnbmF0dXJl`;
