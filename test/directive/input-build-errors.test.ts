import {
  buildASTSchema,
  GraphQLEnumType,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { ask, buildBare, buildGuarded, caller, guard } from './guarded-schema.ts';

const Q = 'type Query { ok: String @public } ';
const OK = '@requiresScope(scope: "config:read")';

describe('build errors', () => {
  test.each<[title: string, typeDefs: string, error: string]>([
    [
      'an unknown family at an argument',
      'type Query { a(x: Int @requiresScope(scope: "nope:read")): Int @public }',
      'Query.a(x:): "nope:read": nope:read is no known scope',
    ],
    [
      'an unknown hole at an argument',
      'type Query { a(x: Int @requiresScope(scope: "agents:{run.id}:read")): Int @public }',
      'Query.a(x:): "{run.id}": no loader named "run"',
    ],
    [
      'an empty list at an argument',
      'type Query { a(x: Int @requiresScope(scope: [])): Int @public }',
      'Query.a(x:): an empty list of scopes',
    ],
    [
      'an empty string at an input field',
      `${Q} input I { x: Int @requiresScope(scope: "") }`,
      'I.x: an empty scope',
    ],
    [
      'a malformed scope at an enum value',
      `${Q} enum E { A @requiresScope(scope: "agents") }`,
      'E.A: "agents" is not a scope',
    ],
    [
      'a malformed scope at an enum',
      `${Q} enum E @requiresScope(scope: "a:b:c:d") { A }`,
      'E: "a:b:c:d" is not a scope',
    ],
    ['an empty list at a scalar', `${Q} scalar S @requiresScope(scope: [])`, 'S: an empty list of scopes'],
    [
      'a hole outside the id place',
      'type Query { a(x: ID @requiresScope(scope: "agents:{value}")): Int @public }',
      'id place only',
    ],
    [
      'a path in {value}',
      'type Query { a(x: ID @requiresScope(scope: "agents:{value.id}:read")): Int @public }',
      'no loader named "value"',
    ],
    [
      '{value} on a field',
      'type Query { a(x: ID): Int @requiresScope(scope: "agents:{value}:read") }',
      'Query.a: {value} is what an argument or an input field is given',
    ],
    [
      '{value} on a type',
      `${Q} type T @requiresScope(scope: "agents:{value}:read") { x: Int }`,
      'T.x: {value} is what',
    ],
    [
      '{value} where the argument is an object',
      'input I { x: Int } type Query { a(i: I @requiresScope(scope: "agents:{value}:read")): Int @public }',
      'Query.a(i:): {value}: an id is one scalar value, not I.',
    ],
    [
      '{value} where the input field is a list of objects',
      `${Q} input I { x: [I!] @requiresScope(scope: "agents:{value}:read") }`,
      'I.x: {value}: an id is one scalar value, not [I!].',
    ],
    [
      'an argument hole on an input field',
      `${Q} input I { x: ID @requiresScope(scope: "agents:{args.x}:read") }`,
      'I.x: only {value} stands at an input field',
    ],
    [
      'a parent hole on an input field',
      `${Q} input I { x: ID @requiresScope(scope: "agents:{parent.x}:read") }`,
      'I.x: only {value} stands at an input field',
    ],
    [
      'a hole on an enum value',
      `${Q} enum E { A @requiresScope(scope: "agents:{value}:read") }`,
      'E.A: no hole stands at an enum',
    ],
    [
      'a hole on an enum',
      `${Q} enum E @requiresScope(scope: "agents:{value}:read") { A }`,
      'E: no hole stands at an enum',
    ],
    [
      'a hole on a scalar',
      `${Q} scalar S @requiresScope(scope: "agents:{args.x}:read")`,
      'S: no hole stands at an enum',
    ],
    [
      'an argument hole that no argument fills',
      'type Query { a(x: ID @requiresScope(scope: "agents:{args.y}:read")): Int @public }',
      'Query.a: {args.y}: there is no such argument',
    ],
    [
      'a parent hole at an argument of a root field',
      'type Query { a(x: ID @requiresScope(scope: "agents:{parent.y}:read")): Int @public }',
      'Query.a: {parent.y}: a root field has no parent',
    ],
    [
      'an item hole at an argument of what gives no list',
      'type Query { a(x: ID @requiresScope(scope: "agents:{item.id}:read")): Int @public }',
      'Query.a: {item.id}: the field gives no list',
    ],
    [
      'a non-null field with a guarded argument',
      `type Query { a(x: Int ${OK}): Int! @public }`,
      'Query.a: a guarded field is nullable',
    ],
    [
      'a non-null field with a guarded input far below',
      `input I { j: [J!] } input J { i: I k: K } input K { x: Int ${OK} } type Query { a(i: I): Int! @public }`,
      'Query.a: a guarded field is nullable',
    ],
    [
      'a non-null field with an argument of a guarded enum',
      `enum E ${OK} { A } type Query { a(e: [E]): Int! @public }`,
      'Query.a: a guarded field is nullable',
    ],
    [
      'a non-null field with an argument of an enum with a guarded value',
      `enum E { A B ${OK} } type Query { a(e: E): Int! @public }`,
      'Query.a: a guarded field is nullable',
    ],
    [
      'a non-null field that gives a guarded scalar',
      `scalar S ${OK} type T { s: S! } ${Q}`,
      'T.s: a guarded field is nullable',
    ],
    [
      'a non-null list of a guarded enum',
      `enum E ${OK} { A } type T { s: [E]! } ${Q}`,
      'T.s: a guarded field is nullable',
    ],
    [
      'a non-null field that gives an enum with a guarded value',
      `enum E { A B ${OK} } type T { e: E! } ${Q}`,
      'T.e: a guarded field is nullable',
    ],
    [
      'a non-null interface field with a guarded argument',
      `${Q} interface I { f(x: Int ${OK}): Int! }`,
      'I.f: a guarded field is nullable',
    ],
    [
      'a field that is non-null only in the type, with an argument that the interface guards',
      `${Q} interface I { f(x: Int ${OK}): Int } type T implements I { f(x: Int): Int! }`,
      'T.f: a guarded field is nullable',
    ],
    [
      '@public on a field that gives a guarded scalar',
      `scalar S ${OK} type Query { s: S @public }`,
      'Query.s: @public beside another rule',
    ],
    [
      'a guarded root argument without a rule of the field',
      `type Query { a(x: Int ${OK}): Int }`,
      'Query.a: a root field needs one of',
    ],
    [
      'a rule at an argument of a directive',
      `${Q} directive @d(x: Int ${OK}) on FIELD`,
      '@d(x:): @requiresScope has no place here',
    ],
    [
      'a guarded enum value in a directive of operations',
      `${Q} enum E { A B ${OK} } input I { e: [E] } directive @d(i: I) on FIELD`,
      '@d(i:): I carries a rule, or leads to one',
    ],
    [
      'a type extension',
      `${Q} scalar S extend scalar S @requiresScope(scope: "nope:read")`,
      'S: "nope:read"',
    ],
  ])('%s', (_, typeDefs, error) => {
    const schema = buildASTSchema(parse(directiveTypeDefs + typeDefs));
    expect(() => guard(schema)).toThrow(error);
  });

  test('an interface names its own argument, once', () => {
    const typeDefs = `${Q} interface I { f(x: Int @requiresScope(scope: "a:b")): Int } type A implements I { f(x: Int): Int } type B implements I { f(x: Int): Int }`;
    expect(() => buildGuarded({ typeDefs })).toThrow(/^The schema cannot be guarded:\n- I\.f\(x:\): [^\n]*$/);
  });
});

test('input types that lead to themselves and to each other build, guarded or not', () => {
  const cycles =
    'input A { b: B a: [A!] } input B { a: A } input C { c: C! = {} d: D } input D { c: C x: Int @requiresScope(scope: "config:read") }';
  const schema = buildBare({
    typeDefs: `${cycles.replace('c: C! = {}', 'c: C')} type Query { free(a: A): Int @public shut(c: C): Int @public }`,
    resolvers: { Query: { free: () => 1, shut: () => 1 } },
  });
  const { free } = schema.getQueryType()!.getFields();
  const guarded = guard(schema).getQueryType()!.getFields();
  expect(guarded['free']!.resolve).toBe(free!.resolve);
  expect(guarded['shut']!.resolve).not.toBe(schema.getQueryType()!.getFields()['shut']!.resolve);
});

test('rules of inputs built in code, in extensions.directives, count', async () => {
  const rule = { directives: { requiresScope: [{ scope: ['config:read'] }] } };
  const level = new GraphQLEnumType({
    name: 'Level',
    values: { LOW: { value: 1 }, HIGH: { value: 2, extensions: rule }, TOP: { value: 2 } },
  });
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      a: {
        type: GraphQLString,
        extensions: { directives: { public: [{}] } },
        args: { level: { type: level }, x: { type: GraphQLString, extensions: rule } },
        resolve: () => 'a',
      },
    },
  });
  const base = buildASTSchema(parse(directiveTypeDefs + Q));
  const schema = guard(new GraphQLSchema({ query, directives: base.getDirectives() }));
  const errorsOf = async (text: string) => (await ask(schema, text, { as: caller() })).errors;
  expect(await errorsOf('{ a(level: LOW) }')).toEqual([]);
  expect(await errorsOf('{ a(level: HIGH) }')).toEqual(['a FORBIDDEN config:read']);
  // Resolvers cannot tell it from HIGH, so neither does the guard.
  expect(await errorsOf('{ a(level: TOP) }')).toEqual(['a FORBIDDEN config:read']);
  expect(await errorsOf('{ a(x: "") }')).toEqual(['a FORBIDDEN config:read']);
});

test('a guarded enum value that resolvers see as null is a mistake', () => {
  const typeDefs = `${Q} enum E { A B @requiresScope(scope: "config:read") }`;
  expect(() => buildGuarded({ typeDefs, resolvers: { E: { B: null } } })).toThrow(
    'E.B: resolvers see it as null',
  );
});

test('@public and @authenticated in extensions.directives of an input are mistakes', () => {
  const schema = buildBare({ typeDefs: 'enum E { A } type Query { a(e: E): Int @public }' });
  schema.getType('E')!.extensions = { directives: { authenticated: {} } };
  expect(() => guard(schema)).toThrow('E: only @requiresScope has a place here');
});
