import { expect, test } from 'vitest';

import { startToyServer } from '../_util/toy-server.ts';

const APP = 'https://app.example.com';

async function exchange(corsOrigins: readonly string[], init: RequestInit) {
  await using server = await startToyServer({
    config: { host: '127.0.0.1', port: 0, corsOrigins },
  });
  const { status, headers } = await fetch(server.url, init);
  return {
    status,
    allowed: headers.get('access-control-allow-origin'),
    methods: headers.get('access-control-allow-methods'),
    requestHeaders: headers.get('access-control-allow-headers'),
    exposed: headers.get('access-control-expose-headers'),
    credentials: headers.get('access-control-allow-credentials'),
    vary: headers.get('vary'),
  };
}

test.each([
  { origins: [], origin: APP, allowed: null },
  { origins: [APP], origin: APP, allowed: APP },
  { origins: ['https://a.example', APP], origin: APP, allowed: APP },
  { origins: [APP], origin: 'https://app.example.com.evil.example', allowed: null },
  { origins: [APP], origin: 'http://app.example.com', allowed: null },
  { origins: [APP], origin: 'https://app.example.com:8443', allowed: null },
  { origins: [APP], origin: 'null', allowed: null },
  { origins: [APP], origin: undefined, allowed: null },
  { origins: ['*'], origin: APP, allowed: '*' },
  { origins: ['*'], origin: undefined, allowed: null },
])('with $origins, $origin is allowed as $allowed', async ({ origins, origin, allowed }) => {
  const headers = { 'content-type': 'application/json', ...(origin !== undefined && { origin }) };
  const simple = await exchange(origins, { method: 'POST', headers, body: '{"query":"{ me }"}' });
  // Of another origin than those and the server's own: not let in at all.
  const isForeign = allowed === null && origin !== undefined;
  expect(simple).toMatchObject({ status: isForeign ? 403 : 401, allowed, credentials: null });
  expect(simple.exposed).toBe(allowed === null ? null : 'www-authenticate, retry-after, x-correlation-id');
  expect(simple.vary).toBe(origins.includes('*') ? null : 'Origin');

  const preflight = await exchange(origins, {
    method: 'OPTIONS',
    headers: {
      ...(origin !== undefined && { origin }),
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
  expect(preflight).toMatchObject({ status: 204, allowed, credentials: null });
  expect(preflight.methods).toBe(allowed === null ? null : 'GET, POST, OPTIONS');
  expect(preflight.requestHeaders).toBe(
    allowed === null
      ? null
      : 'authorization, content-type, apollo-require-preflight, x-apollo-operation-name',
  );
});

test('a page may read refusals of the request itself', async () => {
  const answer = await exchange([APP], {
    method: 'POST',
    headers: { origin: APP, 'content-type': 'text/plain' },
    body: 'x',
  });
  expect(answer).toMatchObject({ status: 415, allowed: APP });
});
