import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';

import { fetchAnswer } from '../../src/run/fetch-answer.ts';

async function serve(answer: RequestListener): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // it listens
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

describe('a success', () => {
  it('is answered as it is, before its body has come', async () => {
    await using endpoint = await serve((_, response) => void response.writeHead(200).write('data: 1\n\n'));
    const response = await fetchAnswer(endpoint.url);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it.each([
    ['a page', 200, { 'content-type': 'text/html; charset=utf-8' }],
    ['nothing', 204, {}],
  ])('that is %s is a failure', async (_, status, headers) => {
    await using endpoint = await serve((__, response) => void response.writeHead(status, headers).end());
    await expect(fetchAnswer(endpoint.url)).rejects.toMatchObject({ code: 'MODEL_ERROR' });
  });
});

describe('a failure', () => {
  it('has its status, its headers and its text', async () => {
    await using endpoint = await serve((_, response) => {
      response.writeHead(429, { 'retry-after': '3' }).end('{"error":"slow down"}');
    });
    const response = await fetchAnswer(endpoint.url);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
    expect(await response.json()).toEqual({ error: 'slow down' });
  });

  it('is cut, when its text has no end', async () => {
    await using endpoint = await serve((_, response) => {
      response.writeHead(500);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    const text = await (await fetchAnswer(endpoint.url)).text();
    expect(text.length).toBeGreaterThanOrEqual(65_536);
    expect(text.length).toBeLessThan(1_048_576);
  });

  it('is cut, when its text stops to come', async () => {
    await using endpoint = await serve((_, response) => void response.writeHead(500).write('half'));
    expect(await (await fetchAnswer(endpoint.url)).text()).toBe('half');
  });

  it('that breaks off gives what was there before', async () => {
    await using endpoint = await serve((_, response) => {
      response.writeHead(500, { 'content-length': '100' }).write('half', () => response.destroy());
    });
    const response = await fetchAnswer(endpoint.url);
    expect([response.status, await response.text()]).toEqual([500, 'half']);
  });

  it('of a status that HTTP does not know is a failure of the model', async () => {
    await using endpoint = await serve((_, response) => void response.writeHead(799).end('what'));
    await expect(fetchAnswer(endpoint.url)).rejects.toMatchObject({ code: 'MODEL_ERROR' });
  });
});
