import { describe, expect, test } from 'vitest';

import { EventReader } from '../_util/event-reader.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { post, startToyServer, type ToyServer } from '../_util/toy-server.ts';

interface Row {
  readonly title: string;
  readonly query: string;
  readonly token?: string;
  readonly variables?: Record<string, unknown>;
  readonly status: number;
  readonly code: string;
  /** Besides the code. */
  readonly extensions?: Record<string, unknown>;
  readonly challenge?: string;
  /** Left out: the answer has no data. */
  readonly data?: Record<string, unknown> | null;
}

const NESTED = `{ agent(id: "a1") ${'{ items { nodes '.repeat(12)}{ id }${'} }'.repeat(12)} }`;

/** The table of answers of the design, row by row, where the pipeline gives the answer. */
const ROWS: readonly Row[] = [
  {
    title: 'no token, every root field needs one',
    query: '{ me }',
    status: 401,
    code: 'UNAUTHENTICATED',
    challenge: 'Bearer',
  },
  {
    title: 'no token, mutation',
    query: 'mutation { write(text: "x") { id } }',
    status: 401,
    code: 'UNAUTHENTICATED',
    challenge: 'Bearer',
  },
  {
    title: 'no token, introspection',
    query: '{ __schema { types { name } } }',
    status: 401,
    code: 'UNAUTHENTICATED',
    challenge: 'Bearer',
  },
  {
    title: 'no token, introspection beside a public field',
    query: '{ hello __type(name: "Query") { name } }',
    status: 401,
    code: 'UNAUTHENTICATED',
    challenge: 'Bearer',
  },
  {
    title: 'no token, a public field beside',
    query: '{ hello me }',
    status: 200,
    code: 'UNAUTHENTICATED',
    data: { hello: 'hello', me: null },
  },
  {
    title: 'scope missing, every root field',
    query: '{ __typename secret { text } }',
    token: 'nobody',
    status: 403,
    code: 'FORBIDDEN',
    extensions: { requiredScopes: [['secrets:read']] },
    challenge: 'Bearer error="insufficient_scope", scope="secrets:read"',
  },
  {
    title: 'scope missing for the id in a variable',
    query: 'query ($id: ID!) { agent(id: $id) { id } }',
    variables: { id: 'a2' },
    token: 'reader',
    status: 403,
    code: 'FORBIDDEN',
    extensions: { requiredScopes: [['agents:a2:read']] },
    challenge: 'Bearer error="insufficient_scope", scope="agents:a2:read"',
  },
  {
    title: 'scope missing, another root field allowed',
    query: '{ me secret { text } }',
    token: 'nobody',
    status: 200,
    code: 'FORBIDDEN',
    extensions: { requiredScopes: [['secrets:read']] },
    data: { me: 'nobody', secret: null },
  },
  {
    title: 'scope missing within a mutation',
    query: 'mutation { write(text: "x") { id owner } }',
    token: 'writer',
    status: 403,
    code: 'FORBIDDEN',
    extensions: { requiredScopes: [['users:read']] },
    challenge: 'Bearer error="insufficient_scope", scope="users:read"',
  },
  {
    title: 'unknown or foreign id',
    query: '{ fail(how: "notFound") }',
    status: 200,
    code: 'NOT_FOUND',
    data: { fail: null },
  },
  { title: 'does not parse', query: '{ hello', status: 400, code: 'GRAPHQL_PARSE_FAILED' },
  { title: 'does not validate', query: '{ helo }', status: 400, code: 'GRAPHQL_VALIDATION_FAILED' },
  {
    title: 'malformed variable',
    query: 'query ($in: EchoInput) { echo(input: $in) }',
    variables: { in: { text: 5 } },
    status: 400,
    code: 'BAD_USER_INPUT',
    extensions: { field: 'in.text' },
  },
  {
    title: 'page too large',
    query: '{ items(first: 101) { nodes { id } } }',
    status: 400,
    code: 'BAD_USER_INPUT',
    extensions: { field: 'first' },
  },
  {
    title: 'null for a non-null argument, told while executing',
    query: 'query ($size: Int) { hello echo(size: $size) }',
    variables: { size: null },
    status: 200,
    code: 'BAD_USER_INPUT',
    extensions: { field: 'size' },
    data: { hello: 'hello', echo: null },
  },
  {
    title: 'value refused by a resolver',
    query: '{ fail(how: "input") }',
    status: 200,
    code: 'BAD_USER_INPUT',
    extensions: { field: 'input.message' },
    data: { fail: null },
  },
  {
    title: 'conflict',
    query: '{ fail(how: "conflict") }',
    status: 200,
    code: 'CONFLICT',
    data: { fail: null },
  },
  {
    title: 'too deep',
    query: NESTED,
    token: 'reader',
    status: 400,
    code: 'LIMIT_EXCEEDED',
    extensions: { limit: 'depth' },
  },
  {
    title: 'too many aliases',
    query: `{ ${Array.from({ length: 2000 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
    status: 400,
    code: 'LIMIT_EXCEEDED',
    extensions: { limit: 'aliases' },
  },
  {
    title: 'too large',
    query: `{ hello } #${'x'.repeat(200_000)}`,
    status: 400,
    code: 'LIMIT_EXCEEDED',
    extensions: { limit: 'documentBytes' },
  },
  {
    title: 'too costly',
    query:
      '{ items(first: 100) { nodes { items(first: 100) { nodes { ...P } } } } } fragment P on Item { a: items(first: 50) { nodes { id } } }',
    status: 400,
    code: 'LIMIT_EXCEEDED',
    extensions: { limit: 'cost', cost: 520_202, maxCost: 100_000 },
  },
  {
    title: 'a directive without its value, told while executing',
    query: 'query ($if: Boolean = true) { hello @include(if: $if) }',
    variables: { if: null },
    status: 400,
    code: 'BAD_USER_INPUT',
    extensions: { field: 'if' },
    data: null,
  },
  {
    title: 'too many of something, with data',
    query: '{ fail(how: "limit") }',
    status: 200,
    code: 'LIMIT_EXCEEDED',
    extensions: { limit: 'runs', retryAfterMs: 1500 },
    data: { fail: null },
  },
  {
    title: 'too many of something, without data',
    query: '{ failHard(how: "limit") }',
    status: 429,
    code: 'LIMIT_EXCEEDED',
    extensions: { limit: 'runs', retryAfterMs: 1500 },
    data: null,
  },
  {
    title: 'expired cursor',
    query: '{ fail(how: "cursor") }',
    status: 200,
    code: 'CURSOR_EXPIRED',
    extensions: { resumeAfter: 41 },
    data: { fail: null },
  },
  {
    title: 'model failed',
    query: '{ fail(how: "model") }',
    status: 200,
    code: 'MODEL_ERROR',
    data: { fail: null },
  },
  {
    title: 'database away, without data',
    query: '{ failHard(how: "unavailable") }',
    status: 503,
    code: 'UNAVAILABLE',
    data: null,
  },
  {
    title: 'database away, with data',
    query: '{ hello fail(how: "unavailable") }',
    status: 200,
    code: 'UNAVAILABLE',
    data: { hello: 'hello', fail: null },
  },
  {
    title: 'our bug, without data',
    query: '{ failHard(how: "bug") }',
    status: 500,
    code: 'INTERNAL_SERVER_ERROR',
    data: null,
  },
  {
    title: 'our bug, with data',
    query: '{ hello fail(how: "bug") }',
    status: 200,
    code: 'INTERNAL_SERVER_ERROR',
    data: { hello: 'hello', fail: null },
  },
  {
    title: 'a thrown text',
    query: '{ fail(how: "text") }',
    status: 200,
    code: 'INTERNAL_SERVER_ERROR',
    data: { fail: null },
  },
  {
    title: 'nothing thrown',
    query: '{ fail(how: "nothing") }',
    status: 200,
    code: 'INTERNAL_SERVER_ERROR',
    data: { fail: null },
  },
];

async function overHttp(server: ToyServer, { query, variables, token }: Row) {
  return post(server, query, { variables, ...(token !== undefined && { token }) });
}

describe.each(ROWS)('$title', (row) => {
  const { status, code, extensions = {}, challenge = null } = row;
  const expected =
    code === 'INTERNAL_SERVER_ERROR' ? { code, correlationId: 'id-1' } : { code, ...extensions };

  test(`over HTTP: ${status} ${code}`, async () => {
    await using server = await startToyServer({ pipelineOptions: { newCorrelationId: () => 'id-1' } });
    const answer = await overHttp(server, row);
    expect(answer.body.errors?.[0]?.extensions).toEqual(expected);
    expect(answer.body.data).toEqual(row.data);
    expect(Object.hasOwn(answer.body, 'data')).toBe('data' in row);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('www-authenticate')).toBe(challenge);
    expect(answer.text).not.toContain('-secret');
    expect(answer.text).not.toContain('password');
    expect(answer.text).not.toContain('Did you mean');
  });

  test(`over a websocket: ${code}, and the socket stays`, async () => {
    await using server = await startToyServer({ pipelineOptions: { newCorrelationId: () => 'id-1' } });
    const { token, query, variables } = row;
    await using client = await SocketClient.ready(
      server.url,
      token === undefined ? undefined : { authorization: `Bearer ${token}` },
    );
    const messages = await client.run('bad', query, { variables });
    const text = JSON.stringify(messages);
    expect(text).not.toMatch(/-secret|password|Did you mean/);
    if ('data' in row) {
      const payload = { data: row.data, errors: [expect.objectContaining({ extensions: expected })] };
      expect(messages).toEqual([
        { id: 'bad', type: 'next', payload },
        { id: 'bad', type: 'complete' },
      ]);
    } else {
      expect(messages).toMatchObject([{ id: 'bad', type: 'error', payload: [{ extensions: expected }] }]);
    }
    expect(await client.run('good', '{ hello }')).toHaveLength(2);
  });

  test(`as an event: ${code}`, async () => {
    await using server = await startToyServer({ pipelineOptions: { newCorrelationId: () => 'id-1' } });
    const { token, query, variables } = row;
    await using reader = await EventReader.post(server.url, query, {
      variables,
      ...(token !== undefined && { token }),
    });
    expect(reader.response.status).toBe(200);
    const events = await reader.rest();
    expect(JSON.stringify(events)).not.toMatch(/-secret|password|Did you mean/);
    const errors = expect.arrayContaining([expect.objectContaining({ extensions: expected })]);
    const data = 'data' in row ? { data: row.data, errors } : { errors };
    expect(events).toEqual([
      { event: 'next', data },
      { event: 'complete', data: null },
    ]);
  });
});

test('the seconds to wait are a header as well', async () => {
  await using server = await startToyServer();
  const answer = await post(server, '{ failHard(how: "limit") }');
  expect(answer.headers.get('retry-after')).toBe('2');
});

test('our bug is logged once, with its cause and the id that the caller is given', async () => {
  await using server = await startToyServer();
  const answer = await post(server, '{ fail(how: "bug") }');
  expect(server.logged).toHaveLength(1);
  const [line = ''] = server.logged;
  expect(JSON.parse(line)).toMatchObject({
    err: { message: 'password-in-text' },
    correlationId: answer.body.errors?.[0]?.extensions['correlationId'],
    path: ['fail'],
  });
});

test.each([
  { title: 'unknown', authorization: 'Bearer unknown' },
  { title: 'of another scheme', authorization: 'Basic cmVhZGVyOg==' },
  { title: 'empty', authorization: 'Bearer ' },
  { title: 'one of two', authorization: 'Bearer reader, Bearer admin' },
])('a token that is $title is refused even for a public field', async ({ authorization }) => {
  await using server = await startToyServer();
  const answer = await post(server, '{ hello }', { headers: { authorization } });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  expect(answer.body.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(server.state.calls).toEqual([]);
});

test('a token that cannot be verified now is 503, one whose verification fails is 500 and told once', async () => {
  await using server = await startToyServer();
  expect((await post(server, '{ hello }', { token: 'keys-away' })).status).toBe(503);
  const answer = await post(server, '{ hello }', { token: 'crash' });
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('password');
  expect(server.logged).toHaveLength(1);
  expect(server.logged[0]).toContain('password-in-text');
});

test('a refused mutation runs none of its fields, on neither transport', async () => {
  await using server = await startToyServer();
  const query = 'mutation { touch write(text: "x") { id } }';
  expect((await post(server, query, { token: 'nobody' })).status).toBe(403);
  await using client = await SocketClient.ready(server.url, { authorization: 'Bearer nobody' });
  await client.run('1', query);
  expect(server.state.calls).toEqual([]);
});

test('a result that is no JSON is our bug, and the socket stays', async () => {
  await using server = await startToyServer();
  const answer = await post(server, '{ unprintable }');
  expect([answer.status, answer.body.errors?.[0]?.extensions['code']]).toEqual([
    500,
    'INTERNAL_SERVER_ERROR',
  ]);
  await using client = await SocketClient.ready(server.url);
  for (const query of ['{ unprintable }', 'subscription { unprintableEvents }']) {
    const messages = await client.run('1', query);
    expect(messages).toMatchObject([
      { type: 'error', payload: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    ]);
  }
  expect(await client.run('good', '{ hello }')).toHaveLength(2);
});

test('introspection is answered to any token, and to nobody when it is off', async () => {
  const query = '{ __schema { queryType { name } } }';
  await using server = await startToyServer();
  expect((await post(server, query, { token: 'nobody' })).body.data).toEqual({
    __schema: { queryType: { name: 'Query' } },
  });
  await using closed = await startToyServer({ pipelineOptions: { introspection: 'off' } });
  const answer = await post(closed, query, { token: 'admin' });
  expect([answer.status, answer.body.errors?.[0]?.message]).toEqual([400, 'Introspection is switched off.']);
  expect((await post(closed, '{ __typename }')).body.data).toEqual({ __typename: 'Query' });
});
