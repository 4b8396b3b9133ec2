import { expect } from 'vitest';

import { SocketClient } from '../_util/socket-client.ts';
import { BOTH, type AttackCase, type OperationCase, operationCase } from './attack-case.ts';
import { ask, assertTight, codesOf, type Transport } from './ask.ts';
import { docToken } from './doc-server.ts';

const docs = 'docs(purge: $p) { id }';
const DEEP = (depth: number): unknown => (depth === 0 ? { internalFlag: true } : { not: DEEP(depth - 1) });

const ROWS: readonly OperationCase[] = [
  { number: 37, query: `query ($p: Boolean) { ${docs} }`, variables: { p: true }, code: 'FORBIDDEN' },
  { number: 37, query: `query ($p: Boolean = true) { ${docs} }`, code: 'FORBIDDEN' },
  { number: 37, query: '{ purged { id } }', code: 'FORBIDDEN' },
  { number: 37, query: '{ purged { id } }', scopes: ['docs:read', 'docs:admin'], code: null },
  { number: 38, query: '{ docs(purge: null) { id } }', code: null },
  { number: 38, query: '{ docs { id } }', code: null },
  { number: 38, query: '{ docs(purge: false) { id } }', code: 'FORBIDDEN' },
  { number: 38, query: `query ($p: Boolean) { ${docs} }`, variables: { p: false }, code: 'FORBIDDEN' },
  { number: 38, query: `query ($p: Boolean) { ${docs} }`, variables: { p: null }, code: null },
  {
    number: 40,
    query: 'query ($f: DocFilter) { docs(filter: $f) { id } }',
    variables: { f: { internalFla: true } },
    code: 'BAD_USER_INPUT',
  },
  {
    number: 40,
    query: 'query ($s: Sort) { docs(sort: $s) { id } }',
    variables: { s: 'SALAR' },
    code: 'BAD_USER_INPUT',
  },
  { number: 41, query: '{ docs(sort: SALARY) { id } }', code: 'FORBIDDEN' },
  {
    number: 41,
    query: 'query ($s: Sort) { docs(sort: $s) { id } }',
    variables: { s: 'SALARY' },
    code: 'FORBIDDEN',
  },
  { number: 41, query: '{ docs(sorts: [NAME, SALARY]) { id } }', code: 'FORBIDDEN' },
  { number: 41, query: '{ docs(filter: { not: { sort: [SALARY] } }) { id } }', code: 'FORBIDDEN' },
  { number: 41, query: '{ docs(sort: NAME, sorts: [NAME], filter: { sort: NAME }) { id } }', code: null },
  {
    number: 43,
    query: 'query ($f: DocFilter) { docs(filter: $f) { id } }',
    variables: { f: 'x' },
    code: 'BAD_USER_INPUT',
  },
  {
    number: 43,
    query: 'query ($f: DocFilter) { docs(filter: $f) { id } }',
    variables: { f: [1] },
    code: 'BAD_USER_INPUT',
  },
  {
    number: 43,
    query: 'query ($f: DocFilter) { docs(filter: $f) { id } }',
    variables: { f: DEEP(200) },
    code: 'LIMIT_EXCEEDED',
  },
  {
    number: 43,
    query: 'query ($f: DocFilter) { docs(filter: $f) { id } }',
    variables: { f: DEEP(20) },
    code: 'FORBIDDEN',
  },
  {
    number: 44,
    query: 'query ($f: DocFilter) { docs(filter: $f) { id } }',
    variables: { f: JSON.parse('{"__proto__": {"internalFlag": true}}') as unknown },
    code: 'BAD_USER_INPUT',
  },
  {
    number: 44,
    query: 'query ($f: DocFilter) { docs(filter: $f) { id } }',
    variables: { f: { constructor: 1 } },
    code: 'BAD_USER_INPUT',
  },
  {
    number: 44,
    query: 'query ($j: JSON) { docs(extra: $j) { id } }',
    variables: { j: JSON.parse('{"__proto__": {"purge": true}}') as unknown },
    code: null,
  },
  { number: 46, query: '{ doc(id: "") { id } }', code: 'FORBIDDEN' },
  {
    number: 46,
    query: 'query ($i: ID!) { doc(id: $i) { id } }',
    variables: { i: 'x'.repeat(100_000) },
    scopes: ['docs:x:read'],
    code: 'FORBIDDEN',
  },
  { number: 46, query: '{ doc(id: "а") { id } }', scopes: ['docs:a:read'], code: 'FORBIDDEN' },
  { number: 46, query: '{ doc(id: "a:read") { id } }', scopes: ['docs:a:read'], code: 'FORBIDDEN' },
  { number: 46, query: '{ doc(id: "*") { id } }', scopes: ['docs:a:read'], code: 'FORBIDDEN' },
  { number: 46, query: '{ doc(id: -1) { id } }', scopes: ['docs:1:read'], code: 'FORBIDDEN' },
  {
    number: 47,
    query: '{ docs(sort: SALARY) { title } }',
    scopes: ['docs:read', 'docs:admin'],
    code: 'FORBIDDEN',
  },
  { number: 47, query: '{ docs(sort: SALARY) { title } }', scopes: ['docs:read', 'hr:read'], code: null },
  { number: 49, query: 'mutation { editDoc { title secret } }', scopes: ['docs:write'], code: 'FORBIDDEN' },
  {
    number: 49,
    query: 'mutation { ...F } fragment F on Mutation { editDoc { x: secret } }',
    scopes: ['docs:write'],
    code: 'FORBIDDEN',
  },
  {
    number: 50,
    query: 'mutation { editDoc { id } deleteDoc { id } }',
    scopes: ['docs:write'],
    code: 'FORBIDDEN',
  },
  {
    number: 50,
    query: 'mutation { editDoc { id } deleteDoc(sort: SALARY) { id } }',
    scopes: ['docs:write', 'docs:delete'],
    code: 'FORBIDDEN',
  },
  {
    number: 50,
    query: 'mutation ($p: Boolean = false) { a: editDoc { id } b: editDoc(purge: $p) { id } }',
    scopes: ['docs:write'],
    code: 'FORBIDDEN',
  },
  {
    number: 50,
    query: 'mutation { editDoc { id } deleteDoc { id } }',
    scopes: ['docs:write', 'docs:delete'],
    code: null,
  },
];

const BIG = 'x'.repeat(10_000_000);
const titled = 'query ($f: DocFilter) { docs(filter: $f) { id } }';

/** What is no object of variables, or too large: refused before anything is read from it. */
const SHAPES: readonly AttackCase[] = ['text', [1], 7, true].map((variables) => ({
  number: 43,
  title: `variables that are ${JSON.stringify(variables)}`,
  over: BOTH,
  async run({ docs }, over) {
    docs.state.ran.length = 0;
    const body = { query: titled, variables };
    if (over === 'HTTP') {
      const answer = await ask('HTTP', { url: docs.http.url, token: docToken(['docs:read']), ...body });
      assertTight(answer.text);
      expect([answer.status, ...codesOf(answer)]).toEqual([400, 'BAD_REQUEST']);
    } else {
      await using client = await SocketClient.ready(`${docs.http.url}/graphql`);
      client.subscribe('1', titled, { variables });
      expect(await client.closed).toEqual({ code: 4400, reason: 'Bad message' });
    }
    expect(docs.state.ran).toEqual([]);
  },
}));

const TOO_LARGE: AttackCase = {
  number: 43,
  title: 'variables of 10 MB',
  over: BOTH,
  async run({ docs }, over) {
    docs.state.ran.length = 0;
    const variables = { f: { title: BIG } };
    if (over === 'HTTP') {
      const answer = await ask('HTTP', { url: docs.http.url, query: titled, variables });
      assertTight(answer.text);
      expect(answer.status).toBe(413);
    } else {
      await using client = await SocketClient.ready(`${docs.http.url}/graphql`);
      client.subscribe('1', titled, { variables });
      expect((await client.closed).code).toBe(1009);
    }
    expect(docs.state.ran).toEqual([]);
  },
};

/** Ids that no id of ours is, on the whole server over its database. */
const IDS: readonly AttackCase[] = [
  '1e400',
  '-1',
  'x'.repeat(100_000),
  "' or 1=1; drop table run; --",
  '\u0000',
  '\ud800',
  '%',
  '../../etc/passwd',
  '０１',
].map((id) => ({
  number: 46,
  title: `a run, a session and an agent with the id ${JSON.stringify(id.slice(0, 40))}`,
  over: BOTH,
  async run({ app }, over) {
    const token = await app.token('ann', ['agent_os:admin']);
    for (const field of ['run', 'session', 'agent']) {
      const query = `query ($id: ID!) { ${field}(id: $id) { id } }`;
      const answer = await ask(over as Transport, { url: app.app.url, token, query, variables: { id } });
      assertTight(answer.text);
      expect(codesOf(answer)).toEqual([expect.stringMatching(/^(NOT_FOUND|BAD_USER_INPUT)$/)]);
      expect(answer.text).not.toMatch(/syntax|invalid input|uuid|encoding|x{300}/);
    }
  },
}));

export const INPUTS: readonly AttackCase[] = [...ROWS.map(operationCase), ...SHAPES, TOO_LARGE, ...IDS];
