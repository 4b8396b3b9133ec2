import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { runAgentDocument } from '../_util/documents.ts';
import { EventReader } from '../_util/event-reader.ts';
import { graphql } from '../_util/generated/gql.ts';
import type { AuditQuery, AuditQueryVariables } from '../_util/generated/graphql.ts';
import { type TestKey, signToken } from '../_util/keys.ts';
import { startServerProcess } from '../_util/server-process.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import type { TestClient } from '../_util/test-client.ts';
import {
  createTestDatabase,
  DATABASE_KINDS,
  type DatabaseKind,
  runOnServer,
} from '../_util/test-database.ts';

const auditDocument = graphql(`
  query Audit(
    $first: Int = 100
    $after: String
    $userId: ID
    $outcome: AuditOutcome
    $field: String
    $since: DateTime
    $until: DateTime
  ) {
    audit(
      first: $first
      after: $after
      userId: $userId
      outcome: $outcome
      field: $field
      since: $since
      until: $until
    ) {
      edges {
        cursor
        node {
          id
          at
          firstAt
          count
          outcome
          code
          reason
          userId
          field
          path
          operationName
          transport
          ids {
            name
            value
          }
          requiredScopes
          grantedScopes
          correlationId
          nodeId
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type AuditNode = NonNullable<AuditQuery['audit']>['edges'][number]['node'];

const UNKNOWN = uuidV7();
const write = ['sessions:read', 'sessions:write', 'agents:read'];

function keyOf({ config }: TestApp): TestKey {
  const secret = config.jwt.verificationKeys[0] ?? '';
  return { algorithm: 'HS256', signing: new TextEncoder().encode(secret), verification: secret };
}

async function readAudit(auditor: TestClient, variables: AuditQueryVariables = {}): Promise<AuditNode[]> {
  const { audit } = await auditor.query(auditDocument, variables);
  return audit?.edges.map(({ node }) => node) ?? [];
}

describe.each(DATABASE_KINDS)('the audit log on %s', (kind) => {
  let server: TestApp;
  let auditor: TestClient;
  let count = 0;

  beforeAll(async () => {
    server = await startTestApp({ kind, echo: true });
    auditor = await server.client('auditor', ['audit:read']);
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  /** A caller of whom nothing is logged yet, and what is logged of them, the oldest first, once there is so much. */
  async function newcomer(scopes: readonly string[] = []) {
    const userId = `user-${(count += 1)}`;
    const client = await server.client(userId, scopes);
    const logged = async (total: number): Promise<AuditNode[]> => {
      const nodes = await vi.waitFor(async () => {
        const found = await readAudit(auditor, { userId });
        expect(found).toHaveLength(total);
        return found;
      });
      return nodes.toReversed();
    };
    return { userId, client, logged };
  }

  async function overSocket(token: string, query: string): Promise<void> {
    await using socket = await SocketClient.ready(`${server.app.url}/graphql`, {
      authorization: `Bearer ${token}`,
    });
    await socket.run('1', query);
  }

  it('has a mutation that is allowed: who, what, by which grant', async () => {
    const { userId, client, logged } = await newcomer(['sessions:write', 'agents:*:read', 'agents:x:run']);
    const { headers, data } = await client.post<{ made: { id: string } }, object>(
      'mutation Make { made: createSession(input: { agentId: "analyst-agent", name: "CANARY" }) { id } }',
    );
    const [made] = await logged(1);
    expect(made).toMatchObject({
      outcome: 'ALLOWED',
      code: null,
      reason: null,
      userId,
      field: 'Mutation.createSession',
      path: ['made'],
      operationName: 'Make',
      transport: 'http',
      count: 1,
      ids: [{ name: 'agentId', value: 'analyst-agent' }],
      requiredScopes: [['sessions:write'], ['agents:analyst-agent:run', 'agents:analyst-agent:read']],
      grantedScopes: ['sessions:write', 'agents:*:read'],
      correlationId: headers.get('x-correlation-id'),
    });
    expect(made?.at).toBe(made?.firstAt);
    await client.post('mutation ($id: ID!) { renameSession(id: $id, name: "CANARY") { id } }', {
      id: data?.made.id,
    });
    const [, renamed] = await logged(2);
    expect(renamed).toMatchObject({
      field: 'Mutation.renameSession',
      ids: [{ name: 'id', value: data?.made.id }],
    });
  });

  it('tells the grant behind what only a loader knows, and that of admin', async () => {
    const { client, logged } = await newcomer(['agents:analyst-agent:run', 'agents:run']);
    const input = { agentId: 'analyst-agent', message: 'Hello' };
    const { runAgent } = await client.query(runAgentDocument, { input });
    await client.post(`mutation { cancelRun(runId: "${runAgent?.id}") { id } }`);
    const [ran, cancelled] = await logged(2);
    expect(ran?.grantedScopes).toEqual(['agents:analyst-agent:run']);
    expect(cancelled).toMatchObject({
      outcome: 'ALLOWED',
      requiredScopes: [['agents:analyst-agent:run']],
      grantedScopes: ['agents:analyst-agent:run'],
      ids: [{ name: 'runId', value: runAgent?.id }],
    });
    const admin = await newcomer(['sessions:write', 'agent_os:admin']);
    await admin.client.post(`mutation { eraseUser(userId: "somebody") { userId } }`);
    const [erased] = await admin.logged(1);
    expect(erased).toMatchObject({
      requiredScopes: [['users:somebody:erase']],
      grantedScopes: ['agent_os:admin'],
      ids: [{ name: 'userId', value: 'somebody' }],
    });
  });

  it('has each field of a mutation, and the failure of one after that it was allowed', async () => {
    const { client, logged } = await newcomer(['sessions:write', 'agents:read']);
    const ok = (key: string) => `${key}: createSession(input: { agentId: "analyst-agent" }) { id }`;
    const bad = `b: createSession(input: { agentId: "analyst-agent", name: "${'x'.repeat(201)}" }) { id }`;
    await client.post(`mutation { ${ok('a')} ${bad} ${ok('c')} }`);
    const events = await logged(4);
    expect(events.map(({ outcome, code, path }) => [outcome, code, path[0]])).toEqual([
      ['ALLOWED', null, 'a'],
      ['ALLOWED', null, 'b'],
      ['ALLOWED', null, 'c'],
      ['FAILED', 'BAD_USER_INPUT', 'b'],
    ]);
    expect(new Set(events.map(({ correlationId }) => correlationId)).size).toBe(1);
  });

  it('has of a mutation that is refused as a whole what it was refused for, and that alone', async () => {
    const { userId, client, logged } = await newcomer(['sessions:write', 'agents:read']);
    const { status, headers } = await client.post(`mutation Both {
      createSession(input: { agentId: "analyst-agent" }) { id }
      run: runAgent(input: { agentId: "analyst-agent", message: "CANARY" }) { id }
    }`);
    expect(status).toBe(403);
    const [denied] = await logged(1);
    expect(denied).toMatchObject({
      outcome: 'DENIED',
      code: 'FORBIDDEN',
      userId,
      field: 'Mutation.runAgent',
      path: ['run'],
      operationName: 'Both',
      ids: [{ name: 'agentId', value: 'analyst-agent' }],
      requiredScopes: [['agents:analyst-agent:run']],
      grantedScopes: [],
      correlationId: headers.get('x-correlation-id'),
    });
  });

  it.each<[string, readonly string[], string, Partial<AuditNode>]>([
    [
      'a field of a query that is refused as a whole',
      [],
      '{ config { id } }',
      { code: 'FORBIDDEN', field: 'Query.config', requiredScopes: [['config:read']] },
    ],
    [
      'a field beside others',
      [],
      '{ viewer { id } config { id } }',
      { code: 'FORBIDDEN', field: 'Query.config', path: ['config'] },
    ],
    [
      'a field of one of several objects',
      ['agents:analyst-agent:read'],
      '{ list: agents { secret: instructions } }',
      {
        code: 'FORBIDDEN',
        field: 'Agent.instructions',
        path: ['list', 'secret'],
        requiredScopes: [['agents:analyst-agent:write']],
      },
    ],
    [
      "somebody else's sessions",
      ['sessions:read'],
      '{ sessions(userId: "bob") { edges { cursor } } }',
      {
        code: 'FORBIDDEN',
        field: 'Query.sessions',
        requiredScopes: [['sessions:read'], ['users:bob:read']],
        reason: 'Query.sessions(userId:) was given.',
        ids: [{ name: 'userId', value: 'bob' }],
      },
    ],
    [
      'what there is not, or not for the caller',
      ['sessions:read'],
      `{ session(id: "${UNKNOWN}") { id } }`,
      { code: 'NOT_FOUND', field: 'Query.session', ids: [{ name: 'id', value: UNKNOWN }] },
    ],
    [
      'what a loader does not find',
      ['agents:run'],
      `mutation { cancelRun(runId: "${UNKNOWN}") { id } }`,
      { code: 'NOT_FOUND', field: 'Mutation.cancelRun', ids: [{ name: 'runId', value: UNKNOWN }] },
    ],
    [
      'the audit log itself',
      [],
      '{ audit { edges { cursor } } }',
      { code: 'FORBIDDEN', field: 'Query.audit' },
    ],
  ])('has %s, over all transports', async (_name, scopes, query, expected) => {
    const { userId, client, logged } = await newcomer(scopes);
    await client.post(query);
    const [denied] = await logged(1);
    expect(denied).toMatchObject({ outcome: 'DENIED', userId, transport: 'http', ...expected });
    await overSocket(client.token ?? '', query);
    const both = await logged(2);
    expect(both[1]).toMatchObject({ outcome: 'DENIED', userId, transport: 'websocket', ...expected });
    const options = client.token === null ? {} : { token: client.token };
    await using reader = await EventReader.post(`${server.app.url}/graphql`, query, options);
    await reader.rest();
    const all = await logged(3);
    expect(all[2]).toMatchObject({ outcome: 'DENIED', userId, transport: 'sse', ...expected });
  });

  it('has subscriptions that are refused, at once and by a loader', async () => {
    const { client, logged } = await newcomer();
    const query = `subscription Watch { s: runEvents(runId: "${UNKNOWN}") { seq } }`;
    await overSocket(client.token ?? '', query);
    const [refused] = await logged(1);
    expect(refused).toMatchObject({
      code: 'FORBIDDEN',
      field: 'Subscription.runEvents',
      path: ['s'],
      ids: [{ name: 'runId', value: UNKNOWN }],
    });
    const other = await newcomer(['agents:run']);
    await overSocket(other.client.token ?? '', query);
    const [missed] = await other.logged(1);
    expect(missed).toMatchObject({ code: 'NOT_FOUND', field: 'Subscription.runEvents' });
  });

  it('has fields that ask for a token where there is none', async () => {
    const since = new Date().toISOString();
    const anonymous = await server.client(null);
    await anonymous.post('query Nobody { agents { id } viewer { id } }');
    await anonymous.post('query Nobody { health { status } config { id } }');
    await vi.waitFor(async () => {
      const events = (await readAudit(auditor, { since })).filter(
        ({ operationName }) => operationName === 'Nobody',
      );
      expect(events.map(({ field, code, userId }) => [field, code, userId]).toSorted()).toEqual([
        ['Query.agents', 'UNAUTHENTICATED', null],
        ['Query.config', 'UNAUTHENTICATED', null],
        ['Query.viewer', 'UNAUTHENTICATED', null],
      ]);
    });
  });

  it('has tokens that are refused, with the reason, over both transports', async () => {
    const since = new Date().toISOString();
    const expired = await signToken(keyOf(server), { sub: 'CANARY', scopes: [], exp: 1000 });
    const url = `${server.app.url}/graphql`;
    for (const authorization of [`Bearer ${expired}`, 'Basic CANARY']) {
      const headers = { authorization, 'content-type': 'application/json' };
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: '{"query":"{ health { status } }"}',
      });
      expect([response.status, response.headers.get('x-correlation-id')]).toEqual([401, expect.any(String)]);
      await using socket = await SocketClient.connect(url);
      socket.send({ type: 'connection_init', payload: { authorization } });
      await socket.closed;
    }
    await using ambiguous = await SocketClient.connect(url);
    const payload = { authorization: `Bearer ${expired}`, Authorization: 'Bearer CANARY' };
    ambiguous.send({ type: 'connection_init', payload });
    await ambiguous.closed;
    await vi.waitFor(async () => {
      const events = (await readAudit(auditor, { since, outcome: 'DENIED' })).filter(
        ({ reason }) => reason !== null,
      );
      expect(events.map(({ transport, reason }) => `${transport}: ${reason}`).toSorted()).toEqual([
        'http: The Authorization header must be "Bearer" and one token.',
        'http: The bearer token has expired. ERR_JWT_EXPIRED (exp)',
        'websocket: The Authorization header must be "Bearer" and one token.',
        'websocket: The bearer token has expired. ERR_JWT_EXPIRED (exp)',
        'websocket: The socket was given two different tokens.',
      ]);
      expect(events.every(({ userId, field, code }) => !userId && !field && code === 'UNAUTHENTICATED')).toBe(
        true,
      );
      expect(JSON.stringify(events)).not.toContain('CANARY');
    });
  });

  it('has nothing of what is allowed and changes nothing, nor of what is no operation', async () => {
    const { client, userId, logged } = await newcomer([...write, 'agents:run', 'config:read', 'audit:read']);
    await client.post('{ viewer { id } agents { id } config { id } }');
    await client.post('{ __schema { types { name } } }');
    await client.post('{ nothing }');
    await client.post('mutation ($n: Int!) { renameSession(id: "x", name: $n) { id } }', { n: 1 });
    await client.post('{ sessions(first: 1000) { edges { cursor } } }');
    // Elements that are left out of a list are no denials.
    const limited = await newcomer(['agents:analyst-agent:read']);
    await limited.client.post('{ agents { id } }');
    await readAudit(client, { userId });
    await client.post('{ admin: agent(id: "nobody") { id } }');
    await limited.client.post('{ config { id } }');
    expect((await logged(1)).map(({ code }) => code)).toEqual(['NOT_FOUND']);
    expect((await limited.logged(1)).map(({ field }) => field)).toEqual(['Query.config']);
  });

  it('is read in pages and by filters', async () => {
    const { userId, client, logged } = await newcomer(write);
    for (let n = 0; n < 3; n += 1) {
      await client.post('mutation { createSession(input: { agentId: "analyst-agent" }) { id } }');
    }
    await client.post('{ config { id } }');
    const events = (await logged(4)).toReversed();
    const page = await auditor.query(auditDocument, { userId, first: 3 });
    expect(page.audit?.pageInfo.hasNextPage).toBe(true);
    const { endCursor: after } = page.audit?.pageInfo ?? {};
    const rest = await readAudit(auditor, { userId, ...(after && { after }) });
    expect([...(page.audit?.edges.map(({ node }) => node) ?? []), ...rest]).toEqual(events);
    expect(await readAudit(auditor, { userId, outcome: 'DENIED' })).toEqual(events.slice(0, 1));
    expect(await readAudit(auditor, { userId, field: 'Mutation.createSession' })).toEqual(events.slice(1));
    expect(await readAudit(auditor, { userId, until: events.at(-1)?.at ?? '' })).toEqual([]);
    expect(await readAudit(auditor, { userId, since: events.at(-1)?.at ?? '' })).toEqual(events);
    for (const variables of [{ first: 0 }, { first: 101 }, { after: 'x' }]) {
      const { errors } = await auditor.post(auditDocument, variables);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  it('outlives the data of a user who is erased', async () => {
    const { userId, client, logged } = await newcomer(write);
    await client.post('mutation { createSession(input: { agentId: "analyst-agent" }) { id } }');
    await logged(1);
    const eraser = await server.client('eraser', ['users:erase']);
    const { data } = await eraser.post('mutation ($u: ID!) { eraseUser(userId: $u) { deletedSessions } }', {
      u: userId,
    });
    expect(data).toEqual({ eraseUser: { deletedSessions: 1 } });
    expect(await logged(1)).toMatchObject([{ outcome: 'ALLOWED', userId }]);
  });
});

it('a mutation is in the log while it still goes on', async () => {
  await using server = await startTestApp({ allowLeftOver: true, steps: [{ hang: 'headers' }] });
  const client = await server.client('ann', ['agents:run']);
  const auditor = await server.client('auditor', ['audit:read']);
  const input = { agentId: 'web-search-agent', message: 'x', waitSeconds: 200 };
  const waiting = client.post(runAgentDocument, { input });
  await server.model.requestStarted(0);
  expect(await readAudit(auditor, { userId: 'ann' })).toMatchObject([
    { outcome: 'ALLOWED', field: 'Mutation.runAgent' },
  ]);
  await server.app.stop({ graceMs: 1000 });
  await waiting.catch(() => null);
});

it('introspection that is switched off or without a token is denied, and in the log', async () => {
  await using server = await startTestApp({ echo: true, env: { AMBIT_INTROSPECTION: 'off' } });
  const auditor = await server.client('auditor', ['audit:read']);
  await auditor.post('query I { __schema { types { name } } }');
  await (await server.client(null)).post('query N { t: __type(name: "Query") { name } }');
  await vi.waitFor(async () => {
    expect((await readAudit(auditor)).toReversed()).toMatchObject([
      { outcome: 'DENIED', code: 'GRAPHQL_VALIDATION_FAILED', field: 'Query.__schema', userId: 'auditor' },
      { outcome: 'DENIED', code: 'GRAPHQL_VALIDATION_FAILED', field: 'Query.__schema', userId: null },
    ]);
  });
});

/** A database that outlives the server that uses it. */
async function lastingDatabase(kind: DatabaseKind, resources: AsyncDisposableStack) {
  if (kind === 'pglite') {
    const folder = await mkdtemp(join(tmpdir(), 'ambit-audit-'));
    resources.defer(() => rm(folder, { recursive: true, force: true }));
    return { DATABASE_URL: '', AMBIT_DATA_DIR: folder };
  }
  const database = resources.use(await createTestDatabase('postgres'));
  return { DATABASE_URL: database.config.url ?? '' };
}

describe.each(DATABASE_KINDS)('a flood, on %s', (kind) => {
  it('of 10,000 denials is a few rows, and every one is counted, also by a stop', async () => {
    await using resources = new AsyncDisposableStack();
    const env = await lastingDatabase(kind, resources);
    await using server = await startTestApp({ echo: true, env });
    const headers = {
      authorization: `Bearer ${await server.token('mallory', [])}`,
      'content-type': 'application/json',
    };
    const ask = async (n: number) => {
      const fields = Array.from(
        { length: 10 },
        (_, k) => `a${n}_${k}: ${k < 5 ? 'config' : 'agents'} { id }`,
      );
      const body = JSON.stringify({ query: `query Q${n % 7} { ${fields.join(' ')} }` });
      const response = await fetch(`${server.app.url}/graphql`, { method: 'POST', headers, body });
      await response.arrayBuffer();
      return response.status;
    };
    for (let n = 0; n < 1000; n += 100) {
      const statuses = await Promise.all(Array.from({ length: 100 }, (_, k) => ask(n + k)));
      expect(new Set(statuses)).toEqual(new Set([403]));
    }
    await server.app.stop();
    await using again = await startTestApp({ echo: true, env });
    const auditor = await again.client('auditor', ['audit:read']);
    const events = await readAudit(auditor, { userId: 'mallory' });
    // Two of each kind, and as many again when the flood lies in two windows.
    expect(events.length).toBeLessThanOrEqual(8);
    expect(new Set(events.map(({ field }) => field))).toEqual(new Set(['Query.config', 'Query.agents']));
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });
});

/** Texts that must never be found in the table, wherever they were sent. */
const JWT_LIKE = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDQU5BUlkifQ.Q0FOQVJZLXNpZ25hdHVyZQ';
const CANARIES = [
  JWT_LIKE,
  'sk-canary-0123456789abcdef',
  'CANARY message of a user',
  "CANARY'; drop table ambit.audit_event; --",
  'CANARY\u0000\u001b[31m\n\ud800',
  `CANARY-${'x'.repeat(900_000)}`,
  'CANARY"}]}',
];
const NAME_CANARY = 'sk_canary_0123456789abcdef';
const NEEDLES = [/CANARY/, /canary/, /eyJ/, /drop table/, /xxxx/, /a secret for tests/, /sk-test/, /\\u001b/];

describe.each(DATABASE_KINDS)('whatever a caller sends, on %s', (kind) => {
  it('no secret and no text of theirs is in the table', { timeout: 120_000 }, async () => {
    await using server = await startTestApp({ kind, echo: true });
    const admin = await server.client('auditor', ['agent_os:admin']);
    const low = await server.client('low', ['sessions:read', 'agents:read']);
    const secret = server.config.jwt.verificationKeys[0] ?? '';
    const all = 'mutation ($t: ID!, $s: String!, $d: [ApprovalDecision!]!)';
    for (const text of [...CANARIES, secret, admin.token ?? '']) {
      const variables = { t: text, s: text, d: [{ toolCallId: text, approve: true, note: text }] };
      for (const client of [admin, low]) {
        await client.post(
          `${all} { runAgent(input: { agentId: $t, message: $s, sessionId: $t, runId: $t, idempotencyKey: $s }) { id } }`,
          variables,
        );
        await client.post(
          `${all} { runAgent(input: { agentId: "analyst-agent", message: $s, sessionId: $t, runId: $t, idempotencyKey: $s }) { id } }`,
          variables,
        );
        await client.post(`${all} { createSession(input: { agentId: $t, name: $s }) { id } }`, variables);
        await client.post(`${all} { renameSession(id: $t, name: $s) { id } }`, variables);
        await client.post(`${all} { deleteSession(id: $t) }`, variables);
        await client.post(`${all} { cancelRun(runId: $t) { id } }`, variables);
        await client.post(`${all} { continueRun(runId: $t, decisions: $d) { id } }`, variables);
        await client.post('mutation ($t: ID!) { eraseUser(userId: $t) { userId } }', variables);
        await client.post(
          'query ($t: ID!, $s: String!) { agent(id: $t) { id } session(id: $t) { id } run(id: $t) { id } sessions(userId: $t, after: $s) { edges { cursor } } runs(agentId: $t, userId: $t) { edges { cursor } } approvals(agentId: $t) { edges { cursor } } audit(userId: $t, field: $s) { edges { cursor } } }',
          variables,
        );
        await client.post(
          `mutation ${NAME_CANARY} { ${NAME_CANARY}: renameSession(id: "${UNKNOWN}", name: "CANARY") { id } }`,
        );
        await client.post(`query ${NAME_CANARY} { ${NAME_CANARY}: config { id } } # CANARY`);
        await client.post('query CANARY { config { id } }');
      }
      await sendTokens(server, text);
    }
    const sql = kind === 'postgres' ? await readTable(server) : '';
    const events = JSON.stringify(await readAllEvents(admin)) + sql;
    expect(events).toContain('Mutation.renameSession');
    expect(events).toContain('sha256:');
    // Names of operations are kept when they look like names.
    const cleaned = events
      .replaceAll('"operationName":"CANARY"', '')
      .replaceAll('"operation_name":"CANARY"', '');
    for (const needle of NEEDLES) expect(cleaned).not.toMatch(needle);
  });
});

/** The text where a token belongs, in every way that a token can be sent, and in places where there should be none. */
async function sendTokens(server: TestApp, text: string): Promise<void> {
  const url = `${server.app.url}/graphql`;
  const headerText = text.replaceAll(/[^ -~]/g, '').slice(0, 15_000);
  for (const authorization of [`Bearer ${headerText}`, headerText || 'x', `Bearer ${JWT_LIKE}`]) {
    const headers = { authorization, 'content-type': 'application/json' };
    await (
      await fetch(url, { method: 'POST', headers, body: '{"query":"{ viewer { id } }"}' })
    ).arrayBuffer();
    await using socket = await SocketClient.connect(url);
    socket.send({
      type: 'connection_init',
      payload: { authorization: `Bearer ${text}`, Authorization: text },
    });
    await socket.closed;
  }
  await (
    await fetch(
      `${url}?query=${encodeURIComponent('{ viewer { id } }')}&token=${encodeURIComponent(headerText.slice(0, 1000))}`,
      { headers: { 'apollo-require-preflight': '1' } },
    )
  ).arrayBuffer();
  const token = await signToken(
    keyOf(server),
    { sub: `CANARY${'x'.repeat(300)}`, exp: 4e9, scopes: [text] },
    { kid: text.slice(0, 100).toWellFormed() },
  );
  if (token.length < 16_000) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    await (
      await fetch(url, { method: 'POST', headers, body: '{"query":"{ viewer { id } }"}' })
    ).arrayBuffer();
  }
}

async function readAllEvents(client: TestClient): Promise<AuditNode[]> {
  const events: AuditNode[] = [];
  for (let after: string | null = null; ;) {
    const { audit }: AuditQuery = await client.query(auditDocument, { after });
    events.push(...(audit?.edges.map(({ node }) => node) ?? []));
    after = audit?.pageInfo.endCursor ?? null;
    if (audit?.pageInfo.hasNextPage !== true) return events;
  }
}

/** The rows as the database has them. */
async function readTable(server: TestApp): Promise<string> {
  const rows = await runOnServer(
    server.config.database.url ?? '',
    'select to_jsonb(a)::text as row from ambit.audit_event a',
  );
  return JSON.stringify(rows);
}

it.runIf(DATABASE_KINDS.includes('postgres'))(
  'a mutation that cannot be written into the log does not begin',
  async () => {
    await using database = await createTestDatabase('postgres');
    const { db } = database;
    await using server = await startTestApp({ echo: true, env: { DATABASE_URL: database.config.url ?? '' } });
    const client = await server.client('ann', write);
    const create = 'mutation { createSession(input: { agentId: "analyst-agent" }) { id } }';
    await db.transaction().execute(async (trx) => {
      await sql`lock table ambit.audit_event in access exclusive mode`.execute(trx);
      const { data, errors } = await client.post(create);
      expect(data).toEqual({ createSession: null });
      expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
      // Queries go on.
      expect((await client.post('{ viewer { id } }')).errors).toEqual([]);
    });
    expect(await db.selectFrom('session').select('id').execute()).toEqual([]);
    await vi.waitFor(async () => {
      const events = await db.selectFrom('audit_event').select(['outcome', 'code']).orderBy('id').execute();
      expect(events).toEqual([
        { outcome: 'ALLOWED', code: null },
        { outcome: 'FAILED', code: 'UNAVAILABLE' },
      ]);
    });
    expect((await client.post(create)).errors).toEqual([]);
  },
);

it.runIf(DATABASE_KINDS.includes('postgres'))(
  'SIGKILL loses no mutation that was answered, nor one under way',
  async () => {
    await using database = await createTestDatabase('postgres');
    const secret = 'a secret for tests that is longer than sixty-four characters so that HS512 is content';
    const env = { DATABASE_URL: database.config.url ?? '', JWT_VERIFICATION_KEY: secret };
    const key = {
      algorithm: 'HS256',
      signing: new TextEncoder().encode(secret),
      verification: secret,
    } as const;
    const token = await signToken(key, { sub: 'ann', exp: 4e9, scopes: write });
    await using server = await startServerProcess(env);
    const post = () =>
      fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{"query":"mutation { createSession(input: { agentId: \\"analyst-agent\\" }) { id } }"}',
      });
    // Some are answered, others are under way when the process dies.
    await (await post()).arrayBuffer();
    const answers = Array.from({ length: 40 }, () => post().catch(() => null));
    await Promise.any(answers.map(async (answer) => (await answer) ?? Promise.reject(new Error('none'))));
    await server.end('SIGKILL');
    await Promise.all(answers);
    const count = async (table: 'session' | 'audit_event') =>
      (await database.db.selectFrom(table).select('id').execute()).length;
    const sessions = await count('session');
    expect(sessions).toBeGreaterThan(0);
    expect(await count('audit_event')).toBeGreaterThanOrEqual(sessions);
  },
);
