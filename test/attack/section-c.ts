import { expect } from 'vitest';

import { ask as execute, buildGuarded, caller } from '../directive/guarded-schema.ts';
import { ask, assertTight, codesOf } from './ask.ts';
import { type AttackCase, BOTH, operationCase } from './attack-case.ts';
import { docToken, MARKER, startDocServer } from './doc-server.ts';

const Q = 'type Query { t: T @public } ';

/** Schemas that are never built, so that no request can find what is wrong with them. */
const REFUSED: readonly AttackCase[] = (
  [
    [52, 'a root field without a rule', 'type Query { a: Int }', 'Query.a: a root field needs'],
    [
      52,
      'a root field that is added',
      'type Query { a: Int @public } extend type Query { b: Int }',
      'Query.b: a root field needs',
    ],
    ...['[]', '[""]', '["docs:read", ""]', '["docs:read", " docs:write"]', '[["docs:read"]]', 'null'].map(
      (list) =>
        [53, `scope: ${list}`, `${Q} type T { x: Int @requiresScope(scope: ${list}) }`, 'T.x: '] as const,
    ),
    [
      55,
      'a rule of an unknown family',
      `${Q} type T { x: Int @requiresScope(scope: "doc:read") }`,
      'doc:read is no known scope',
    ],
    [
      55,
      'a rule of an unknown loader',
      `${Q} type T { x: Int @requiresScope(scope: "docs:{run.id}:read") }`,
      'no loader named "run"',
    ],
    [56, 'the directive under another name', `${Q} type T { x: Int @needs(scope: "docs:read") }`, 'needs'],
    [
      56,
      'the directive imported under another name',
      `extend schema @link(url: "https://specs.example/ambit/v1.0", import: [{ name: "@requiresScope", as: "@needs" }]) ${Q} type T { x: Int @needs(scope: "docs:read") }`,
      /needs|link/,
    ],
  ] as const
).map(([number, title, typeDefs, error]) => ({
  number,
  title,
  over: ['build'],
  run: async () => expect(() => buildGuarded({ typeDefs })).toThrow(error),
}));

const BUILT: readonly AttackCase[] = [
  {
    number: 55,
    title: 'a rule on an interface counts on whatever implements it',
    over: ['build'],
    async run() {
      const typeDefs = `${Q} interface I @requiresScope(scope: "docs:read") { x: Int } type T implements I { x: Int }`;
      const schema = buildGuarded({ typeDefs });
      const root = { t: { x: 777_777 } };
      const { data, errors } = await execute(schema, '{ t { x } }', { as: caller(), root });
      expect([data, errors]).toEqual([{ t: { x: null } }, ['t.x FORBIDDEN docs:read']]);
    },
  },
  {
    number: 56,
    title: 'the directive defined twice, with other arguments',
    over: ['build'],
    async run() {
      const twice = `directive @requiresScope(scopes: [[String!]!]!) on FIELD_DEFINITION ${Q} type T { x: Int @requiresScope(scopes: [["docs:read"]]) }`;
      expect(() => buildGuarded({ typeDefs: twice })).toThrow('@requiresScope');
    },
  },
  {
    number: 58,
    title: 'a field of an extension without a resolver is guarded',
    over: ['build'],
    async run() {
      const typeDefs = `${Q} type T { y: Int } extend type T { x: Int @requiresScope(scope: "docs:read") }`;
      const schema = buildGuarded({ typeDefs });
      const root = { t: { x: 777_777, y: 1 } };
      const { data } = await execute(schema, '{ t { x y } }', { as: caller(), root });
      expect(data).toEqual({ t: { x: null, y: 1 } });
    },
  },
  {
    number: 61,
    title: 'what finds the object of a rule throws',
    over: ['build'],
    async run() {
      const typeDefs = 'type Query { x: Int @requiresScope(scope: "docs:{doc.id}:read") }';
      const doc = { load: () => Promise.reject(new Error(MARKER)) };
      const loaders = { doc } as never;
      const schema = buildGuarded({ typeDefs, loaders });
      const as = caller('docs:1:read');
      const { data, errors } = await execute(schema, '{ x }', { as, root: { x: 777_777 } });
      expect([data, errors.length]).toEqual([{ x: null }, 1]);
    },
  },
  {
    number: 61,
    title: 'what says who asks throws',
    over: BOTH,
    async run(_world, over) {
      const principalOf = (): never => {
        throw new Error(MARKER);
      };
      await using server = await startDocServer({ pipelineOptions: { principalOf } });
      const token = docToken(['agent_os:admin']);
      const transport = over === 'HTTP' ? 'HTTP' : 'socket';
      const answer = await ask(transport, { url: server.http.url, token, query: '{ docs { id } }' });
      assertTight(answer.text);
      expect(codesOf(answer)).toEqual(['INTERNAL_SERVER_ERROR']);
      expect(server.state.ran).toEqual([]);
      expect(server.logged.join('')).toContain(MARKER);
    },
  },
  {
    number: 64,
    title: 'one document of two callers in turn',
    over: BOTH,
    async run({ docs }, over) {
      const query = '{ doc(id: "1") { title secret } }';
      const transport = over === 'HTTP' ? 'HTTP' : 'socket';
      const codes = [];
      for (const scopes of [['agent_os:admin'], ['docs:read'], ['agent_os:admin'], []]) {
        const answer = await ask(transport, { url: docs.http.url, token: docToken(scopes), query });
        assertTight(answer.text, scopes[0] === 'agent_os:admin');
        codes.push(codesOf(answer));
      }
      expect(codes).toEqual([[], ['FORBIDDEN'], [], ['FORBIDDEN']]);
    },
  },
];

const OPERATIONS: readonly AttackCase[] = [
  operationCase({
    number: 59,
    title: 'a refusal does not tell the guarded sibling that its rule reads',
    query: '{ doc(id: "1") { title kept } }',
    scopes: ['docs:1:read'],
    code: 'FORBIDDEN',
    paths: ['doc.kept'],
  }),
  operationCase({
    number: 62,
    title: 'one rule with other arguments is judged for each',
    query: '{ a: doc(id: "1") { title } b: doc(id: "2") { title } c: doc(id: "1") { title } }',
    scopes: ['docs:1:read'],
    code: 'FORBIDDEN',
    data: { a: { title: 'title' }, b: null, c: { title: 'title' } },
  }),
];

export const CONFIGURATION: readonly AttackCase[] = [...REFUSED, ...BUILT, ...OPERATIONS];
