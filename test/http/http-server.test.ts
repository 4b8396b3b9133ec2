import { once } from 'node:events';
import { createServer } from 'node:net';

import { describe, expect, test } from 'vitest';

import { openConnection, rawRequest, readAll } from '../_util/raw-request.ts';
import { post, startToyServer, toAnswer } from '../_util/toy-server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('addresses and methods', () => {
  test.each([
    ['GET', '/', 404],
    ['GET', '/graphql/', 404],
    ['GET', '/graphqlx', 404],
    ['GET', '/__proto__', 404],
    ['GET', '/constructor', 404],
    ['POST', '/health', 405],
    ['DELETE', '/ready', 405],
    ['PUT', '/graphql', 405],
    ['DELETE', '/graphql', 405],
    ['HEAD', '/graphql', 405],
    ['OPTIONS', '/graphql', 204],
    ['HEAD', '/health', 200],
  ])('%s %s: %s', async (method, path, status) => {
    await using server = await startToyServer();
    const response = await fetch(server.http.url + path, { method });
    expect(response.status).toBe(status);
    const text = await response.text();
    if (status === 405 || status === 204)
      expect(response.headers.get('allow')).toMatch(/^GET, (POST|HEAD), OPTIONS$/);
    if (status >= 400 && method !== 'HEAD')
      expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: {} }] });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  test('a target in absolute form is found, one that is no address is not', async () => {
    await using server = await startToyServer();
    const request = (target: string) =>
      rawRequest(server.http.port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect((await request('http://example.com/health')).status).toBe(200);
    expect((await request('//')).status).toBe(404);
    expect((await request('*')).status).toBe(404);
  });

  test.each([
    '//x/graphql',
    '//graphql',
    String.raw`/\x/graphql`,
    '/public/../graphql',
    '/./graphql',
    '/x/%2e%2e/graphql',
    '/%67raphql',
    '/graphql/',
    '/graphql;x',
    '/graphql#x',
    '/GraphQL',
    'ftp://example.com/graphql',
  ])('%s is no other way to /graphql', async (target) => {
    await using server = await startToyServer();
    const body = '{"query":"{ hello }"}';
    const head = `Host: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`;
    const answer = await rawRequest(server.http.port, `POST ${target} HTTP/1.1\r\n${head}\r\n\r\n${body}`);
    expect(answer.status).toBe(404);
    const upgrade = `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`;
    expect((await rawRequest(server.http.port, upgrade)).status).toBe(404);
  });

  test.each<[string, string, number]>([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6', 400],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked', 400],
    ['a length that is no number', 'Content-Length: +5', 400],
    ['a folded header', 'X: a\r\n b\r\nContent-Length: 0', 400],
    ['a header of 40 KB', `X: ${'a'.repeat(40_000)}`, 431],
    ['an expectation of its own', 'Expect: the-unexpected\r\nContent-Length: 0', 417],
  ])('a request with %s is refused, and nothing behind it is read', async (_name, headers, status) => {
    await using server = await startToyServer();
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n\r\n`;
    const answer = await rawRequest(server.http.port, `${head}GET /health HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('HTTP/1.1 200');
  });

  test('an offer of HTTP/2 is ignored and the request answered', async () => {
    await using server = await startToyServer();
    const body = '{"query":"{ hello }"}';
    const answer = await rawRequest(
      server.http.port,
      `POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect([answer.status, answer.body]).toEqual([200, '{"data":{"hello":"hello"}}\n']);
  });
});

describe('health and readiness', () => {
  test('health reports what the callback says, and 200 whatever happens', async () => {
    await using server = await startToyServer();
    const report = await toAnswer(await fetch(`${server.http.url}/health`));
    expect([report.status, report.body]).toEqual([200, { status: 'ok', version: '0.0.0', database: 'toy' }]);
    for (const health of [
      () => Promise.reject(new Error('hidden')),
      () => new Promise<never>(() => undefined),
    ]) {
      await using broken = await startToyServer({ health, limits: { probeTimeoutMs: 20 } });
      const answer = await toAnswer(await fetch(`${broken.http.url}/health`));
      expect([answer.status, answer.body]).toEqual([200, { status: 'degraded' }]);
    }
  });

  test.each([
    ['ready', async () => [], 200, { ready: true }],
    ['not ready', async () => ['database'], 503, { ready: false, reasons: ['database'] }],
    ['failing', () => Promise.reject(new Error('hidden')), 503, { ready: false, reasons: ['silence'] }],
    ['hanging', () => new Promise<never>(() => undefined), 503, { ready: false, reasons: ['silence'] }],
  ])('%s', async (_, hindrances, status, body) => {
    await using server = await startToyServer({ hindrances, limits: { probeTimeoutMs: 20 } });
    const answer = await toAnswer(await fetch(`${server.http.url}/ready`));
    expect([answer.status, answer.body]).toEqual([status, body]);
  });
});

describe('the body', () => {
  test.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ['malformed JSON', '{"query":', JSON_TYPE, 400, 'The body is not JSON.'],
    ['nothing', '', JSON_TYPE, 400, 'The body is not JSON.'],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), JSON_TYPE, 400, 'The body is not UTF-8.'],
    [
      'a UTF-16 charset',
      '{}',
      { 'content-type': 'application/json; charset=utf-16' },
      415,
      'The charset must be utf-8.',
    ],
    [
      'a charset of nonsense',
      '{}',
      { 'content-type': 'application/json; charset=x-user-defined' },
      415,
      'The charset must be utf-8.',
    ],
    [
      'compressed',
      '{}',
      { ...JSON_TYPE, 'content-encoding': 'gzip' },
      415,
      'The body must not be compressed.',
    ],
    [
      'text',
      '{"query":"{ hello }"}',
      { 'content-type': 'text/plain' },
      415,
      'The content-type must be application/json.',
    ],
    [
      'a form',
      'query=%7B%20hello%20%7D',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'The content-type must be application/json.',
    ],
    [
      'multipart',
      'x',
      { 'content-type': 'multipart/form-data; boundary=x' },
      415,
      'The content-type must be application/json.',
    ],
    ['no media type', 'x', { 'content-type': 'x' }, 415, 'The content-type must be application/json.'],
    [
      'application/graphql',
      '{ hello }',
      { 'content-type': 'application/graphql' },
      415,
      'The content-type must be application/json.',
    ],
    ['a list', '[{"query":"{ hello }"}]', JSON_TYPE, 400, 'Operation batching disabled.'],
    [
      'a list of 3000',
      JSON.stringify(Array.from({ length: 3000 }, () => ({ query: '{ hello }' }))),
      JSON_TYPE,
      400,
      'Operation batching disabled.',
    ],
    ['null', 'null', JSON_TYPE, 400, 'POST body missing, invalid Content-Type, or JSON object has no keys.'],
    [
      'no query',
      '{"variables":{}}',
      JSON_TYPE,
      400,
      'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.',
    ],
    ['a query that is no text', '{"query":{"a":1}}', JSON_TYPE, 400, 'GraphQL queries must be strings.'],
    [
      'variables that are a list',
      '{"query":"{ hello }","variables":[]}',
      JSON_TYPE,
      400,
      '`variables` in a POST body must be an object if provided.',
    ],
    [
      'variables that are text',
      '{"query":"{ hello }","variables":"{}"}',
      JSON_TYPE,
      400,
      '`variables` in a POST body should be provided as an object, not a recursively JSON-encoded string.',
    ],
    [
      'a hash alone',
      '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}',
      JSON_TYPE,
      200,
      'PersistedQueryNotSupported',
    ],
    ['half a million brackets', '['.repeat(500_000), JSON_TYPE, 400, 'The body is not JSON.'],
    [
      'variables half a million deep',
      `{"query":"{ hello }","variables":{"a":${'['.repeat(250_000)}${']'.repeat(250_000)}}}`,
      JSON_TYPE,
      400,
      'The operation goes beyond the limit valueDepth (32).',
    ],
    [
      'extensions half a million deep',
      `{"query":"{ helo }","extensions":{"a":${'['.repeat(250_000)}${']'.repeat(250_000)}}}`,
      JSON_TYPE,
      400,
      'Cannot query field "helo" on type "Query".',
    ],
  ])('%s: an answer in JSON, and nothing runs', async (_, body, headers, status, message) => {
    await using server = await startToyServer();
    const answer = await toAnswer(
      await fetch(server.url, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) }),
    );
    expect([answer.status, answer.body.errors?.[0]?.message]).toEqual([status, message]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.body).not.toHaveProperty('data');
    expect(server.state.calls).toEqual([]);
    expect(server.logged).toEqual([]);
  });

  test('a POST without a content-type is 415', async () => {
    await using server = await startToyServer();
    const answer = await rawRequest(
      server.http.port,
      'POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}',
    );
    expect(answer.status).toBe(415);
  });

  test('a byte order mark and characters of any plane are read', async () => {
    await using server = await startToyServer();
    const body = `\uFEFF${JSON.stringify({ query: '{ echo(text: "😁é") }' })}`;
    const answer = await toAnswer(await fetch(server.url, { method: 'POST', headers: JSON_TYPE, body }));
    expect(answer.body.data).toEqual({ echo: '{"text":"😁é","size":5}' });
  });

  test.each([
    ['with its length told', (bytes: number): RequestInit => ({ body: ' '.repeat(bytes) })],
    [
      'in chunks',
      (bytes: number): RequestInit => ({ body: new Blob([' '.repeat(bytes)]).stream(), duplex: 'half' }),
    ],
  ])('more than 1 MiB %s is 413, and the connection can still be read', async (_, request) => {
    await using server = await startToyServer();
    const init: RequestInit = { method: 'POST', headers: JSON_TYPE };
    const at = await toAnswer(await fetch(server.url, { ...init, ...request(1_048_576) }));
    expect(at.body.errors?.[0]?.message).toBe('The body is not JSON.');
    for (const bytes of [1_048_577, 20_000_000]) {
      const answer = await toAnswer(await fetch(server.url, { ...init, ...request(bytes) }));
      expect(answer.status).toBe(413);
      expect(answer.body.errors?.[0]?.extensions).toEqual({ code: 'LIMIT_EXCEEDED', limit: 'bodyBytes' });
    }
  });

  test('a body that does not come in time ends the request', async () => {
    await using server = await startToyServer({ limits: { requestTimeoutMs: 50, headersTimeoutMs: 50 } });
    const slow = await rawRequest(
      server.http.port,
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
    );
    expect(slow.status).toBe(408);
    const headers = await rawRequest(server.http.port, 'POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    expect(headers.status).toBe(408);
    expect(server.logged).toEqual([]);
  });

  test('a client that leaves in the middle of its body is no error of ours', async () => {
    await using server = await startToyServer();
    const socket = await openConnection(server.http.port);
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
    );
    socket.end();
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await post(server, '{ hello }')).status).toBe(200);
    expect(server.logged).toEqual([]);
  });
});

describe('GET', () => {
  const PREFLIGHTED = { 'apollo-require-preflight': '1' };

  test('runs queries only', async () => {
    await using server = await startToyServer();
    const get = async (query: string) =>
      toAnswer(await fetch(`${server.url}?query=${encodeURIComponent(query)}`, { headers: PREFLIGHTED }));
    expect((await get('{ hello }')).body).toEqual({ data: { hello: 'hello' } });
    for (const query of ['mutation { touch }', 'subscription { count(to: 1) }']) {
      const answer = await get(query);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
    expect(server.state.calls).toEqual(['hello']);
  });

  test('is refused as a page of another site could send it', async () => {
    await using server = await startToyServer();
    const search = '?query=%7B%20hello%20%7D';
    expect((await fetch(server.url + search)).status).toBe(400);
    expect((await fetch(server.url + search, { headers: { 'content-type': 'text/plain' } })).status).toBe(
      400,
    );
    expect(
      (await fetch(server.url + search, { headers: { ...PREFLIGHTED, 'content-type': 'text/plain' } }))
        .status,
    ).toBe(415);
    expect(server.state.calls).toEqual([]);
  });

  test('has the same limits and variables', async () => {
    await using server = await startToyServer();
    const get = async (search: string) =>
      toAnswer(await fetch(server.url + search, { headers: PREFLIGHTED }));
    expect((await get('?query=%7Bhello%7D&variables=%7B')).status).toBe(400);
    expect((await get('?query=%7Bhello%7D&query=%7Bhello%7D')).status).toBe(400);
    expect((await get('?query=%7Bhelo%7D')).body.errors?.[0]?.extensions['code']).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
    expect(
      (await get('?query=query(%24t%3AString)%7Becho(text%3A%24t)%7D&variables=%7B%22t%22%3A%22x%22%7D')).body
        .data,
    ).toEqual({ echo: '{"text":"x","size":5}' });
  });

  test('from a browser is the page, or 406 without one', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
    await using server = await startToyServer({ page: (_, response) => void response.end('<p>page</p>') });
    expect(await (await fetch(server.url, { headers })).text()).toBe('<p>page</p>');
    await using bare = await startToyServer();
    const answer = await toAnswer(await fetch(bare.url, { headers }));
    expect([answer.status, answer.body.errors?.[0]?.extensions['code']]).toEqual([406, 'BAD_REQUEST']);
  });

  test('a page that throws is masked', async () => {
    await using server = await startToyServer({ page: () => Promise.reject(new Error('hidden')) });
    const answer = await toAnswer(await fetch(server.url, { headers: { accept: 'text/html' } }));
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('hidden');
    expect(server.logged).toHaveLength(1);
  });
});

test('a client that takes neither media type is told before anything runs', async () => {
  await using server = await startToyServer();
  const answer = await post(server, 'mutation { touch }', { headers: { accept: 'text/html' } });
  expect(answer.status).toBe(406);
  expect(server.state.calls).toEqual([]);
});

test.each([
  ['application/json', 'application/json; charset=utf-8'],
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
  [
    'application/graphql-response+json, application/json;q=0.9',
    'application/graphql-response+json; charset=utf-8',
  ],
  ['*/*', 'application/json; charset=utf-8'],
])('Accept: %s is answered with %s, errors too', async (accept, type) => {
  await using server = await startToyServer();
  for (const query of ['{ hello }', '{ helo }', '{ me }']) {
    expect((await post(server, query, { headers: { accept } })).headers.get('content-type')).toBe(type);
  }
});

test('a subscription by POST is refused and its resolvers stay unused', async () => {
  await using server = await startToyServer();
  const answer = await post(server, 'subscription { count(to: 1) }');
  expect(answer.status).toBe(400);
  expect(answer.body.errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
  expect(answer.body.errors?.[0]?.message).toContain('websocket');
  expect(server.state.produced).toBe(0);
});

test('a client that does not read its answer is cut off', async () => {
  await using server = await startToyServer({ limits: { idleTimeoutMs: 100 } });
  const socket = await openConnection(server.http.port);
  socket.pause();
  const body = '{"query":"{ big(bytes: 50000000) }"}';
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await server.state.called('big');
  await once(server.state.signals[0] ?? new EventTarget(), 'abort');
  expect((await readAll(socket.resume())).length).toBeLessThan(50_000_000);
});

test('a client that leaves aborts the signal of its operation', async () => {
  await using server = await startToyServer();
  const controller = new AbortController();
  const request = fetch(server.url, {
    method: 'POST',
    headers: JSON_TYPE,
    body: '{"query":"{ wait }"}',
    signal: controller.signal,
  });
  await server.state.called('wait');
  expect(server.state.signals[0]?.aborted).toBe(false);
  controller.abort();
  await expect(request).rejects.toThrow('aborted');
  await server.state.called('waited');
  expect(server.state.signals[0]?.aborted).toBe(true);
});

test('a taken port is an error that says what to do', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const config = { host: '127.0.0.1', port: address.port, corsOrigins: [] };
  await expect(startToyServer({ config })).rejects.toThrow(
    `Port ${address.port} on 127.0.0.1 is taken. Stop the program that uses it, or set PORT to another number.`,
  );
  other.close();
  const elsewhere = { ...config, host: '192.0.2.1', port: 0 };
  await expect(startToyServer({ config: elsewhere })).rejects.toThrow(
    /HOST is "192.0.2.1", which is no address/,
  );
});

test('many requests on one connection are answered in turn', async () => {
  await using server = await startToyServer();
  const socket = await openConnection(server.http.port);
  const body = '{"query":"{ hello }"}';
  const request = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  socket.write(`${`${request}\r\n${body}`.repeat(50)}${request}Connection: close\r\n\r\n${body}`);
  expect((await readAll(socket)).match(/"hello":"hello"/g)).toHaveLength(51);
});
