import { hash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { toAnswer } from '../_util/toy-server.ts';
import { SocketClient } from '../_util/socket-client.ts';

const VIEWER = 'query Viewer { viewer { id } }';

async function ask(server: TestApp, body: object, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${await server.token('ann', ['sessions:read'])}`;
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization, ...headers },
    body: JSON.stringify(body),
  };
  return toAnswer(await fetch(`${server.app.url}/graphql`, init));
}

async function openSocket(server: TestApp): Promise<SocketClient> {
  const authorization = `Bearer ${await server.token('ann', ['sessions:read'])}`;
  return SocketClient.ready(`${server.app.url}/graphql`, { authorization });
}

describe('the cost of an operation', () => {
  const messagesOf = (first: number, inner: string): string =>
    `{ sessions(first: ${first}) { edges { node { id messages(first: 100) { edges { node { ${inner} } } } } } } }`;

  it.each([
    ['{ sessions(first: 100) { edges { node { id name agentId createdAt } } } }', null],
    // A hundred conversations of a hundred messages.
    [messagesOf(100, 'id content'), null],
    [messagesOf(100, 'id content role createdAt runId a: content b: content'), 'cost'],
    [
      '{ sessions { edges { node { runs(first: 100) { edges { node { toolCalls { id name arguments } } } } } } } }',
      null,
    ],
    [
      '{ sessions(first: 100) { edges { node { runs(first: 100) { edges { node { toolCalls { id } } } } } } } }',
      'cost',
    ],
    ['subscription { runEvents(runId: "x") { seq at ... on RunFinished { run { output } } } }', null],
    // Each event would be made of hundreds of fields.
    [
      `subscription { runEvents(runId: "x") { ... on RunFinished { run { ${Array.from({ length: 100 }, (_, i) => `a${i}: toolCalls { id arguments }`).join(' ')} } } } }`,
      'cost',
    ],
  ])('of %s goes beyond: %s', async (query, limit) => {
    await using server = await startTestApp();
    await using socket = await openSocket(server);
    const [message] = await socket.run('1', query);
    const told = message?.type === 'error' ? message.payload : null;
    if (limit !== null) {
      const extensions = { code: 'LIMIT_EXCEEDED', limit, cost: expect.any(Number), maxCost: 100_000 };
      expect(told).toMatchObject([{ extensions }]);
      if (query.startsWith('{')) {
        expect(await ask(server, { query })).toMatchObject({
          status: 400,
          body: { errors: [{ extensions }] },
        });
      }
    } else {
      expect(JSON.stringify(told)).not.toContain('LIMIT_EXCEEDED');
    }
  });

  it('may be set', async () => {
    await using server = await startTestApp({ env: { AMBIT_MAX_COST: '1' } });
    expect((await ask(server, { query: '{ __typename }' })).status).toBe(200);
    expect(await ask(server, { query: VIEWER })).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { limit: 'cost', cost: 2, maxCost: 1 } }] },
    });
  });
});

it('the settings bound users, addresses behind a proxy, and sockets', async () => {
  const env = {
    TRUST_PROXY: 'loopback',
    AMBIT_RATE_PER_USER: '3',
    AMBIT_RATE_PER_ADDRESS: '2',
    AMBIT_SOCKETS_PER_USER: '1',
    AMBIT_SOCKETS_PER_ADDRESS: '2',
  };
  await using server = await startTestApp({ env });
  const from = (address: string) => ask(server, { query: VIEWER }, { 'x-forwarded-for': address });
  const outcomes = [];
  for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.3']) {
    const { status, body } = await from(address);
    outcomes.push(status === 200 ? 200 : body.errors?.[0]?.extensions['limit']);
  }
  expect(outcomes).toEqual([200, 200, 'ratePerAddress', 200, 'ratePerUser']);
  await using one = await openSocket(server);
  expect(one.socket.readyState).toBe(one.socket.OPEN);
  await expect(openSocket(server)).rejects.toThrow('4429');
});

describe('registered documents', () => {
  it('alone run, and a file that will not do stops the start', async () => {
    const file = join(tmpdir(), `ambit-documents-${process.pid}.json`);
    const id = `sha256:${hash('sha256', VIEWER)}`;
    try {
      await writeFile(file, JSON.stringify({ [id]: VIEWER }));
      await using server = await startTestApp({ env: { AMBIT_TRUSTED_DOCUMENTS: file } });
      const data = { viewer: { id: 'ann' } };
      expect(await ask(server, { documentId: id })).toMatchObject({ status: 200, body: { data } });
      expect(await ask(server, { query: '{ viewer { id } }' })).toMatchObject({
        status: 400,
        body: { errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] },
      });
      await using socket = await openSocket(server);
      expect(await socket.run('1', '', { documentId: id })).toMatchObject([{ payload: { data } }, {}]);
      expect(await socket.run('2', '{ __schema { types { name } } }')).toMatchObject([
        { type: 'error', payload: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] },
      ]);
      await writeFile(file, JSON.stringify({ [id]: `${VIEWER} ` }));
      await expect(startTestApp({ env: { AMBIT_TRUSTED_DOCUMENTS: file } })).rejects.toThrow(file);
    } finally {
      await rm(file, { force: true });
    }
  });
});
