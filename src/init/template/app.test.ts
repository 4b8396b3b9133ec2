import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';

import { createLogger, readConfig, startApp } from 'ambit';
import { type AmbitClient, createAmbitClient } from 'ambit/client';

import app from './app.ts';

test('the assistant looks up what is in stock', async (t) => {
  const model = await startModel(t, [
    { tool_calls: [toCall('read_stock', { article: 'Green tea' })] },
    { content: 'There are 12 left.' },
  ]);
  const client = await startServer(t, { modelUrl: model.url, scopes: ['agents:run', 'sessions:read'] });

  const run = client.runAgent({ agentId: 'shop-assistant', message: 'How much green tea is left?' });

  const { status, output, toolCalls } = await run.result;
  assert.deepEqual({ status, output }, { status: 'COMPLETED', output: 'There are 12 left.' });
  assert.deepEqual(toolCalls[0]?.result, { article: 'Green tea', count: 12 });
  assert.match(JSON.stringify(model.requests[1]), /12/); // what the tool gave has come to the model
});

test('who may not run the assistant is told so', async (t) => {
  const model = await startModel(t, []);
  const client = await startServer(t, { modelUrl: model.url, scopes: ['agents:read'] });
  const run = client.runAgent({ agentId: 'shop-assistant', message: 'Hello' });
  await assert.rejects(run.result, { code: 'FORBIDDEN' });
});

const KEY = 'a secret for tests that is longer than thirty-two characters';

/** The app with an empty database in memory, until the test ends, and a client whose token has these scopes. No .env is read. */
async function startServer(
  t: TestContext,
  { modelUrl, scopes }: { modelUrl: string; scopes: string[] },
): Promise<AmbitClient> {
  const settings = {
    PORT: '0',
    DATABASE_URL: 'memory',
    JWT_VERIFICATION_KEY: KEY,
    OPENAI_BASE_URL: modelUrl,
  };
  const log = createLogger('silent');
  const server = await startApp({ definition: app, config: readConfig(settings), log });
  const client = createAmbitClient({ url: `${server.url}/graphql`, token: createToken(scopes) });
  t.after(async () => {
    await client.dispose();
    await server.stop();
  });
  return client;
}

function createToken(scopes: string[]): string {
  const claims = { sub: 'ann', scopes, exp: Math.floor(Date.now() / 1000) + 60 };
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => JSON.stringify(part));
  const text = parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', KEY).update(text).digest('base64url')}`;
}

/** A model that says what the test wants, one delta to each request, over the protocol of a real one. */
async function startModel(t: TestContext, deltas: object[]): Promise<{ url: string; requests: unknown[] }> {
  const requests: unknown[] = [];
  const server = createServer(async (request, response) => {
    requests.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    const delta = deltas.shift();
    if (delta === undefined) return void response.writeHead(400).end('The test expects no further request.');
    const finish_reason = 'tool_calls' in delta ? 'tool_calls' : 'stop';
    const chunk = { id: '1', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  return { url: `http://127.0.0.1:${address.port}/v1`, requests };
}

function toCall(name: string, args: object): object {
  return { index: 0, id: 'call-1', type: 'function', function: { name, arguments: JSON.stringify(args) } };
}
