import { mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config.ts';
import { createPlayground } from '../../src/playground/playground.ts';
import { rawRequest } from '../_util/raw-request.ts';
import { startToyServer } from '../_util/toy-server.ts';
import { createTempFolder } from '../store/temp-folder.ts';

const SCRIPT = 'console.log("hi")';
const OFFER = { id: 'ann', may: 'much', scopes: ['agents:read'], token: 'a.b.c' };

const resources = new AsyncDisposableStack();
const folder = resources.use(await createTempFolder()).path;
let server: Awaited<ReturnType<typeof startToyServer>>;

beforeAll(async () => {
  await mkdir(join(folder, 'bundle/assets'), { recursive: true });
  await writeFile(join(folder, 'bundle/index.html'), '<!doctype html><p>playground</p>');
  await writeFile(join(folder, 'bundle/assets/a-1.js'), SCRIPT);
  await writeFile(join(folder, 'bundle/assets/a-1.js.gz'), gzipSync(SCRIPT));
  await writeFile(join(folder, 'bundle/assets/a-1.bin'), 'of no known type');
  await writeFile(join(folder, 'secret.js'), 'outside');
  const offerTokens = () => Promise.resolve([OFFER]);
  const playground = await createPlayground({ folder: join(folder, 'bundle'), offerTokens });
  server = resources.use(
    await startToyServer({
      page: playground.page,
      sites: [playground],
      config: { port: 0, host: '127.0.0.1', corsOrigins: ['*'] },
    }),
  );
});
afterAll(() => resources.disposeAsync());

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends what `fetch` would not: any Host, any Origin. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const sent = request({
    host: '127.0.0.1',
    port: server.http.port,
    path,
    headers,
    method,
    agent: false,
  }).end();
  // What Node's client emits with `response`.
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = await response.toArray();
  const bytes = Buffer.concat(chunks);
  const body = response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return { status: response.statusCode ?? 0, headers: response.headers, body: String(body) };
}

describe('GET /graphql from a browser', () => {
  it('is the page, under a policy that names this host only', async () => {
    const { status, headers, body } = await get('/graphql', { accept: 'text/html', host: 'localhost:4000' });
    expect([status, body]).toEqual([200, '<!doctype html><p>playground</p>']);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "connect-src 'self' ws://localhost:4000 wss://localhost:4000",
      "worker-src 'self'",
      "font-src 'self' data:",
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it.each(['evil.example; script-src *', 'a b', 'x,y', 'a:1:2', 'a*', '[::1', "'unsafe-inline'"])(
    'takes nothing from the Host %j into the policy',
    async (host) => {
      const { headers } = await get('/graphql', { accept: 'text/html', host });
      expect(headers['content-security-policy']).toContain("connect-src 'self'; worker-src");
    },
  );

  it('without a bundle is a sentence that says how to make one', async () => {
    const { page, isBundled } = await createPlayground({ folder: join(folder, 'nowhere') });
    await using bare = await startToyServer({ page });
    const response = await fetch(bare.url, { headers: { accept: 'text/html' } });
    expect([isBundled, response.status]).toEqual([false, 503]);
    expect(await response.text()).toContain('npm run playground');
  });
});

describe('what the page loads', () => {
  it('is kept for ever: its name changes with its content', async () => {
    const { status, headers, body } = await get('/playground/assets/a-1.js');
    expect([status, body]).toEqual([200, SCRIPT]);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it.each([
    ['gzip', true],
    ['deflate, gzip;q=0.5, br', true],
    ['br, GZIP', true],
    ['gzip;q=0', false],
    ['gzip;q=0.000', false],
    ['x-gzip', false],
    ['identity', false],
  ])('to a client that accepts %j is compressed: %s', async (encodings, isCompressed) => {
    const { headers, body } = await get('/playground/assets/a-1.js', { 'accept-encoding': encodings });
    expect([headers['content-encoding'] === 'gzip', body]).toEqual([isCompressed, SCRIPT]);
  });

  it('answers HEAD without a body', async () => {
    const { status, headers, body } = await get('/playground/assets/a-1.js', {}, 'HEAD');
    expect([status, body, headers['content-length']]).toEqual([200, '', String(SCRIPT.length)]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('takes no %s', async (method) => {
    const { status, headers } = await get('/playground/assets/a-1.js', {}, method);
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  it.each([
    '/playground/',
    '/playground/index.html',
    '/playground/assets/',
    '/playground/assets/b.js',
    '/playground/assets/a-1.bin',
    '/playground/assets/a-1.js.gz',
    '/playground/assets/a-1.js/',
    '/playground/assets/../../secret.js',
    '/playground/../secret.js',
    '/playground/assets/..%2f..%2fsecret.js',
    '/playground/assets/%2e%2e/%2e%2e/secret.js',
    String.raw`/playground/assets/..\..\secret.js`,
    '/playground//etc/passwd',
    '/playground/assets//etc/passwd',
    '/playground/assets/a-1.js%00.html',
    '/playground/__proto__',
    '/playground/constructor',
    '/playground',
    '/playgroundX/assets/a-1.js',
  ])('is not %s', async (path) => {
    const { status, body } = await rawRequest(
      server.http.port,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(status).toBe(404);
    expect(body).not.toContain('outside');
  });
});

describe('GET /playground/tokens', () => {
  it.each([
    ['localhost', {}],
    ['LOCALHOST:4000', {}],
    ['127.0.0.1:4000', { 'sec-fetch-site': 'same-origin' }],
    ['[::1]:4000', { 'sec-fetch-site': 'none' }],
    ['localhost:4000', { origin: 'http://localhost:4000', 'sec-fetch-site': 'same-origin' }],
  ])('of %s with %j gives the tokens, to nobody else', async (host, headers) => {
    const answer = await get('/playground/tokens', { host, ...headers });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { callers: [OFFER] }]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each([
    ['attacker.example', {}],
    ['attacker.example:4000', { 'sec-fetch-site': 'same-origin' }],
    ['localhost.attacker.example', {}],
    ['attacker.example#localhost', {}],
    ['127.0.0.1.attacker.example', {}],
    ['127.0.0.2', {}],
    ['0.0.0.0:4000', {}],
    ['[::]:4000', {}],
    ['localhost:4000:4000', {}],
    ['localhost.', {}],
    ['localhost:4000', { origin: 'http://attacker.example' }],
    ['localhost:4000', { origin: 'http://localhost:3000' }],
    ['localhost:4000', { origin: 'https://localhost:4000' }],
    ['localhost:4000', { origin: 'null' }],
    ['localhost:4000', { 'sec-fetch-site': 'cross-site' }],
    ['localhost:4000', { 'sec-fetch-site': 'same-site' }],
    ['localhost:4000', { 'x-forwarded-for': '203.0.113.7' }],
    ['localhost:4000', { 'x-forwarded-host': 'ambit.example' }],
    ['localhost:4000', { forwarded: 'for=203.0.113.7' }],
    ['localhost:4000', { via: '1.1 tunnel' }],
  ])('of %j with %j is refused', async (host, headers) => {
    const { status, body, headers: answered } = await get('/playground/tokens', { host, ...headers });
    expect(status).toBe(403);
    expect(body).not.toContain(OFFER.token);
    expect(answered['access-control-allow-origin']).toBeUndefined();
  });

  it('is refused when there are two hosts, or none', async () => {
    const ask = (lines: string): Promise<{ status: number; body: string }> =>
      rawRequest(server.http.port, `GET /playground/tokens HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`);
    for (const lines of ['Host: evil.example\r\nHost: localhost\r\n', '']) {
      const { status, body } = await ask(lines);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body).not.toContain(OFFER.token);
    }
  });

  it('allows no preflight, though CORS_ORIGINS allows everybody', async () => {
    const { status, headers } = await get(
      '/playground/tokens',
      { origin: 'http://attacker.example', 'access-control-request-method': 'GET' },
      'OPTIONS',
    );
    expect(status).toBe(405);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('names nobody when the server offers none, whoever asks', async () => {
    const playground = await createPlayground({ folder });
    await using bare = await startToyServer({ sites: [playground] });
    const response = await fetch(new URL('/playground/tokens', bare.url));
    expect([response.status, await response.json()]).toEqual([200, { callers: [] }]);
  });
});

describe('AMBIT_PLAYGROUND', () => {
  it.each([
    ['', 'on'],
    ['on', 'on'],
    ['off', 'off'],
  ])('as %j is %s', (text, value) => {
    expect(readConfig({ AMBIT_PLAYGROUND: text }).playground).toBe(value);
  });

  it('as anything else stops the start', () => {
    expect(() => readConfig({ AMBIT_PLAYGROUND: 'yes' })).toThrow('AMBIT_PLAYGROUND must be one of on, off.');
  });
});
