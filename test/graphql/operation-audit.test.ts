import { describe, expect, it } from 'vitest';

import type { AuditEntry } from '../../src/audit/audit-entry.ts';
import { OperationAudit } from '../../src/graphql/operation-audit.ts';
import { SocketClient } from '../_util/socket-client.ts';
import type { ToyContext } from '../_util/toy-schema.ts';
import { post, startToyServer, type ToyServerOptions } from '../_util/toy-server.ts';

async function startAudited(options: ToyServerOptions = {}) {
  const entries: AuditEntry[] = [];
  const sink = {
    record: (entry: AuditEntry) => void entries.push(entry),
    store: async (entry: AuditEntry) => void entries.push(entry),
  };
  const audit = new OperationAudit<ToyContext>(sink, ({ principal, transport }) => ({
    userId: principal?.id ?? null,
    transport,
  }));
  const server = await startToyServer({ ...options, pipelineOptions: { ...options.pipelineOptions, audit } });
  return { server, entries, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function subscribe(url: string, query: string, token?: string): Promise<void> {
  await using socket = await SocketClient.ready(
    url,
    token === undefined ? {} : { authorization: `Bearer ${token}` },
  );
  await socket.run('1', query);
}

describe('the id of an operation', () => {
  it('is the same in the answer, its header, the log and the audit log', async () => {
    await using audited = await startAudited();
    const { server, entries } = audited;
    const query = 'query Q { fail(how: "bug") secret { text } }';
    const { headers, body } = await post(server, query, { token: 'nobody' });
    const id = headers.get('x-correlation-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(body.errors).toMatchObject([{ extensions: { correlationId: id } }, { path: ['secret'] }]);
    expect(server.logged.map((line) => JSON.parse(line).correlationId)).toEqual([id]);
    expect(entries).toMatchObject([{ correlationId: id, outcome: 'DENIED', field: 'Query.secret' }]);
  });

  it('is of one operation only, and told of answers of all kinds', async () => {
    await using audited = await startAudited();
    const answers = await Promise.all(
      ['{ hello }', '{ hello }', '{ secret { text } }', '{', '{ nothing }'].map((query) =>
        post(audited.server, query),
      ),
    );
    const refused = await post(audited.server, '{ hello }', { token: 'nonsense' });
    const ids = [...answers, refused].map(({ headers }) => headers.get('x-correlation-id'));
    expect(ids.every((id) => id !== null)).toBe(true);
    expect(new Set(ids).size).toBe(6);
  });

  it('is in the log for an error over a socket', async () => {
    await using audited = await startAudited({ pipelineOptions: { newCorrelationId: () => 'id-1' } });
    const { server } = audited;
    for (const query of ['{ fail(how: "bug") }', 'subscription { failAt(event: 1, how: "bug") }']) {
      await subscribe(server.url, query);
    }
    expect(server.logged.map((line) => JSON.parse(line).correlationId)).toEqual(['id-1', 'id-1']);
  });
});

describe('what is told', () => {
  it.each<[string, string | undefined, string | null]>([
    ['of another user', 'reader', 'reader'],
    ['for a socket that came without one', undefined, null],
  ])('is a token %s, which closes the socket', async (_name, token, userId) => {
    await using audited = await startAudited();
    const { server, entries } = audited;
    const payload = token === undefined ? {} : { authorization: `Bearer ${token}` };
    await using socket = await SocketClient.ready(server.url, payload);
    socket.send({ type: 'ping', payload: { authorization: 'Bearer writer' } });
    expect((await socket.closed).code).toBe(4403);
    const reason = 'The socket was given a token of another user.';
    expect(entries).toMatchObject([{ outcome: 'DENIED', userId, code: 'UNAUTHENTICATED', reason }]);
  });

  it.each<[string, string, string | undefined, Partial<AuditEntry>[]]>([
    ['nothing of what is allowed', '{ hello secret { text } }', 'reader', []],
    ['nothing of other errors of queries', '{ a: fail(how: "bug") b: fail(how: "conflict") }', 'reader', []],
    [
      'a query whose resolver denies',
      '{ a: fail(how: "notFound") b: fail(how: "expired") }',
      'reader',
      [
        { code: 'NOT_FOUND', field: 'Query.fail', path: ['a'] },
        {
          code: 'UNAUTHENTICATED',
          field: 'Query.fail',
          path: ['b'],
          reason: 'The bearer token is not valid.',
        },
      ],
    ],
    [
      'a field through fragments, by its own coordinate',
      'query ($id: ID! = "a1") { ...F } fragment F on Query { x: agent(id: $id) { ... { o: owner } } }',
      'reader',
      [
        {
          code: 'FORBIDDEN',
          field: 'Item.owner',
          path: ['x', 'o'],
          ids: { id: 'a1' },
          required: [['users:read']],
        },
      ],
    ],
    [
      'a field without a token',
      '{ hello me }',
      undefined,
      [{ code: 'UNAUTHENTICATED', field: 'Query.me', userId: null, reason: 'A bearer token is required.' }],
    ],
    [
      'a mutation that ends in an error below its root field',
      'mutation { write(text: "t") { id owner } }',
      'writer',
      [{ code: 'FORBIDDEN', field: 'Item.owner', path: ['write', 'owner'], outcome: 'DENIED' }],
    ],
  ])('%s', async (_name, query, token, expected) => {
    await using audited = await startAudited();
    await post(audited.server, query, token === undefined ? {} : { token });
    expect(audited.entries).toMatchObject(expected.map((entry) => ({ outcome: 'DENIED', ...entry })));
    expect(audited.entries).toHaveLength(expected.length);
  });

  it.each([
    ['subscription { s: failToStart(how: "notFound") }', 'NOT_FOUND', 'Subscription.failToStart'],
    ['subscription { s: failAt(event: 1, how: "notFound") }', 'NOT_FOUND', 'Subscription.failAt'],
    ['subscription { s: agentEvents(id: "a2") }', 'FORBIDDEN', 'Subscription.agentEvents'],
  ])('of a subscription: %s', async (query, code, field) => {
    await using audited = await startAudited();
    await subscribe(audited.server.url, query, 'reader');
    expect(audited.entries).toMatchObject([{ code, field, transport: 'websocket', userId: 'reader' }]);
  });

  it('an expired token of a socket that goes on to ask', async () => {
    let now = new Date();
    const expiresAt = new Date(now.getTime() + 3_600_000);
    await using audited = await startAudited({ expiresAt, now: () => now });
    await using socket = await SocketClient.ready(audited.server.url, { authorization: 'Bearer reader' });
    now = new Date(expiresAt.getTime() + 1);
    socket.subscribe('1', '{ hello }');
    await socket.closed;
    expect(audited.entries).toMatchObject([
      { outcome: 'DENIED', code: 'UNAUTHENTICATED', userId: 'reader', reason: 'The token has expired.' },
    ]);
  });

  it('errors that no token is to blame for are none', async () => {
    await using audited = await startAudited();
    for (const token of ['keys-away', 'crash']) {
      await post(audited.server, '{ hello }', { token });
      await using socket = await SocketClient.connect(audited.server.url);
      socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      await socket.closed;
    }
    expect(audited.entries).toEqual([]);
  });
});

it('every alias of a denied field is told', async () => {
  await using audited = await startAudited();
  const fields = Array.from({ length: 19 }, (_, n) => `a${n}: me`).join(' ');
  await post(audited.server, `{ hello ${fields} }`);
  expect(audited.entries).toHaveLength(19);
  expect(new Set(audited.entries.map(({ field }) => field))).toEqual(new Set(['Query.me']));
});
