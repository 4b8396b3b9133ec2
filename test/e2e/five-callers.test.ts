import { afterAll, describe, expect, it } from 'vitest';

import { callers } from '../../src/demo/callers.ts';
import { graphql } from '../_util/generated/gql.ts';
import { runAgentDocument } from '../_util/documents.ts';
import { startTestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';

const server = await startTestApp({ echo: true });
afterAll(() => server[Symbol.asyncDispose]());

const ALL = ['web-search-agent', 'analyst-agent', 'admin-agent'];

const agentsDocument = graphql(`
  query Agents {
    agents {
      id
      canRun
    }
  }
`);

const configDocument = graphql(`
  query Config {
    config {
      id
      name
      version
      database
      models
      scopes
      agents {
        id
      }
    }
  }
`);

async function clientOf(id: string): Promise<TestClient> {
  const caller = callers.find((candidate) => candidate.id === id);
  if (caller === undefined) throw new Error(`There is no caller ${id}.`);
  return await server.client(caller.id, caller.scopes);
}

describe('the five callers of the example', () => {
  it.each([
    ['admin_user', ALL, ALL, true],
    ['power_user', ALL, ALL, true],
    ['limited_user', ALL.slice(0, 2), ALL.slice(0, 2), false],
    ['readonly_user', ALL, [], true],
    ['wildcard_user', ALL, ALL, false],
  ])('%s sees %j, runs %j, reads config: %s', async (id, visible, runnable, readsConfig) => {
    const client = await clientOf(id);
    const { agents } = await client.query(agentsDocument);
    expect(agents?.map((agent) => agent.id)).toEqual(visible);
    expect(agents?.filter(({ canRun }) => canRun).map((agent) => agent.id)).toEqual(runnable);

    for (const agentId of ALL) {
      const answer = await client.post(runAgentDocument, { input: { agentId, message: 'good morning' } });
      if (runnable.includes(agentId)) {
        expect(answer.data?.runAgent).toMatchObject({
          status: 'COMPLETED',
          output: 'good morning',
          userId: id,
        });
      } else {
        expect([answer.status, answer.data]).toEqual([403, undefined]);
        expect(answer.errors).toMatchObject([
          {
            path: ['runAgent'],
            extensions: { code: 'FORBIDDEN', requiredScopes: [[`agents:${agentId}:run`]] },
          },
        ]);
      }
    }

    const config = await client.post(configDocument);
    expect(config.status).toBe(readsConfig ? 200 : 403);
    if (readsConfig) {
      expect(config.data?.config).toMatchObject({ id: 'ambit-demo', database: 'pglite', models: ['gpt-4o'] });
      expect(config.data?.config?.agents?.map((agent) => agent.id)).toEqual(visible);
    }
  });

  it.each([
    ['no token', {}, 'Bearer'],
    ['a wrong token', { authorization: 'Bearer abc' }, 'Bearer error="invalid_token"'],
    ['another scheme', { authorization: 'Basic abc' }, 'Bearer error="invalid_token"'],
  ])('%s is 401, with the challenge that RFC 6750 wants', async (_name, headers, challenge) => {
    const response = await fetch(`${server.app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ agents { id } }' }),
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain(challenge);
    const body = await response.json();
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(body).not.toHaveProperty('data');
  });

  it('the limited user cannot tell admin-agent from no agent, and neither can see its instructions', async () => {
    const client = await clientOf('limited_user');
    const document = 'query ($id: ID!) { agent(id: $id) { id instructions } }';
    const [hidden, missing] = await Promise.all(
      ['admin-agent', 'no-such-agent'].map((id) => client.post(document, { id })),
    );
    expect(hidden?.status).toBe(403);
    expect(missing?.status).toBe(403);
    const known = await client.post(document, { id: 'analyst-agent' });
    expect(known.errors).toMatchObject([
      { path: ['agent', 'instructions'], extensions: { requiredScopes: [['agents:analyst-agent:write']] } },
    ]);
    expect(known.data).toEqual({ agent: { id: 'analyst-agent', instructions: null } });
  });

  it('a refusal of several fields asks in its challenge for the least that opens them all', async () => {
    const client = await clientOf('limited_user');
    const query = `{
      agent(id: "admin-agent") { id }
      runs(agentId: "admin-agent") { edges { node { id } } }
      sessions { pageInfo { hasNextPage } }
    }`;
    const refused = await client.post(query);
    expect([refused.status, refused.errors.length]).toEqual([403, 3]);
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", scope="agents:admin-agent:read sessions:read"',
    );
    const enough = await server.client('limited_user', ['agents:admin-agent:read', 'sessions:read']);
    expect((await enough.post(query)).errors).toEqual([]);
    const odd = await client.post('{ agent(id: "a\\u0001\\"") { id } }');
    expect(odd.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
  });

  it('an unknown agent is NOT_FOUND for those who may run any', async () => {
    const client = await clientOf('wildcard_user');
    const answer = await client.post(runAgentDocument, { input: { agentId: 'nobody', message: 'hi' } });
    expect(answer.status).toBe(200);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it('viewer tells what the token holds', async () => {
    const client = await server.client('eve', ['agents:web-search-agent:run', 'agents:*:read']);
    const { viewer } = await client.query(
      graphql(`
        query Viewer {
          viewer {
            id
            scopes
            unknownScopes
            isAdmin
            expiresAt
            run: can(scope: "agents:web-search-agent:run")
            runOther: can(scope: "agents:analyst-agent:run")
            malformed: can(scope: "agents")
          }
        }
      `),
    );
    expect(viewer).toMatchObject({
      id: 'eve',
      scopes: ['agents:web-search-agent:run', 'agents:*:read'],
      unknownScopes: [],
      isAdmin: false,
      run: true,
      runOther: false,
      malformed: false,
    });
    expect(viewer?.expiresAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});
