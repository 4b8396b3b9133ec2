import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { SearchClient } from '../../../src/agent/web-search/search-client.ts';
import { RequestPace } from '../../../src/agent/web-search/request-pace.ts';
import { ToolError } from '../../../src/errors.ts';
import { startSearchServer } from './search-server.ts';

const forever = new AbortController().signal;
const client = new SearchClient({ pace: new RequestPace({ intervalMs: 0 }) });

function get(baseUrl: string, path = '', signal = forever) {
  return client.request({ url: new URL(path, baseUrl), signal });
}

describe('a redirect', () => {
  it('is followed on the same origin', async () => {
    await using server = await startSearchServer(({ url }, response) =>
      url.pathname === '/new'
        ? response.end('here')
        : response.writeHead(302, { location: '/new' }).end('moved'),
    );
    expect(await get(server.baseUrl)).toEqual({ status: 200, text: 'here' });
  });

  it.each([
    ['another host', 'http://localhost:1/'],
    ['another port', 'http://127.0.0.1:1/'],
    ['another scheme', 'file:///etc/passwd'],
    ['a host without scheme', '//evil.example/'],
    ['what is no address', 'http://[broken'],
  ])('to %s is refused, and not asked', async (_, location) => {
    await using server = await startSearchServer((_, response) =>
      response.writeHead(301, { location }).end(),
    );
    await expect(get(server.baseUrl)).rejects.toThrow('redirects to another host');
    expect(server.seen).toHaveLength(1);
  });

  it('without end is refused', async () => {
    await using server = await startSearchServer((_, response) =>
      response.writeHead(307, { location: '/again' }).end(),
    );
    await expect(get(server.baseUrl)).rejects.toThrow('redirects instead of answering');
    expect(server.seen).toHaveLength(4);
  });

  it('of a POST is refused', async () => {
    await using server = await startSearchServer((_, response) =>
      response.writeHead(308, { location: '/again' }).end(),
    );
    const posting = client.request({ url: new URL(server.baseUrl), json: {}, signal: forever });
    await expect(posting).rejects.toThrow('redirects instead of answering');
    expect(server.seen).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('without end is cut at the limit, and its connection closed', async () => {
    await using server = await startSearchServer(async (_, response) => {
      while (!response.destroyed) {
        if (!response.write('x'.repeat(65_536))) await sleep(1);
      }
    });
    await expect(get(server.baseUrl)).rejects.toThrow('The answer of the search service is too large.');
    await server.abandoned;
  });

  it('that is small only while packed is cut at the limit', async () => {
    await using server = await startSearchServer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(10_000_000))),
    );
    await expect(get(server.baseUrl)).rejects.toThrow('too large');
  });

  it('that never begins is given up', async () => {
    await using server = await startSearchServer(() => undefined);
    const hasty = new SearchClient({ timeoutMs: 50 });
    const asking = hasty.request({ url: new URL(server.baseUrl), signal: forever });
    await expect(asking).rejects.toThrow('The search service did not answer within 0.05 seconds.');
    await expect(asking).rejects.toThrow(ToolError);
  });

  it('that trickles is given up', async () => {
    await using server = await startSearchServer(async (_, response) => {
      while (!response.destroyed) {
        response.write('x');
        await sleep(5);
      }
    });
    const hasty = new SearchClient({ timeoutMs: 50 });
    const asking = hasty.request({ url: new URL(server.baseUrl), signal: forever });
    await expect(asking).rejects.toThrow('did not answer within');
    await server.abandoned;
  });

  it('that breaks off is an error', async () => {
    await using server = await startSearchServer((_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half', () => response.destroy());
    });
    await expect(get(server.baseUrl)).rejects.toThrow('The answer of the search service broke off.');
  });

  it('whose connection closes at once is an error', async () => {
    await using server = await startSearchServer((_, response) => response.destroy());
    await expect(get(server.baseUrl)).rejects.toThrow('The search service cannot be reached.');
  });

  it.each([
    ['text/html; charset=ISO-8859-1', [0x63, 0x61, 0x66, 0xe9], 'café'],
    ['text/html; charset="windows-1251"', [0xe4, 0xe0], 'да'],
    ['text/html; charset=nonsense', [0x63, 0xc3, 0xa9], 'cé'],
    ['text/html', [0x63, 0xe9, 0x21], 'c\uFFFD!'],
  ])('in %s is read as its bytes say', async (type, bytes, text) => {
    await using server = await startSearchServer((_, response) =>
      response.writeHead(200, { 'content-type': type }).end(Buffer.from(bytes)),
    );
    expect(await get(server.baseUrl)).toEqual({ status: 200, text });
  });

  it('is no longer waited for when the signal aborts', async () => {
    const run = new AbortController();
    const reason = new Error('cancelled');
    await using server = await startSearchServer((_, response) =>
      response.write('x', () => run.abort(reason)),
    );
    await expect(get(server.baseUrl, '', run.signal)).rejects.toBe(reason);
    await server.abandoned;
  });
});

describe('a service that is not there', () => {
  it('is a clear error, with the cause for the log', async () => {
    const server = await startSearchServer(() => undefined);
    await server[Symbol.asyncDispose]();
    const error = await get(server.baseUrl).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ToolError);
    expect(error).toMatchObject({
      message: 'The search service cannot be reached.',
      cause: expect.any(Error),
    });
  });

  it('whose name nobody knows is one too', async () => {
    await expect(get('http://search.invalid/')).rejects.toThrow('The search service cannot be reached.');
  });
});
