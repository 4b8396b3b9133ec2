import { makeExecutableSchema } from '@graphql-tools/schema';
import { describe, expect, test } from 'vitest';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { createOperationPipeline } from '../../src/graphql/operation.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';

const TYPE_DEFS = `
  scalar JSON
  enum Sort { NAME SALARY @requiresScope(scope: "hr:read") }
  input DocFilter { title: String sort: [Sort] internalFlag: Boolean @requiresScope(scope: "docs:admin") not: DocFilter }
  type Doc { id: ID title: String secret: String @requiresScope(scope: "docs:secret") }
  type Query {
    doc(id: ID!): Doc @requiresScope(scope: "docs:{args.id}:read")
    docs(sort: Sort, sorts: [Sort], filter: DocFilter, extra: JSON, purge: Boolean @requiresScope(scope: "docs:admin")): [Doc] @requiresScope(scope: "docs:read")
    purged(purge: Boolean = true @requiresScope(scope: "docs:admin")): [Doc] @requiresScope(scope: "docs:read")
  }
  type Mutation {
    editDoc(id: ID, purge: Boolean @requiresScope(scope: "docs:admin")): Doc @requiresScope(scope: "docs:write")
    deleteDoc(id: ID, sort: Sort): Doc @requiresScope(scope: ["docs:delete", "docs:admin"])
  }`;

const ran: string[] = [];
const says = (name: string) => () => (ran.push(name), { id: '1', title: 'title', secret: 'SECRET' });
const list = (name: string) => () => [says(name)()];
const principalOf = ({ grants }: { grants: GrantSet }) => ({ grants });
const schema = guardSchema<{ grants: GrantSet }>(
  makeExecutableSchema({
    typeDefs: [directiveTypeDefs, TYPE_DEFS],
    resolvers: {
      Query: { doc: says('doc'), docs: list('docs'), purged: list('purged') },
      Mutation: { editDoc: says('editDoc'), deleteDoc: says('deleteDoc') },
    },
  }),
  { principalOf, families: { docs: ['read', 'write', 'secret', 'delete', 'admin'], hr: ['read'] } },
);
const pipeline = createOperationPipeline({
  schema,
  principalOf,
  introspection: 'token',
  log: createLogger('silent'),
});

async function run(query: string, scopes: string[], variables: Record<string, unknown>) {
  ran.length = 0;
  const context = { grants: new GrantSet(scopes) };
  const { admitted, errors } = pipeline.admit(pipeline.readDocument(query), {
    variables,
    context,
    canStream: false,
  });
  const result = admitted === null ? { errors } : await pipeline.run(admitted);
  if (Symbol.asyncIterator in result) throw new Error('No subscription was asked for.');
  return pipeline.answer(result);
}

/** `null`: allowed. `ran`: nothing, unless said. */
interface Row {
  readonly number: number;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly scopes?: string[];
  readonly code: string | null;
}

const docs = 'docs(purge: $p) { id }';
const DEEP = (depth: number): unknown => (depth === 0 ? { internalFlag: true } : { not: DEEP(depth - 1) });

/** The caller holds `docs:read` where nothing else is said. */
const ROWS: readonly Row[] = [
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

describe('arguments, inputs, variables', () => {
  test.each(ROWS.map((row) => [row.number, row.query, row] as const))(
    'case %i: %s',
    async (_number, query, { scopes = ['docs:read'], variables = {}, code }) => {
      const { result } = await run(query, scopes, variables);
      const codes = new Set(result.errors?.map(({ extensions }) => extensions?.['code']));
      expect([...codes]).toEqual(code === null ? [] : [code]);
      if (code !== null) expect(ran).toEqual([]);
      expect(JSON.stringify(result)).not.toMatch(/SECRET|Did you mean|internalFlag"|x{200}/);
      expect(
        Object.hasOwn(Object.prototype, 'purge') || Object.hasOwn(Object.prototype, 'internalFlag'),
      ).toBe(false);
    },
  );
});
