import { describe, expect, it } from 'vitest';

import {
  createSessionDocument,
  messagesDocument,
  runAgentDocument,
  runDocument,
} from '../_util/documents.ts';
import { graphql } from '../_util/generated/gql.ts';
import { startTestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';

const renameDocument = graphql(`
  mutation RenameSession($id: ID!, $name: String!) {
    renameSession(id: $id, name: $name) {
      id
      name
    }
  }
`);

const deleteDocument = graphql(`
  mutation DeleteSession($id: ID!) {
    deleteSession(id: $id)
  }
`);

const sessionsDocument = graphql(`
  query Sessions($agentId: ID, $userId: ID, $first: Int, $after: String) {
    sessions(agentId: $agentId, userId: $userId, first: $first, after: $after) {
      edges {
        cursor
        node {
          id
          name
          userId
          agent {
            id
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

const SCOPES = [
  'agents:web-search-agent:run',
  'agents:web-search-agent:read',
  'sessions:read',
  'sessions:write',
  'sessions:delete',
];

async function createSession(client: TestClient, name: string | null = null): Promise<string> {
  const { createSession: session } = await client.query(createSessionDocument, {
    input: { agentId: 'web-search-agent', name },
  });
  return session?.id ?? '';
}

describe.each(DATABASE_KINDS)('sessions on %s', (kind) => {
  it('are made, listed newest first by pages, renamed and deleted', async () => {
    await using server = await startTestApp({ kind, echo: true });
    const ann = await server.client('ann', SCOPES);
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.unshift(await createSession(ann, `Session ${index}`));

    const first = (await ann.query(sessionsDocument, { first: 2 })).sessions;
    expect(first?.edges.map(({ node }) => node.id)).toEqual(ids.slice(0, 2));
    expect(first?.edges[0]?.node).toMatchObject({
      name: 'Session 4',
      userId: 'ann',
      agent: { id: 'web-search-agent' },
    });
    expect(first?.pageInfo).toMatchObject({
      hasNextPage: true,
      startCursor: first?.edges[0]?.cursor,
      endCursor: first?.edges[1]?.cursor,
    });
    const rest = (await ann.query(sessionsDocument, { first: 100, after: first?.pageInfo.endCursor }))
      .sessions;
    expect(rest?.edges.map(({ node }) => node.id)).toEqual(ids.slice(2));
    expect(rest?.pageInfo.hasNextPage).toBe(false);

    const [id = ''] = ids;
    expect(await ann.query(renameDocument, { id, name: 'Renamed' })).toEqual({
      renameSession: { id, name: 'Renamed' },
    });
    expect(await ann.query(deleteDocument, { id })).toEqual({ deleteSession: id });
    const again = await ann.post(deleteDocument, { id });
    expect(again.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect((await ann.query(sessionsDocument, {})).sessions?.edges).toHaveLength(4);
  });

  it("are their owner's alone, for reading and for acting", async () => {
    await using server = await startTestApp({ kind, echo: true });
    const id = await createSession(await server.client('ann', SCOPES));
    const code = async (subject: string, extra: string[], document: string | typeof renameDocument) => {
      const client = await server.client(subject, [...SCOPES, ...extra]);
      const { errors } = await client.post(String(document), { id, name: 'Mine' });
      return errors[0]?.extensions.code ?? 'none';
    };
    const read = 'query ($id: ID!) { session(id: $id) { id } }';
    expect(await code('bob', [], read)).toBe('NOT_FOUND');
    expect(await code('bob', ['users:carl:read', 'users:ann:act'], read)).toBe('NOT_FOUND');
    expect(await code('bob', ['users:ann:read'], read)).toBe('none');
    expect(await code('bob', [], renameDocument)).toBe('NOT_FOUND');
    expect(await code('bob', ['users:read'], renameDocument)).toBe('FORBIDDEN');
    expect(await code('bob', ['users:ann:read', 'users:ann:act'], renameDocument)).toBe('none');
    expect(await code('bob', ['users:ann:read'], String(deleteDocument))).toBe('FORBIDDEN');
    expect(await code('root', ['agent_os:admin'], String(deleteDocument))).toBe('none');
  });

  it('of others are listed only for those who may read them, and asking for them by name is FORBIDDEN', async () => {
    await using server = await startTestApp({ kind, echo: true });
    await createSession(await server.client('ann', SCOPES));
    await createSession(await server.client('bob', SCOPES));
    const owners = async (subject: string, extra: string[], userId?: string): Promise<unknown> => {
      const client = await server.client(subject, ['sessions:read', ...extra]);
      const { data, errors } = await client.post(sessionsDocument, { userId });
      return (
        data?.sessions?.edges.map(({ node }) => node.userId).toSorted() ??
        errors[0]?.extensions['requiredScopes']
      );
    };
    expect(await owners('ann', [])).toEqual(['ann']);
    expect(await owners('ann', [], 'ann')).toEqual(['ann']);
    expect(await owners('ann', [], 'bob')).toEqual([['sessions:read'], ['users:bob:read']]);
    expect(await owners('ann', [], 'nobody')).toEqual([['sessions:read'], ['users:nobody:read']]);
    expect(await owners('ann', ['users:bob:read'])).toEqual(['ann', 'bob']);
    expect(await owners('carl', ['users:*:read'])).toEqual(['ann', 'bob']);
    expect(await owners('carl', ['users:*:read'], 'bob')).toEqual(['bob']);
  });

  it('show their messages oldest first, forwards and backwards', async () => {
    await using server = await startTestApp({ kind, echo: true });
    const ann = await server.client('ann', SCOPES);
    const id = await createSession(ann);
    for (const message of ['one', 'two', 'three']) {
      await ann.query(runAgentDocument, { input: { agentId: 'web-search-agent', message, sessionId: id } });
    }
    const page = async (variables: object) =>
      (await ann.query(messagesDocument, { id, ...variables })).session?.messages;
    const all = await page({});
    expect(all?.edges.map(({ node }) => `${node.role} ${node.content}`)).toEqual([
      'USER one',
      'ASSISTANT one',
      'USER two',
      'ASSISTANT two',
      'USER three',
      'ASSISTANT three',
    ]);
    const contents = (connection: typeof all) => connection?.edges.map(({ node }) => node.content);
    const last = await page({ last: 2 });
    expect(contents(last)).toEqual(['three', 'three']);
    expect(last?.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
    expect(contents(await page({ last: 3, before: last?.pageInfo.startCursor }))).toEqual([
      'one',
      'two',
      'two',
    ]);
    expect(contents(await page({ first: 1, after: all?.edges[1]?.cursor }))).toEqual(['two']);
    const wrong = await ann.post(messagesDocument, { id, after: 'not a cursor' });
    expect(wrong.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'after' } }]);
  });

  it('that are deleted take their runs with them, those under way cancelled first', async () => {
    await using server = await startTestApp({ kind });
    const ann = await server.client('ann', SCOPES);
    const sessionId = await createSession(ann);
    const step = server.model.enqueue({ text: 'one two', pauseBefore: 1 });
    const input = { agentId: 'web-search-agent', message: 'hi', sessionId, background: true };
    const { runAgent: first } = await ann.query(runAgentDocument, { input });
    await ann.query(runAgentDocument, { input });
    await step.paused;
    expect(await ann.query(deleteDocument, { id: sessionId })).toEqual({ deleteSession: sessionId });
    expect(await step.closed).toBe('aborted');
    expect(server.model.requests).toHaveLength(1);
    const gone = await ann.post(runDocument, { id: first?.id ?? '' });
    expect(gone.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });
});
