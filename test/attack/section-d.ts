import { hash } from 'node:crypto';

import { getIntrospectionQuery } from 'graphql';
import { expect } from 'vitest';

import { createTrustedDocuments } from '../../src/graphql/trusted-documents.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { post, startToyServer } from '../_util/toy-server.ts';
import { ask, assertTight, codesOf, type Transport } from './ask.ts';
import { type AttackCase, BOTH, LOW, operationCase } from './attack-case.ts';
import { docToken, startDocServer } from './doc-server.ts';

const MUTATION = 'mutation { editDoc { id } }';
const ADMIN = ['agent_os:admin'];
const JSON_TYPE = { 'content-type': 'application/json' };
const PREFLIGHTED = { 'apollo-require-preflight': '1' };
const BODY = JSON.stringify({ query: MUTATION });

/** Requests that pages of other sites, proxies and old clients send, with an administrator's token. */
const REQUESTS: readonly (readonly [number, string, RequestInit & { query?: string }, number])[] = [
  [65, 'a mutation by GET', { query: MUTATION, headers: PREFLIGHTED }, 405],
  [65, 'a subscription by GET', { query: 'subscription { flood }', headers: PREFLIGHTED }, 405],
  [
    67,
    'a POST of text/plain',
    { method: 'POST', body: BODY, headers: { 'content-type': 'text/plain' } },
    415,
  ],
  [67, 'a POST of a form', { method: 'POST', body: new URLSearchParams({ query: MUTATION }) }, 415],
  [
    67,
    'a POST of several parts',
    {
      method: 'POST',
      body: `--x\r\n\r\n${BODY}\r\n--x--`,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    },
    415,
  ],
  [67, 'a GET as a page of another site sends it', { query: '{ public }' }, 400],
  [
    67,
    'a GET with a simple media type',
    { query: '{ public }', headers: { 'content-type': 'text/plain' } },
    400,
  ],
  [
    68,
    'a batch of 3,000',
    { method: 'POST', body: `[${Array(3000).fill(BODY).join()}]`, headers: JSON_TYPE },
    400,
  ],
  [68, 'a batch of one', { method: 'POST', body: `[${BODY}]`, headers: JSON_TYPE }, 400],
  [
    73,
    'Accept: text/html',
    { method: 'POST', body: BODY, headers: { ...JSON_TYPE, accept: 'text/html' } },
    406,
  ],
  [
    73,
    'Accept: multipart/mixed of a draft',
    { method: 'POST', body: BODY, headers: { ...JSON_TYPE, accept: 'multipart/mixed; deferSpec=20220824' } },
    406,
  ],
];

const REFUSED: readonly AttackCase[] = REQUESTS.map(([number, title, { query, ...init }, status]) => ({
  number,
  title,
  over: ['HTTP'],
  async run({ docs }) {
    docs.state.ran.length = 0;
    const search = query === undefined ? '' : `?${new URLSearchParams({ query }).toString()}`;
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${docToken(ADMIN)}`);
    const response = await fetch(`${docs.http.url}/graphql${search}`, { ...init, headers });
    const text = await response.text();
    assertTight(text);
    expect([response.status, text.startsWith('{"')]).toEqual([status, true]);
    expect(docs.state.ran).toEqual([]);
  },
}));

const LISTED = { secret: 'query S { doc(id: "1") { secret } }', edit: 'mutation E { editDoc { id } }' };
const idOf = (text: string): string => `sha256:${hash('sha256', text)}`;
const trustedDocuments = createTrustedDocuments(
  Object.fromEntries(Object.values(LISTED).map((text) => [idOf(text), text])),
  'documents.json',
);

const DOCUMENTS: readonly AttackCase[] = [
  ...Object.values(LISTED).map((text): AttackCase => ({
    number: 70,
    title: `a registered document is judged with the rights of who runs it: ${text}`,
    over: BOTH,
    async run(_world, over) {
      await using server = await startDocServer({ pipelineOptions: { trustedDocuments } });
      const asked = { url: server.http.url, token: docToken(['docs:1:read']), query: '' };
      const answer = await ask(over as Transport, { ...asked, documentId: idOf(text) });
      assertTight(answer.text);
      expect([codesOf(answer), server.state.ran]).toEqual([['FORBIDDEN'], []]);
    },
  })),
  ...[
    '{ docs { id } }',
    `${LISTED.edit} `,
    `#\n${LISTED.edit}`,
    `${LISTED.secret}${LISTED.edit}`,
    '{ __typename }',
  ].map((query): AttackCase => ({
    number: 71,
    title: `a document that is not registered: ${JSON.stringify(query)}`,
    over: BOTH,
    async run(_world, over) {
      await using server = await startDocServer({ pipelineOptions: { trustedDocuments } });
      const answer = await ask(over as Transport, { url: server.http.url, token: docToken(ADMIN), query });
      expect([codesOf(answer), server.state.ran]).toEqual([['DOCUMENT_NOT_TRUSTED'], []]);
    },
  })),
];

/** What `docs:read` opens nothing of, and so is not in its schema. */
const HIDDEN = /"(secret|keeper|purge|internalFlag|SALARY|Note|Grade|Money|salary|bonus|editDoc|deleteDoc)"/;
const TRICKS: readonly string[] = [
  '{ __type(name: "Note") { name fields { name } } }',
  '{ x: __type(name: "Grade") { name enumValues(includeDeprecated: true) { name } } }',
  'query ($yes: Boolean = true) { __schema @include(if: $yes) { types { name fields(includeDeprecated: true) { name args { name } } } } }',
  '{ ...F } fragment F on Query { constructor: __schema { types { name inputFields { name } enumValues { name } possibleTypes { name } } mutationType { name fields { name } } } }',
];

const INTROSPECTION: readonly AttackCase[] = [getIntrospectionQuery(), ...TRICKS].flatMap((query, index) => {
  const number = index === 0 ? 76 : 77;
  const title = index === 0 ? 'introspection' : query;
  const asks = async (url: string, scopes: readonly string[] | null, over: Transport) =>
    ask(over, { url, token: scopes === null ? null : docToken(scopes), query });
  const row: AttackCase = {
    number,
    title,
    over: BOTH,
    async run({ docs }, carrier) {
      const over = carrier as Transport;
      expect(codesOf(await asks(docs.http.url, null, over))).toEqual(['UNAUTHENTICATED']);
      const low = await asks(docs.http.url, LOW, over);
      assertTight(low.text);
      expect(low.errors).toEqual([]);
      expect(low.text).not.toMatch(HIDDEN);
      expect((await asks(docs.http.url, ADMIN, over)).text).toMatch(HIDDEN);
    },
  };
  return [row];
});

const ANSWERS: readonly AttackCase[] = [
  {
    number: 68,
    title: 'a list of messages',
    over: ['socket'],
    async run({ docs }) {
      docs.state.ran.length = 0;
      await using client = await SocketClient.ready(`${docs.http.url}/graphql`, {
        authorization: `Bearer ${docToken(ADMIN)}`,
      });
      const message = { type: 'subscribe', id: '1', payload: { query: MUTATION } };
      client.sendRaw(JSON.stringify(Array.from({ length: 3000 }, () => message)));
      expect((await client.closed).code).toBe(4400);
      expect(docs.state.ran).toEqual([]);
    },
  },
  {
    number: 73,
    title: 'no Accept, and any',
    over: ['HTTP'],
    async run({ docs }) {
      for (const accept of ['*/*', '']) {
        const headers = { ...JSON_TYPE, accept };
        const init = { method: 'POST', headers, body: '{"query":"{ public }"}' };
        const response = await fetch(`${docs.http.url}/graphql`, init);
        expect([response.status, response.headers.get('content-type')]).toEqual([
          200,
          expect.stringMatching(/^application\/(graphql-response\+)?json/),
        ]);
        await response.text();
      }
    },
  },
  ...['{ breaks }', 'subscription { failing }'].map((query): AttackCase => ({
    number: 74,
    title: `a resolver throws with credentials in the text: ${query}`,
    over: query.startsWith('{') ? BOTH : ['socket'],
    async run({ docs }, over) {
      docs.logged.length = 0;
      const answer = await ask(over as Transport, { url: docs.http.url, query });
      assertTight(answer.text);
      const { message, extensions } = answer.errors[0] ?? {};
      expect(message).toBe('Internal server error.');
      expect(docs.logged.join('')).toContain(String(extensions?.['correlationId']));
    },
  })),
  {
    number: 79,
    title: 'no answer may be kept by a cache',
    over: ['HTTP'],
    async run({ docs }) {
      for (const token of [docToken(LOW), docToken(ADMIN)]) {
        const headers = { ...PREFLIGHTED, authorization: `Bearer ${token}` };
        const response = await fetch(`${docs.http.url}/graphql?query={public}`, { headers });
        await response.text();
        expect(response.headers.get('cache-control')).toContain('no-store');
      }
    },
  },
  {
    number: 80,
    title: 'the server stops while a query is answered',
    over: ['HTTP'],
    async run() {
      const stopping = new AbortController();
      await using server = await startToyServer({
        createContext: ({ signal, ...input }) => ({
          ...input,
          signal: AbortSignal.any([signal, stopping.signal]),
        }),
        onStop: () => stopping.abort(),
      });
      const answer = post(server, '{ wait }');
      await server.state.called('wait');
      await server.http.stop({ graceMs: 10_000 });
      expect((await answer).body).toEqual({ data: { wait: 'waited' } });
      await expect(fetch(server.url)).rejects.toThrow('fetch failed');
    },
  },
];

const NOT_TOLD: readonly AttackCase[] = [
  operationCase({
    number: 77,
    title: 'a misspelt name of what is hidden is not corrected',
    query: '{ doc(id: "1") { secre } nod { id } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  }),
];

export const HTTP: readonly AttackCase[] = [
  ...REFUSED,
  ...DOCUMENTS,
  ...INTROSPECTION,
  ...NOT_TOLD,
  ...ANSWERS,
];
