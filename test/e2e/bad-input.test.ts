import { GraphQLClient } from 'graphql-request';
import { afterAll, describe, expect, it } from 'vitest';

import { createSessionDocument, runAgentDocument, runDocument } from '../_util/documents.ts';
import { startTestApp } from '../_util/test-app.ts';

const server = await startTestApp({ echo: true });
afterAll(() => server[Symbol.asyncDispose]());
const admin = await server.client('root', ['agent_os:admin']);

const BAD = 'BAD_USER_INPUT';
const NO_UUIDS = [
  '',
  'x',
  '*',
  '../etc',
  '1e400',
  "' or 1=1 --",
  'ｄ'.repeat(500),
  '\u0000',
  '\ud800',
  '00000000-0000-0000-0000-00000000000g',
];

describe('bad input', () => {
  it.each([
    [{ message: '' }, BAD, 'input.message'],
    [{ message: ' \n\t ' }, BAD, 'input.message'],
    [{ message: 'x'.repeat(200_001) }, BAD, 'input.message'],
    [{ runId: 'not a uuid' }, BAD, 'input.runId'],
    [{ waitSeconds: 0 }, BAD, 'input.waitSeconds'],
    [{ waitSeconds: 281 }, BAD, 'input.waitSeconds'],
    [{ waitSeconds: -1 }, BAD, 'input.waitSeconds'],
    [{ agentId: 'nobody' }, 'NOT_FOUND', undefined],
    [{ agentId: '' }, 'NOT_FOUND', undefined],
    [{ agentId: '*' }, 'NOT_FOUND', undefined],
    [{ agentId: 'analyst-agent:x' }, 'NOT_FOUND', undefined],
    [{ agentId: '__proto__' }, 'NOT_FOUND', undefined],
    [{ sessionId: '01a20c6a-0000-7000-8000-000000000000' }, 'NOT_FOUND', undefined],
  ])('runAgent with %j is %s', async (input, code, field) => {
    const answer = await admin.post(runAgentDocument, {
      input: { agentId: 'analyst-agent', message: 'hi', ...input },
    });
    expect(answer.errors).toMatchObject([{ extensions: { code, ...(field && { field }) } }]);
    expect(answer.data).toEqual({ runAgent: null });
  });

  it.each([
    [{ message: null }],
    [{ message: 5 }],
    [{ background: 'yes' }],
    [{ background: null }],
    [{ waitSeconds: 1.5 }],
    [{ waitSeconds: 2 ** 40 }],
    [{ notThere: 'at all' }],
    [{ extra: true }],
  ])('runAgent with the variable %j is BAD_USER_INPUT before anything runs', async (input) => {
    const before = server.model.requests.length;
    const variables = { input: { agentId: 'analyst-agent', message: 'hi', ...input } };
    const answer = await admin.post(String(runAgentDocument), variables);
    expect(answer.status).toBe(400);
    expect(answer.data).toBeUndefined();
    expect(answer.errors).toMatchObject([{ extensions: { code: BAD } }]);
    expect(JSON.stringify(answer.errors)).not.toContain('Did you mean');
    expect(server.model.requests).toHaveLength(before);
  });

  it.each(NO_UUIDS)('the id %j is NOT_FOUND wherever an id is taken', async (id) => {
    const documents = [
      'query ($id: ID!) { run(id: $id) { id } }',
      'query ($id: ID!) { session(id: $id) { id } }',
      'query ($id: ID!) { agent(id: $id) { id } }',
      'mutation ($id: ID!) { cancelRun(runId: $id) { id } }',
      'mutation ($id: ID!) { renameSession(id: $id, name: "x") { id } }',
      'mutation ($id: ID!) { deleteSession(id: $id) }',
    ];
    for (const document of documents) {
      const answer = await admin.post(document, { id });
      expect(answer.status).toBe(200);
      expect(answer.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
      expect(answer.errors[0]).not.toHaveProperty('extensions.stacktrace');
    }
    const [first] = await Array.fromAsync(
      admin.subscribe('subscription ($id: ID!) { runEvents(runId: $id) { seq } }', { id }),
    );
    expect(first).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });

  it.each([
    ['sessions(first: 0) { pageInfo { hasNextPage } }', 'first'],
    ['sessions(first: 101) { pageInfo { hasNextPage } }', 'first'],
    ['sessions(first: -1) { pageInfo { hasNextPage } }', 'first'],
    ['sessions(after: "x") { pageInfo { hasNextPage } }', 'after'],
    ['runs(after: "") { pageInfo { hasNextPage } }', 'after'],
    ['runs(first: 1000000) { pageInfo { hasNextPage } }', 'first'],
  ])('{ %s } is BAD_USER_INPUT', async (selection, field) => {
    const answer = await admin.post(`{ ${selection} }`);
    expect(answer.errors).toMatchObject([{ extensions: { code: BAD, field } }]);
  });

  it.each([
    ['', 'name'],
    ['   ', 'name'],
    ['x'.repeat(201), 'name'],
  ])('a session cannot be called %j', async (name) => {
    const created = await admin.post(createSessionDocument, { input: { agentId: 'analyst-agent', name } });
    expect(created.errors).toMatchObject([{ extensions: { code: BAD, field: 'input.name' } }]);
  });

  it('NUL and lone surrogates in any text are stored as U+FFFD', async () => {
    const text = 'a\u0000b\ud800c\udc00d 😀';
    const cleaned = 'a\ufffdb\ufffdc\ufffdd 😀';
    const { createSession } = await admin.query(createSessionDocument, {
      input: { agentId: 'analyst-agent', name: text },
    });
    expect(createSession?.name).toBe(cleaned);
    const input = { agentId: 'analyst-agent', message: text, sessionId: createSession?.id ?? null };
    const { runAgent } = await admin.query(runAgentDocument, { input });
    expect(runAgent).toMatchObject({ status: 'COMPLETED', input: cleaned, output: cleaned });
    const literal = await admin.post(
      `mutation { runAgent(input: { agentId: "analyst-agent", message: "x\\u0000y" }) { input status } }`,
    );
    expect(literal.data).toEqual({ runAgent: { input: 'x\ufffdy', status: 'COMPLETED' } });
    const { run } = await admin.query(runDocument, { id: runAgent?.id ?? '' });
    expect(run).toEqual(runAgent);
  });

  it('graphql-request works, and reads the code of an error', async () => {
    const client = new GraphQLClient(`${server.app.url}/graphql`, {
      headers: { authorization: `Bearer ${await server.token('ann', ['agents:read'])}` },
    });
    expect(await client.request('{ agents { id } }')).toMatchObject({ agents: [{}, {}, {}] });
    await expect(client.request('{ config { id } }')).rejects.toMatchObject({
      response: {
        status: 403,
        errors: [{ extensions: { code: 'FORBIDDEN', requiredScopes: [['config:read']] } }],
      },
    });
  });
});
