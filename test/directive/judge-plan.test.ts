import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { planOperation } from '../../src/directive/operation-plan.ts';
import {
  anonymous,
  ask,
  buildBare,
  buildGuarded,
  caller,
  formatScopes,
  judge,
  refusals,
} from './guarded-schema.ts';

const schema = buildGuarded({
  typeDefs: `
    interface Node { id: ID secret: String }
    type Doc implements Node {
      id: ID
      secret: String @requiresScope(scope: "docs:write")
      owned: Int @requiresScope(scope: "docs:{parent.id}:write")
      child: Node
      self: Doc
    }
    type Note implements Node @requiresScope(scope: "agents:read") { id: ID secret: String doc: Doc }
    type Free implements Node { id: ID secret: String }
    union Hit = Doc | Note | Free
    input In { id: ID = "default" }
    type Query {
      open: Int @public
      me: Int @authenticated
      doc(id: ID): Doc @requiresScope(scope: "docs:{args.id}:read")
      node: Node @public
      hits: [Hit] @public
      docs: [Doc] @requiresScope(scope: "docs:{item.id}:read")
      run(id: ID): Int @requiresScope(scope: ["config:read", "agents:{run.agentId}:run"])
      input(in: In = {}): Int @requiresScope(scope: "docs:{args.in.id}:read")
      required(id: ID!): Int @requiresScope(scope: "docs:{args.id}:read")
    }
    type Mutation {
      edit(id: ID): Doc @requiresScope(scope: "docs:{args.id}:write")
      touch: Node @authenticated
      drop: Int @requiresScope(scope: "docs:write") @requiresScope(scope: ["config:read", "agents:{run.agentId}:run"])
    }
    type Subscription { changed(id: ID): Doc @requiresScope(scope: "docs:{args.id}:read") }`,
  resolvers: {
    Subscription: { changed: { subscribe: async function* () {} } },
    Node: { __resolveType: () => 'Free' },
  },
  loaders: { run: () => null },
});

describe('what the token decides', () => {
  test.each<[string, string[] | null, string[]]>([
    ['{ open }', null, []],
    ['{ __typename }', null, []],
    ['{ me }', null, ['me Query.me unauthenticated']],
    ['{ me }', [], []],
    ['{ docs { id } }', [], ['docs Query.docs forbidden docs:<id>:read']],
    ['{ docs { id } }', ['docs:x:read'], []],
    ['{ docs { id } }', ['docs:x:write'], ['docs Query.docs forbidden docs:<id>:read']],
    ['{ run(id: 1) }', [], ['run Query.run forbidden config:read|agents:<id>:run']],
    ['{ run(id: 1) }', ['agents:x:run'], []],
    ['{ run(id: 1) }', ['config:read'], []],
    ['{ docs { owned } }', ['docs:read'], ['docs.owned Doc.owned forbidden docs:<id>:write']],
    ['{ docs { owned } }', ['docs:read', 'docs:x:write'], []],
    ['{ docs { owned } }', ['agent_os:admin'], []],
    [
      '{ docs { id secret } me }',
      null,
      [
        'docs Query.docs unauthenticated',
        'docs.secret Doc.secret unauthenticated',
        'me Query.me unauthenticated',
      ],
    ],
    [
      'mutation { drop }',
      ['docs:write'],
      ['drop Mutation.drop forbidden docs:write & config:read|agents:<id>:run'],
    ],
    ['mutation { drop }', ['docs:write', 'agents:x:run'], []],
  ])('%s with %j', (query, scopes, expected) => {
    const as = scopes === null ? anonymous() : caller(...scopes);
    expect(refusals(judge(schema, query, { as }))).toEqual(expected);
  });
});

describe('what arguments decide, with docs:a:read held', () => {
  test.each<[string, Record<string, unknown>, string | null]>([
    ['{ doc(id: "a") { id } }', {}, null],
    ['{ doc(id: "b") { id } }', {}, 'docs:b:read'],
    ['{ doc { id } }', {}, 'docs:<id>:read'],
    ['{ doc(id: null) { id } }', {}, 'docs:<id>:read'],
    ['query ($v: ID) { doc(id: $v) { id } }', { v: 'a' }, null],
    ['query ($v: ID) { doc(id: $v) { id } }', { v: 'b' }, 'docs:b:read'],
    ['query ($v: ID) { doc(id: $v) { id } }', {}, 'docs:<id>:read'],
    ['query ($v: ID = "a") { doc(id: $v) { id } }', {}, null],
    ['query ($v: ID = "b") { doc(id: $v) { id } }', {}, 'docs:b:read'],
    ['query ($v: ID = "a") { doc(id: $v) { id } }', { v: 'b' }, 'docs:b:read'],
    ['query ($v: ID = "a") { doc(id: $v) { id } }', { v: null }, 'docs:<id>:read'],
    ['{ input }', {}, 'docs:default:read'],
    ['{ input(in: { id: "a" }) }', {}, null],
    ['query ($i: In) { input(in: $i) }', { i: {} }, 'docs:default:read'],
    ['query ($i: In) { input(in: $i) }', { i: { id: 'a' } }, null],
    ['query ($i: In = { id: "a" }) { input(in: $i) }', {}, null],
  ])('%s with %j', (query, variables, scope) => {
    const { refusals: list } = judge(schema, query, { as: caller('docs:a:read'), variables });
    expect(list.map(({ requiredScopes }) => formatScopes(requiredScopes))).toEqual(
      scope === null ? [] : [scope],
    );
  });

  test('arguments that do not coerce are left to execution, which refuses them before the resolver', async () => {
    const query = 'query ($v: ID = "a") { required(id: $v) }';
    const input = { as: caller('docs:a:read'), variables: { v: null } };
    expect(refusals(judge(schema, query, input))).toEqual([]);
    const { data, errors } = await ask(schema, query, { ...input, root: { required: 1 } });
    expect([data, errors]).toEqual([{ required: null }, [expect.stringContaining('must not be null')]]);
  });
});

describe('where a field is selected', () => {
  test.each<[string, string, string[]]>([
    ['an alias is the path', '{ x: doc(id: "a") { y: secret } }', ['x.y Doc.secret']],
    ['an alias with a free name', '{ doc(id: "a") { id: secret } }', ['doc.id Doc.secret']],
    ['an inline fragment', '{ doc(id: "a") { ... { secret } } }', ['doc.secret Doc.secret']],
    [
      'nested named fragments',
      '{ ...A } fragment A on Query { doc(id: "a") { ...B } } fragment B on Doc { secret }',
      ['doc.secret Doc.secret'],
    ],
    [
      'one fragment twice',
      '{ x: doc(id: "a") { ...B } y: doc(id: "a") { ...B } } fragment B on Doc { secret }',
      ['x.secret Doc.secret', 'y.secret Doc.secret'],
    ],
    [
      'an interface, by each possible type',
      '{ node { secret } }',
      ['node.secret Doc.secret', 'node.secret Note.secret'],
    ],
    [
      'an interface in itself',
      '{ node { ... on Node { ... on Node { secret } } } }',
      ['node.secret Doc.secret', 'node.secret Note.secret'],
    ],
    ['a type rule through the interface', '{ node { id } }', ['node.id Note.id']],
    [
      'an interface on a union',
      '{ hits { ... on Node { secret } } }',
      ['hits.secret Doc.secret', 'hits.secret Note.secret'],
    ],
    ['one member of a union', '{ hits { ... on Note { id } ... on Free { secret } } }', ['hits.id Note.id']],
    ['fragments that exclude each other', '{ hits { ... on Free { ... on Node { secret } } } }', []],
    ['fragments that cannot meet', '{ doc(id: "a") { ... on Node { ... on Note { id } } } }', []],
    [
      'deeper down',
      '{ doc(id: "a") { child { ... on Note { doc { secret } } } self { self { secret } } } }',
      ['doc.child.doc Note.doc', 'doc.child.doc.secret Doc.secret', 'doc.self.self.secret Doc.secret'],
    ],
    ['the same field twice', '{ doc(id: "a") { secret secret ... { secret } } }', ['doc.secret Doc.secret']],
    ['__typename is free', '{ __typename node { __typename ... on Note { __typename } } }', []],
    ['introspection', '{ __schema { types { name fields { name } } } __type(name: "Doc") { name } }', []],
    [
      'names of Object.prototype',
      '{ __proto__: doc(id: "a") { constructor: secret toString: secret } }',
      ['__proto__.constructor Doc.secret', '__proto__.toString Doc.secret'],
    ],
    ['an unused fragment', '{ open } fragment B on Doc { secret }', []],
    ['a fragment, a field and a type that do not exist', '{ open ...Nope nope { x } ... on Nope { x } }', []],
    [
      'a fragment named like another thing',
      '{ ...__proto__ ...constructor } fragment __proto__ on Query { doc(id: "a") { secret } } fragment constructor on Query { open }',
      ['doc.secret Doc.secret'],
    ],
    [
      'in document order',
      '{ b: doc(id: "a") { secret } ...F a: doc(id: "a") { secret } } fragment F on Query { c: doc(id: "a") { secret } }',
      ['b.secret Doc.secret', 'c.secret Doc.secret', 'a.secret Doc.secret'],
    ],
  ])('%s', (_, query, expected) => {
    const { refusals: list } = judge(schema, query, { as: caller('docs:read') });
    expect(list.map(({ path, coordinate }) => `${path.join('.')} ${coordinate}`)).toEqual(expected);
  });
});

describe('@skip and @include', () => {
  const both = [{ on: true }, { on: false }];
  test.each<[string, boolean, boolean]>([
    ['query ($on: Boolean!) { doc(id: "a") { secret @include(if: $on) } }', true, false],
    ['query ($on: Boolean!) { doc(id: "a") { secret @skip(if: $on) } }', false, true],
    ['query ($on: Boolean!) { doc(id: "a") @include(if: $on) { secret } }', true, false],
    ['query ($on: Boolean!) { doc(id: "a") { ... @include(if: $on) { secret } } }', true, false],
    [
      'query ($on: Boolean!) { doc(id: "a") { ...F @skip(if: $on) } } fragment F on Doc { secret }',
      false,
      true,
    ],
    [
      'query ($on: Boolean!) { doc(id: "a") { ...F } } fragment F on Doc { secret @include(if: $on) }',
      true,
      false,
    ],
    ['query ($on: Boolean!) { doc(id: "a") { secret @skip(if: $on) @include(if: true) } }', false, true],
    ['query ($on: Boolean!) { doc(id: "a") { secret @skip(if: $on) @include(if: $on) } }', false, false],
    [
      'query ($on: Boolean!) { doc(id: "a") { secret @include(if: $on) ... @skip(if: $on) { secret } } }',
      true,
      true,
    ],
  ])('%s', (query, whenOn, whenOff) => {
    const refused = both.map(
      (variables) => judge(schema, query, { as: caller('docs:read'), variables }).anyRefused,
    );
    expect(refused).toEqual([whenOn, whenOff]);
  });

  test.each<[string, boolean]>([
    ['{ doc(id: "a") { secret @include(if: false) } }', false],
    ['{ doc(id: "a") { secret @skip(if: true) } }', false],
    ['{ doc(id: "a") { secret @include(if: true) @skip(if: false) } }', true],
    ['query ($on: Boolean = false) { doc(id: "a") { secret @include(if: $on) } }', false],
    ['query ($on: Boolean = true) { doc(id: "a") { secret @include(if: $on) } }', true],
  ])('%s', (query, refused) => {
    expect(judge(schema, query, { as: caller('docs:read') }).anyRefused).toBe(refused);
  });

  test('a root field that is left out counts for nothing', () => {
    const query = 'query ($on: Boolean!) { me doc(id: "b") @include(if: $on) { id } }';
    const input = { as: caller('docs:a:read') };
    expect(judge(schema, query, { ...input, variables: { on: true } }).rootFields).toHaveLength(2);
    expect(judge(schema, query, { ...input, variables: { on: false } }).rootFields).toEqual([
      { key: 'me', coordinate: 'Query.me', refusal: null },
    ]);
  });
});

describe('root fields', () => {
  test.each<[string, string[] | null, string[], boolean]>([
    ['{ me }', null, ['me -'], true],
    ['{ __typename me }', null, ['me -'], true],
    ['{ me open }', null, ['me -', 'open +'], false],
    ['{ __typename }', null, [], false],
    ['{ a: doc(id: "a") { id } b: doc(id: "b") { id } }', ['docs:a:read'], ['a +', 'b -'], false],
    ['{ a: doc(id: "c") { id } b: doc(id: "b") { id } }', ['docs:a:read'], ['a -', 'b -'], true],
    ['{ doc(id: "a") { secret } }', ['docs:a:read'], ['doc +'], false],
    ['{ ...F ... { docs { id } } } fragment F on Query { me }', null, ['me -', 'docs -'], true],
    [
      '{ ...F ...F } fragment F on Query { me ... on Query { me docs { id } } }',
      null,
      ['me -', 'docs -'],
      true,
    ],
    ['{ __schema { queryType { name } } me }', null, ['__schema +', 'me -'], false],
    [
      'mutation { edit(id: "a") { id } touch { __typename } }',
      ['docs:b:write'],
      ['edit -', 'touch +'],
      false,
    ],
    ['subscription { changed(id: "a") { id } }', ['docs:b:read'], ['changed -'], true],
    ['subscription { changed(id: "a") { id } }', ['docs:a:read'], ['changed +'], false],
  ])('%s with %j', (...[query, scopes, expected, all]) => {
    const judgement = judge(schema, query, { as: scopes === null ? anonymous() : caller(...scopes) });
    expect(
      judgement.rootFields.map(({ key, refusal }) => `${key} ${refusal === null ? '+' : '-'}`).toSorted(),
    ).toEqual(expected.toSorted());
    expect(judgement.allRootFieldsRefused).toBe(all);
  });
});

describe('mutations', () => {
  test.each<[string, string[], string[]]>([
    ['mutation { edit(id: "a") { id } }', ['docs:a:write'], []],
    ['mutation { edit(id: "a") { id } }', ['docs:b:write'], ['edit docs:a:write']],
    ['mutation { edit(id: "a") { secret } }', ['docs:a:write'], ['edit.secret docs:write']],
    [
      'mutation { edit(id: "a") { self { x: child { id } } } }',
      ['docs:a:write'],
      ['edit.self.x.id agents:read'],
    ],
    ['mutation { edit(id: "a") { owned } }', ['docs:a:write'], []],
    ['mutation { touch { secret } }', ['docs:write'], ['touch.secret agents:read']],
    ['mutation { touch { ... on Free { secret } } }', [], []],
    ['mutation { a: edit(id: "a") { id } b: edit(id: "b") { id } }', ['docs:a:write'], ['b docs:b:write']],
  ])('%s with %j', (query, scopes, expected) => {
    const { refusals: list } = judge(schema, query, { as: caller(...scopes) });
    expect(
      list.map(({ path, requiredScopes }) => `${path.join('.')} ${formatScopes(requiredScopes)}`),
    ).toEqual(expected);
  });
});

test('a guarded field is found behind any number of types that have no rule of their own', () => {
  const deep = buildGuarded({
    typeDefs: `
      interface Step { next: Page }
      type Edge implements Step { next: Page loop: Edge }
      type Page { hit: Hit }
      union Hit = Doc | Edge
      type Doc { secret: Int @requiresScope(scope: "docs:read") }
      type Query { step: Step @public }`,
    resolvers: { Step: { __resolveType: () => 'Edge' }, Hit: { __resolveType: () => 'Doc' } },
  });
  const query =
    '{ step { ...F ... on Edge { loop { loop { ...F } } } } } fragment F on Step { next { hit { ... on Doc { secret } } } }';
  const { refusals: list } = judge(deep, query, { as: caller() });
  expect(list.map(({ path }) => path.join('.'))).toEqual([
    'step.next.hit.secret',
    'step.loop.loop.next.hit.secret',
  ]);
});

test('a response key selected twice is refused when either selection is', () => {
  for (const [a, b] of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const query = `{ x: doc(id: "${a}") { id } x: doc(id: "${b}") { id } }`;
    expect(judge(schema, query, { as: caller('docs:a:read') }).allRootFieldsRefused).toBe(true);
  }
});

test('a fragment at the root is read for all its fields, also when it is spread below the root first', () => {
  const looped = buildGuarded({
    typeDefs: 'type Query { open: Int @public me: Int @authenticated self: Query @authenticated }',
  });
  const query = '{ self { ...F } ... { ...F } } fragment F on Query { open me }';
  const { rootFields, allRootFieldsRefused, refusals: list } = judge(looped, query, { as: anonymous() });
  expect(rootFields.map(({ key }) => key).toSorted()).toEqual(['me', 'open', 'self']);
  expect(allRootFieldsRefused).toBe(false);
  expect(list.map(({ path }) => path.join('.'))).toEqual(['self', 'self.me', 'me']);
});

test('of two operations only the chosen one is judged', () => {
  const document = 'query Good { open } query Bad { docs { id } } mutation Worse { drop }';
  const as = caller();
  expect(judge(schema, document, { as, operationName: 'Good' }).anyRefused).toBe(false);
  expect(refusals(judge(schema, document, { as, operationName: 'Bad' }))).toEqual([
    'docs Query.docs forbidden docs:<id>:read',
  ]);
  expect(judge(schema, document, { as, operationName: 'Worse' }).anyRefused).toBe(true);
});

test('an operation of a kind that the schema lacks has nothing to judge', () => {
  const small = buildGuarded({ typeDefs: 'type Query { a: Int @public }' });
  expect(judge(small, 'mutation { a }', { as: anonymous() })).toEqual({
    refusals: [],
    truncated: false,
    rootFields: [],
    anyRefused: false,
    allRootFieldsRefused: false,
  });
});

test('a plan is for guarded schemas only, and is made once', () => {
  const document = parse('query A { open } query B { me }');
  const [a, b] = document.definitions;
  if (a?.kind !== 'OperationDefinition' || b?.kind !== 'OperationDefinition')
    throw new Error('no operations');
  expect(() => planOperation(buildBare({ typeDefs: 'type Query { a: Int }' }), document, a)).toThrow(
    TypeError,
  );
  expect(planOperation(schema, document, a)).toBe(planOperation(schema, document, a));
  expect(planOperation(schema, document, a)).not.toBe(planOperation(schema, document, b));
});

test('a plan holds no verdict: callers share it and are judged apart', () => {
  const document = parse('{ doc(id: "a") { secret } }');
  const [operation] = document.definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('no operation');
  const plan = planOperation(schema, document, operation);
  const before = JSON.stringify(judge(schema, '{ doc(id: "a") { secret } }', { as: caller('docs:read') }));
  expect(
    judge(schema, '{ doc(id: "a") { secret } }', { as: caller('docs:read', 'docs:write') }).anyRefused,
  ).toBe(false);
  expect(JSON.stringify(judge(schema, '{ doc(id: "a") { secret } }', { as: caller('docs:read') }))).toBe(
    before,
  );
  expect(planOperation(schema, document, operation)).toBe(plan);
});
