import { addResolversToSchema } from '@graphql-tools/schema';
import { buildASTSchema, buildSchema, extendSchema, parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { buildBare, buildGuarded, families, guard } from './guarded-schema.ts';

const Q = 'type Query { ok: String @public } ';
const stream = { subscribe: async function* () {} };

interface BuildError {
  readonly title: string;
  readonly typeDefs: string;
  readonly resolvers?: object;
  readonly error: string;
}

const BUILD_ERRORS: readonly BuildError[] = [
  {
    title: 'a root field without a directive',
    typeDefs: 'type Query { a: String }',
    error: 'Query.a: a root field needs one of',
  },
  {
    title: 'a mutation without a directive',
    typeDefs: `${Q} type Mutation { a: String }`,
    error: 'Mutation.a: a root field needs',
  },
  {
    title: 'a subscription without a directive',
    typeDefs: `${Q} type Subscription { a: String }`,
    resolvers: { Subscription: { a: stream } },
    error: 'Subscription.a: a root field needs',
  },
  {
    title: 'a root field added by an extension',
    typeDefs: `${Q} extend type Query { b: String }`,
    error: 'Query.b: a root field needs',
  },
  {
    title: 'a root field of a root type with another name',
    typeDefs: 'schema { query: Root } type Root { a: String }',
    error: 'Root.a: a root field needs',
  },
  {
    title: 'a subscription without subscribe',
    typeDefs: `${Q} type Subscription { a: String @authenticated }`,
    error: 'Subscription.a: a subscription field needs a subscribe function',
  },
  {
    title: 'a malformed template',
    typeDefs: 'type Query { a: String @requiresScope(scope: "agents") }',
    error: 'Query.a: "agents" is not a scope',
  },
  {
    title: 'an unknown family',
    typeDefs: 'type Query { a: String @requiresScope(scope: "agent:read") }',
    error: 'Query.a: "agent:read": agent:read is no known scope',
  },
  {
    title: 'an unknown action',
    typeDefs: 'type Query { a: String @requiresScope(scope: "agents:raed") }',
    error: 'agents:raed is no known scope',
  },
  {
    title: 'an unknown hole',
    typeDefs: 'type Query { a: String @requiresScope(scope: "agents:{run.agentId}:read") }',
    error: 'Query.a: "{run.agentId}": no loader named "run"',
  },
  {
    title: 'an empty list',
    typeDefs: 'type Query { a: String @requiresScope(scope: []) }',
    error: 'Query.a: an empty list of scopes',
  },
  {
    title: 'an empty string',
    typeDefs: 'type Query { a: String @requiresScope(scope: "") }',
    error: 'Query.a: an empty scope',
  },
  {
    title: 'an empty string beside a good one',
    typeDefs: 'type Query { a: String @requiresScope(scope: ["config:read", ""]) }',
    error: 'Query.a: an empty scope',
  },
  {
    title: 'a scope that is no string',
    typeDefs: 'type Query { a: String @requiresScope(scope: [1]) }',
    error: 'Query.a: Argument "scope"',
  },
  {
    title: 'a hole outside the id place',
    typeDefs: 'type Query { a(x: ID): String @requiresScope(scope: "agents:{args.x}") }',
    error: 'id place only',
  },
  {
    title: '@public beside @requiresScope',
    typeDefs: 'type Query { a: String @public @requiresScope(scope: "config:read") }',
    error: 'Query.a: @public beside another rule',
  },
  {
    title: '@public beside @authenticated',
    typeDefs: 'type Query { a: String @public @authenticated }',
    error: 'Query.a: @public beside another rule',
  },
  {
    title: '@public beside a rule of the type',
    typeDefs: 'type Query @authenticated { a: String @public }',
    error: 'Query.a: @public beside another rule',
  },
  {
    title: '@public beside a rule of the interface field',
    typeDefs: `${Q} interface I { x: Int @requiresScope(scope: "config:read") } type T implements I { x: Int @public }`,
    error: 'T.x: @public beside another rule',
  },
  {
    title: 'a rule beside @public of the interface field',
    typeDefs: `${Q} interface I { x: Int @public } type T implements I { x: Int @authenticated }`,
    error: 'T.x: @public beside another rule',
  },
  {
    title: '@public beside a rule of the interface',
    typeDefs: `${Q} interface I @requiresScope(scope: "config:read") { x: Int } type T implements I { x: Int y: Int @public }`,
    error: 'T.y: @public beside another rule',
  },
  {
    title: '{item.x} on what is no list',
    typeDefs: 'type Query { a: T @requiresScope(scope: "agents:{item.id}:read") } type T { id: ID }',
    error: 'Query.a: {item.id}: the field gives no list',
  },
  {
    title: '{item.x} on a list of scalars',
    typeDefs: 'type Query { a: [ID] @requiresScope(scope: "agents:{item.id}:read") }',
    error: 'Query.a: {item.id}: the elements are no objects',
  },
  {
    title: '{item.x} where x has a resolver of its own',
    typeDefs:
      'type Query { a: [U] @requiresScope(scope: "agents:{item.id}:read") } union U = T | S type T { id: ID } type S { id: ID }',
    resolvers: { S: { id: () => 'other' } },
    error: 'Query.a: {item.id}: S.id has a resolver of its own',
  },
  {
    title: '{parent.x} where x has a resolver of its own',
    typeDefs: `${Q} type T { id: ID x: Int @requiresScope(scope: "agents:{parent.id}:read") }`,
    resolvers: { T: { id: () => 'other' } },
    error: 'T.x: {parent.id}: T.id has a resolver of its own',
  },
  {
    title: '{parent.x} of an interface where x has a resolver in a type that implements it',
    typeDefs: `${Q} interface I { id: ID x: Int @requiresScope(scope: "agents:{parent.id}:read") } type T implements I { id: ID x: Int }`,
    resolvers: { T: { id: () => 'other' } },
    error: 'T.x: {parent.id}: T.id has a resolver of its own',
  },
  {
    title: '{parent.x} on a root field',
    typeDefs: 'type Query { a: String @requiresScope(scope: "agents:{parent.id}:read") }',
    error: 'Query.a: {parent.id}: a root field has no parent',
  },
  {
    title: 'an argument that is not there',
    typeDefs: 'type Query { a(id: ID): String @requiresScope(scope: "agents:{args.agentId}:read") }',
    error: 'Query.a: {args.agentId}: there is no such argument',
  },
  {
    title: 'an input field that is not there',
    typeDefs:
      'input I { id: ID } type Query { a(input: I!): String @requiresScope(scope: "agents:{args.input.agentId}:read") }',
    error: '{args.input.agentId}: there is no such argument',
  },
  {
    title: 'a path through a list',
    typeDefs:
      'input I { id: ID } type Query { a(input: [I!]): String @requiresScope(scope: "agents:{args.input.id}:read") }',
    error: '{args.input.id}: there is no such argument',
  },
  {
    title: 'a path through a scalar',
    typeDefs:
      'scalar JSON type Query { a(input: JSON): String @requiresScope(scope: "agents:{args.input.id}:read") }',
    error: '{args.input.id}: there is no such argument',
  },
  {
    title: 'an argument that is a list',
    typeDefs: 'type Query { a(ids: [ID!]): String @requiresScope(scope: "agents:{args.ids}:read") }',
    error: '{args.ids}: an id is one scalar value, not [ID!]',
  },
  {
    title: 'an argument that is an object',
    typeDefs:
      'input I { id: ID } type Query { a(input: I): String @requiresScope(scope: "agents:{args.input}:read") }',
    error: '{args.input}: an id is one scalar value, not I',
  },
  {
    title: 'an argument with a name of Object.prototype',
    typeDefs: 'type Query { a: String @requiresScope(scope: "agents:{args.constructor}:read") }',
    error: '{args.constructor}: there is no such argument',
  },
  {
    title: 'a type rule whose argument one field lacks',
    typeDefs: `${Q} type T @requiresScope(scope: "agents:{args.id}:read") { a(id: ID): Int b: Int }`,
    error: 'T.b: {args.id}: there is no such argument',
  },
  {
    title: 'a guarded field that is non-null',
    typeDefs: 'type Query { a: String! @authenticated }',
    error: 'Query.a: a guarded field is nullable',
  },
  {
    title: 'a guarded list that is non-null',
    typeDefs: 'type Query { a: [T]! @requiresScope(scope: "agents:{item.id}:read") } type T { id: ID }',
    error: 'Query.a: a guarded field is nullable',
  },
  {
    title: 'a non-null field of a guarded type',
    typeDefs: `${Q} type T @requiresScope(scope: "config:read") { id: ID! }`,
    error: 'T.id: a guarded field is nullable',
  },
  {
    title: 'a non-null field of a type guarded by an extension',
    typeDefs: `${Q} type T { id: ID! } extend type T @authenticated`,
    error: 'T.id: a guarded field is nullable',
  },
  {
    title: 'a non-null field that only the type has, of a guarded interface',
    typeDefs: `${Q} interface I @requiresScope(scope: "config:read") { a: Int } type T implements I { a: Int b: Int! }`,
    error: 'T.b: a guarded field is nullable',
  },
  {
    title: 'a field that is non-null only in the type, guarded by the interface field',
    typeDefs: `${Q} interface I { a: Int @requiresScope(scope: "config:read") } type T implements I { a: Int! }`,
    error: 'T.a: a guarded field is nullable',
  },
  {
    title: 'a wrong rule of an interface that nothing implements',
    typeDefs: `${Q} interface I { a: Int! @requiresScope(scope: "nope:read") }`,
    error: 'I.a: "nope:read"',
  },
  {
    title: 'another directive with nearly our name',
    typeDefs: `directive @requiresScopes(scopes: [String!]!) on FIELD_DEFINITION ${Q}`,
    error: '@requiresScopes: looks like one of',
  },
  {
    title: 'our directive under the name of an import',
    typeDefs: `directive @ambit__requiresScope(scope: [String!]!) repeatable on FIELD_DEFINITION ${Q}`,
    error: '@ambit__requiresScope: looks like one of',
  },
];

test.each(BUILD_ERRORS)('$title does not build', ({ typeDefs, resolvers = {}, error }) => {
  const schema = buildBare({ typeDefs, resolvers: resolvers as never });
  expect(() => guard(schema)).toThrow(TypeError);
  expect(() => guard(schema)).toThrow(error);
});

test('every mistake is listed, each with its coordinate and once', () => {
  const schema = buildBare({
    typeDefs: `
      type Query { a: String b: String! @authenticated c: [A] @public }
      interface I { x: Int @requiresScope(scope: "nope:read") }
      type A implements I { x: Int }
      type B implements I { x: Int }`,
  });
  const message = messageOf(() => guard(schema));
  for (const coordinate of ['Query.a:', 'Query.b:', 'I.x:'])
    expect(message.split(coordinate)).toHaveLength(2);
});

describe('the directives themselves', () => {
  test.each([
    [
      'missing altogether',
      '',
      /@requiresScope: not defined.*\n.*@authenticated: not defined.*\n.*@public: not defined/,
    ],
    [
      'with another argument',
      'directive @requiresScope(scopes: [String!]!) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION',
      /@requiresScope: defined otherwise/,
    ],
    [
      'with another argument type',
      'directive @requiresScope(scope: [[String!]!]!) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION',
      /@requiresScope: defined otherwise/,
    ],
    [
      'with a nullable argument',
      'directive @requiresScope(scope: [String!]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION',
      /@requiresScope: defined otherwise/,
    ],
    [
      'with a default',
      'directive @requiresScope(scope: [String!]! = ["config:read"]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION',
      /@requiresScope: defined otherwise/,
    ],
    [
      'with one more argument',
      'directive @requiresScope(scope: [String!]!, off: Boolean) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION',
      /@requiresScope: defined otherwise/,
    ],
    [
      'not repeatable',
      'directive @requiresScope(scope: [String!]!) on OBJECT | INTERFACE | FIELD_DEFINITION',
      /@requiresScope: defined otherwise/,
    ],
    [
      'in fewer places',
      'directive @requiresScope(scope: [String!]!) repeatable on FIELD_DEFINITION',
      /@requiresScope: defined otherwise/,
    ],
    [
      'in more places',
      'directive @authenticated on OBJECT | FIELD_DEFINITION | INPUT_OBJECT',
      /@authenticated: defined otherwise/,
    ],
    [
      '@public with an argument',
      'directive @public(really: Boolean) on FIELD_DEFINITION',
      /@public: defined otherwise/,
    ],
  ])('%s: does not build', (_, definition, message) => {
    const schema = buildSchema(
      `${definition} ${definition.includes('@public') ? 'type Query { a: String @public }' : 'type Query { a: String }'}`,
    );
    expect(messageOf(() => guard(schema))).toMatch(message);
  });

  test('in the same places written in another order: builds', () => {
    const turned = directiveTypeDefs.replace(
      'OBJECT | INTERFACE | FIELD_DEFINITION',
      'FIELD_DEFINITION | OBJECT | INTERFACE',
    );
    expect(() => guard(buildSchema(turned + Q))).not.toThrow();
  });

  test.each([
    ['an input object', 'input I @authenticated { a: Int }', 'I: @authenticated has no place'],
    [
      'an input object, with a scope',
      'input I @requiresScope(scope: "config:read") { a: Int }',
      'I: @requiresScope has no place',
    ],
    ['an input field', 'input I { a: Int @authenticated }', 'I.a: @authenticated has no place'],
    ['an argument', 'type T { x(a: Int @authenticated): Int }', 'T.x(a:): @authenticated has no place'],
    ['an enum', 'enum E @authenticated { A }', 'E: @authenticated has no place'],
    ['an enum value', 'enum E { A @public }', 'E.A: @public has no place'],
    ['a scalar', 'scalar S @authenticated', 'S: @authenticated has no place'],
    ['a union', 'union U @authenticated = Query', 'U: @authenticated has no place'],
    [
      'an interface that it may not stand on',
      'interface I @authenticated { a: Int }',
      'I: @authenticated has no place',
    ],
    ['a type that it may not stand on', 'type T @public { a: Int }', 'T: @public has no place'],
    ['the schema', 'schema @authenticated { query: Query }', 'schema: @authenticated has no place'],
    ['a type extension', 'scalar S extend scalar S @authenticated', 'S: @authenticated has no place'],
  ])('on %s: stopped by GraphQL, and by the guard where that check is off', (_, sdl, message) => {
    const document = parse(directiveTypeDefs + Q + sdl);
    expect(() => buildASTSchema(document)).toThrow(/may not be used on/);
    expect(() => guard(buildASTSchema(document, { assumeValidSDL: true }))).toThrow(message);
  });
});

test('loaders cannot take the names that holes have already', () => {
  const schema = buildBare({ typeDefs: Q });
  expect(() => guard(schema, { loaders: { parent: () => null } })).toThrow('loaders.parent:');
});

test('a schema is guarded once', () => {
  const guarded = buildGuarded({ typeDefs: Q });
  expect(() => guard(guarded)).toThrow('This schema is guarded already.');
});

test('a non-null subscription field may be guarded', () => {
  const typeDefs = `${Q} type Subscription { a: String! @authenticated }`;
  expect(() => buildGuarded({ typeDefs, resolvers: { Subscription: { a: stream } } })).not.toThrow();
});

test('root fields of a guarded root type need no directive of their own', () => {
  expect(() => buildGuarded({ typeDefs: 'type Query @authenticated { a: String b: Int }' })).not.toThrow();
});

test('the admin scope needs no family, and can have another name', () => {
  const schema = buildBare({ typeDefs: 'type Query { a: String @requiresScope(scope: "superuser") }' });
  expect(() =>
    guardSchema(schema, { principalOf: () => null, families, adminScope: 'superuser' }),
  ).not.toThrow();
  expect(() => guardSchema(schema, { principalOf: () => null, families })).toThrow(
    '"superuser" is not a scope',
  );
});

test('rules of a schema built in code, in extensions.directives, count', () => {
  const schema = buildBare({ typeDefs: 'type Query { a: String }' });
  const field = schema.getQueryType()!.getFields()['a']!;
  field.extensions = { directives: { requiresScope: { scope: 'nope:read' } } };
  expect(() => guard(schema)).toThrow('Query.a: "nope:read"');
});

test('fields without a rule keep their very resolver, or none; the given schema stays as it is', () => {
  const bare = buildBare({
    typeDefs: `
      type Query { plain: String @public secret: String @authenticated t: T @public }
      type T { a: Int b: Int @authenticated }
      type Subscription { open: Int @public shut: Int @authenticated }`,
    resolvers: {
      Query: { plain: () => 'plain', secret: () => 'secret' },
      Subscription: { open: stream, shut: stream },
    },
  });
  const { resolve, subscribe } = fieldOf(bare, 'Subscription', 'open');
  const { resolve: plain } = fieldOf(bare, 'Query', 'plain');
  const { resolve: secret } = fieldOf(bare, 'Query', 'secret');
  const guarded = guard(bare);
  expect(fieldOf(guarded, 'Query', 'plain').resolve).toBe(plain);
  expect(fieldOf(guarded, 'T', 'a').resolve).toBeUndefined();
  expect(fieldOf(guarded, 'Subscription', 'open')).toMatchObject({ resolve, subscribe });
  expect(fieldOf(guarded, 'Query', 'secret').resolve).not.toBe(secret);
  expect(fieldOf(guarded, 'T', 'b').resolve).toBeTypeOf('function');
  expect(fieldOf(guarded, 'Subscription', 'shut').subscribe).not.toBe(subscribe);
  expect(fieldOf(bare, 'Query', 'secret').resolve).toBe(secret);
  expect(fieldOf(bare, 'T', 'b').resolve).toBeUndefined();
});

test('a schema extended and given resolvers in several steps is guarded whole', () => {
  const base = buildSchema(`${directiveTypeDefs} type Query { a: T @public } type T { x: Int }`);
  const extended = extendSchema(
    base,
    parse('extend type T { y: Int @authenticated } extend type T @requiresScope(scope: "config:read")'),
  );
  const schema = guard(addResolversToSchema({ schema: extended, resolvers: { T: { y: () => 1 } } }));
  expect(fieldOf(schema, 'T', 'x').resolve).toBeTypeOf('function');
  expect(fieldOf(schema, 'T', 'y').resolve).toBeTypeOf('function');
});

function fieldOf(schema: ReturnType<typeof guard>, type: string, field: string) {
  const named = schema.getType(type);
  if (!named || !('getFields' in named)) throw new Error('no such type');
  const found = named.getFields()[field];
  if (!found || !('args' in found)) throw new Error('no such field');
  return found;
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
}
