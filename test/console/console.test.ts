import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config.ts';
import { createConsole } from '../../src/console/console.ts';
import { startToyServer } from '../_util/toy-server.ts';
import { createTempFolder } from '../store/temp-folder.ts';

const PAGE = '<!doctype html><p>console</p>';
const OFFER = { id: 'ann', may: 'much', scopes: ['agents:read'], token: 'a.b.c' };

const resources = new AsyncDisposableStack();
const folder = resources.use(await createTempFolder()).path;
let url: string;

beforeAll(async () => {
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'assets/a-1.css'), 'p {}');
  const site = await createConsole({ folder, offerTokens: () => Promise.resolve([OFFER]) });
  const config = { port: 0, host: '127.0.0.1', corsOrigins: ['*'] };
  const server = resources.use(await startToyServer({ sites: [site], config }));
  url = server.http.url;
});
afterAll(() => resources.disposeAsync());

describe('GET /', () => {
  it('is the page, under a policy that lets no text become a script or a style', async () => {
    const response = await fetch(url, { headers: { accept: 'text/html' } });
    const { host } = new URL(url);
    expect([response.status, await response.text()]).toEqual([200, PAGE]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' ws://${host} wss://${host}`,
      "img-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'takes no %s, and no page of another origin',
    async (method) => {
      const response = await fetch(url, { method, headers: { origin: 'http://attacker.example' } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it('without a bundle is a sentence that says how to make one', async () => {
    const site = await createConsole({ folder: join(folder, 'nowhere') });
    await using bare = await startToyServer({ sites: [site] });
    const response = await fetch(bare.http.url);
    expect([site.isBundled, response.status]).toEqual([false, 503]);
    expect(await response.text()).toContain('npm run console');
  });

  it('is nothing where there is no console', async () => {
    await using bare = await startToyServer();
    expect((await fetch(bare.http.url)).status).toBe(404);
  });
});

describe('what the page loads', () => {
  it.each([
    ['/console/assets/a-1.css', 200],
    ['/console/tokens', 200],
    ['/console/', 404],
    ['/console/index.html', 404],
    ['/console/assets/../index.html', 404],
    ['/console', 404],
    ['/index.html', 404],
    ['//', 404],
  ])('%s is answered %d', async (path, status) => {
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(status);
  });

  it('offers tokens to its own page alone', async () => {
    const own = await fetch(`${url}/console/tokens`);
    const foreign = await fetch(`${url}/console/tokens`, { headers: { origin: 'http://attacker.example' } });
    expect(await own.json()).toEqual({ callers: [OFFER] });
    expect([foreign.status, (await foreign.text()).includes(OFFER.token)]).toEqual([403, false]);
  });
});

describe('AMBIT_CONSOLE', () => {
  it.each([
    ['', 'on'],
    ['on', 'on'],
    ['off', 'off'],
  ])('as %j is %s', (text, value) => {
    expect(readConfig({ AMBIT_CONSOLE: text }).console).toBe(value);
  });

  it('as anything else stops the start', () => {
    expect(() => readConfig({ AMBIT_CONSOLE: 'yes' })).toThrow('AMBIT_CONSOLE must be one of on, off.');
  });
});
