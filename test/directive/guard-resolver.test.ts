import { describe, expect, test } from 'vitest';

import { UnauthenticatedError } from '../../src/errors.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import {
  anonymous,
  ask,
  buildBare,
  buildGuarded,
  caller,
  families,
  type TestContext,
} from './guarded-schema.ts';

describe('rules without holes', () => {
  const schema = buildGuarded({
    typeDefs: `
      type Query {
        open: String @public
        known: String @authenticated
        config: String @requiresScope(scope: "config:read")
        system: String @requiresScope(scope: "system:read")
        either: String @requiresScope(scope: ["config:read", "docs:read"])
        both: String @requiresScope(scope: "config:read") @requiresScope(scope: "docs:read")
        mixed: String @authenticated @requiresScope(scope: ["config:read", "agents:a:read"]) @requiresScope(scope: "docs:read")
        one: String @requiresScope(scope: "agents:a:read")
        every: String @requiresScope(scope: "agents:*:read")
        admin: String @requiresScope(scope: "agent_os:admin")
      }`,
  });
  const root = {
    open: 1,
    known: 1,
    config: 1,
    system: 1,
    either: 1,
    both: 1,
    mixed: 1,
    one: 1,
    every: 1,
    admin: 1,
  };

  test.each<[string, string[] | null, string]>([
    ['open', null, 'ok'],
    ['open', [], 'ok'],
    ['known', null, 'known UNAUTHENTICATED'],
    ['known', [], 'ok'],
    ['config', null, 'config UNAUTHENTICATED'],
    ['config', [], 'config FORBIDDEN config:read'],
    [
      'config',
      ['docs:read', 'config:write', 'config', 'config:read:x', ' config:read'],
      'config FORBIDDEN config:read',
    ],
    ['config', ['config:read'], 'ok'],
    ['config', ['config:*:read'], 'ok'],
    ['config', ['config:x:read'], 'config FORBIDDEN config:read'],
    ['config', ['system:read'], 'ok'],
    ['config', ['agent_os:admin'], 'ok'],
    ['system', ['config:read'], 'ok'],
    ['either', ['docs:read'], 'ok'],
    ['either', ['agents:read'], 'either FORBIDDEN config:read|docs:read'],
    ['both', ['docs:read'], 'both FORBIDDEN config:read & docs:read'],
    ['both', ['docs:read', 'config:read'], 'ok'],
    ['mixed', ['agents:a:read'], 'mixed FORBIDDEN config:read|agents:a:read & docs:read'],
    ['mixed', ['agents:a:read', 'docs:read'], 'ok'],
    ['mixed', ['agents:b:read', 'docs:read'], 'mixed FORBIDDEN config:read|agents:a:read & docs:read'],
    ['one', ['agents:a:read'], 'ok'],
    ['one', ['agents:read'], 'ok'],
    ['one', ['agents:A:read'], 'one FORBIDDEN agents:a:read'],
    ['every', ['agents:a:read'], 'every FORBIDDEN agents:*:read'],
    ['every', ['agents:*:read'], 'ok'],
    ['admin', ['agent_os:*:admin'], 'admin FORBIDDEN agent_os:admin'],
    ['admin', ['config:read'], 'admin FORBIDDEN agent_os:admin'],
    ['admin', ['agent_os:admin'], 'ok'],
  ])('%s with %j: %s', async (field, scopes, expected) => {
    const as = scopes === null ? anonymous() : caller(...scopes);
    const { data, errors } = await ask(schema, `{ ${field} }`, { as, root });
    expect(errors).toEqual(expected === 'ok' ? [] : [expected]);
    expect(data).toEqual({ [field]: expected === 'ok' ? '1' : null });
  });
});

test('a refused field is null, its resolver does not run, and its neighbours are untouched', async () => {
  const ran: string[] = [];
  const schema = buildGuarded({
    typeDefs:
      'type Query { doc: Doc @public } type Doc { title: String secret: String @requiresScope(scope: "docs:write") }',
    resolvers: {
      Query: { doc: () => ({ title: 'T', secret: 'S' }) },
      Doc: { secret: ({ secret }) => (ran.push('secret'), secret) },
    },
  });
  const answer = await ask(schema, '{ doc { title x: secret } }', { as: caller('docs:read') });
  expect(answer).toEqual({ data: { doc: { title: 'T', x: null } }, errors: ['doc.x FORBIDDEN docs:write'] });
  expect(ran).toEqual([]);
});

test('the message names the field, not the data', async () => {
  const schema = buildGuarded({
    typeDefs: 'type Query { a(id: ID): Int @requiresScope(scope: "docs:{args.id}:read") }',
  });
  const field = schema.getQueryType()!.getFields()['a']!;
  const call = () => field.resolve!({}, { id: 'top-secret' }, caller(), {} as never); // the guard reads no info before it refuses
  expect(call).toThrow("The token's scopes do not open Query.a.");
});

test('the guard gives the very value of the resolver, a promise or not', () => {
  const promise = Promise.resolve(1);
  const value = { id: '1' };
  const schema = buildGuarded({
    typeDefs: `
      type T { id: ID }
      type Query {
        sync: T @authenticated
        async: Int @requiresScope(scope: "config:read")
        byArgument(id: ID): T @requiresScope(scope: "docs:{args.id}:read")
        list: [T] @requiresScope(scope: ["config:read", "docs:{item.id}:read"])
      }`,
    resolvers: {
      Query: { sync: () => value, async: () => promise, byArgument: () => value, list: () => promise },
    },
  });
  const call = (name: string, args = {}) =>
    schema.getQueryType()!.getFields()[name]!.resolve!(
      {},
      args,
      caller('config:read', 'docs:read'),
      {} as never,
    ); // these resolvers read no info
  expect(call('sync')).toBe(value);
  expect(call('async')).toBe(promise);
  expect(call('byArgument', { id: '1' })).toBe(value);
  expect(call('list')).toBe(promise);
});

test('a default-resolver field calls a method of the parent as GraphQL would', async () => {
  const schema = buildGuarded({ typeDefs: 'type Query { a(n: Int): Int @authenticated }' });
  const root = {
    base: 40,
    a(this: { base: number }, { n }: { n: number }, context: TestContext) {
      return context.principal ? this.base + n : 0;
    },
  };
  expect(await ask(schema, '{ a(n: 2) }', { as: caller(), root })).toEqual({ data: { a: 42 }, errors: [] });
});

test('fields added by extend type are guarded like any other', async () => {
  const schema = buildGuarded({
    typeDefs: [
      'type Query { t: T @public } type T { a: Int }',
      'extend type T { b: Int @authenticated } extend type T @requiresScope(scope: "config:read") { c: Int }',
    ],
    resolvers: { Query: { t: () => ({ a: 1, b: 2, c: 3 }) } },
  });
  expect(await ask(schema, '{ t { __typename a b c } }', { as: caller() })).toEqual({
    data: { t: { __typename: 'T', a: null, b: null, c: null } },
    errors: ['t.a FORBIDDEN config:read', 't.b FORBIDDEN config:read', 't.c FORBIDDEN config:read'],
  });
});

test('the rules of field, type, interface and interface field are all asked', async () => {
  const schema = buildGuarded({
    typeDefs: `
      type Query { t: T @public }
      interface I @requiresScope(scope: "docs:read") { a: Int @requiresScope(scope: "agents:read") }
      type T implements I @requiresScope(scope: "config:read") { a: Int @requiresScope(scope: "users:read") b: Int }`,
    resolvers: { Query: { t: () => ({ a: 1, b: 2 }) } },
  });
  const all = ['users:read', 'config:read', 'docs:read', 'agents:read'];
  expect((await ask(schema, '{ t { a b } }', { as: caller(...all) })).errors).toEqual([]);
  for (const missing of all) {
    const { data, errors } = await ask(schema, '{ t { a } }', {
      as: caller(...all.filter((scope) => scope !== missing)),
    });
    expect(data).toEqual({ t: { a: null } });
    expect(errors).toEqual(['t.a FORBIDDEN users:read & config:read & docs:read & agents:read']);
  }
});

test('verdicts are not carried from one caller to the next, nor from one field to another', async () => {
  const schema = buildGuarded({
    typeDefs: `type Query {
      a: Int @requiresScope(scope: "docs:read") b: Int @requiresScope(scope: "docs:write")
      c(id: ID): Int @requiresScope(scope: "docs:{args.id}:read") }`,
  });
  const root = { a: 1, b: 2, c: 3 };
  const [reader, writer, one] = [caller('docs:read'), caller('docs:write'), caller('docs:1:read')];
  for (let round = 0; round < 3; round += 1) {
    expect((await ask(schema, '{ a b }', { as: reader, root })).data).toEqual({ a: 1, b: null });
    expect((await ask(schema, '{ a b }', { as: writer, root })).data).toEqual({ a: null, b: 2 });
    expect((await ask(schema, '{ a b }', { as: anonymous(), root })).data).toEqual({ a: null, b: null });
    expect((await ask(schema, '{ x: c(id: 1) y: c(id: 2) }', { as: one, root })).data).toEqual({
      x: 3,
      y: null,
    });
    expect((await ask(schema, '{ x: c(id: 1) y: c(id: 2) }', { as: reader, root })).data).toEqual({
      x: 3,
      y: 3,
    });
  }
});

test('a token that expires during execution closes the fields after it', async () => {
  let asked = 0;
  const schema = guardSchema<TestContext>(
    buildBare({ typeDefs: 'type Query { a: Int @authenticated b: Int @authenticated c: Int @public }' }),
    {
      families,
      principalOf: ({ principal }) => {
        asked += 1;
        if (asked > 1 && asked !== 2) throw new UnauthenticatedError('invalid');
        return principal;
      },
    },
  );
  const { data, errors } = await ask(schema, '{ a b c }', { as: caller(), root: { a: 1, b: 2, c: 3 } });
  expect(data).toEqual({ a: 1, b: null, c: 3 });
  expect(errors).toEqual(['b UNAUTHENTICATED']);
});

test('a check that throws is a refusal', async () => {
  const schema = guardSchema<TestContext>(buildBare({ typeDefs: 'type Query { a: Int @authenticated }' }), {
    families,
    principalOf: () => {
      throw new Error('broken');
    },
  });
  expect(await ask(schema, '{ a }', { as: caller(), root: { a: 1 } })).toEqual({
    data: { a: null },
    errors: ['a Error: broken'],
  });
});

test('aliases and variables named like parts of Object.prototype are plain names', async () => {
  const schema = buildGuarded({
    typeDefs: 'type Query { a(id: ID): Int @requiresScope(scope: "docs:{args.id}:read") b: Int @public }',
  });
  const query = `query __proto__($constructor: ID) {
    __proto__: a(id: $constructor) constructor: a(id: "2") toString: a hasOwnProperty: b }`;
  const { data, errors } = await ask(schema, query, {
    as: caller('docs:1:read'),
    variables: { constructor: '1' },
    root: { a: 1, b: 2 },
  });
  expect(Object.entries(data as object)).toEqual([
    ['__proto__', 1],
    ['constructor', null],
    ['toString', null],
    ['hasOwnProperty', 2],
  ]);
  expect(errors).toEqual(['constructor FORBIDDEN docs:2:read', 'toString FORBIDDEN docs:<id>:read']);
  expect(({} as Record<string, unknown>)['a']).toBeUndefined();
});

test('an argument named like a part of Object.prototype is missing when it is not given', async () => {
  const schema = buildGuarded({
    typeDefs: 'type Query { a(constructor: ID): Int @requiresScope(scope: "docs:{args.constructor}:read") }',
  });
  expect((await ask(schema, '{ a }', { as: caller('docs:read'), root: { a: 1 } })).errors).toEqual([
    'a FORBIDDEN docs:<id>:read',
  ]);
});

test('mutations are guarded at run time too, field by field and in order', async () => {
  const done: string[] = [];
  const schema = buildGuarded({
    typeDefs: `type Query { ok: Int @public } type Doc { id: ID secret: Int @requiresScope(scope: "config:read") }
      type Mutation {
        edit(id: ID): Doc @requiresScope(scope: "docs:{args.id}:write")
        drop(id: ID): Doc @requiresScope(scope: "docs:{doc.id}:write")
      }`,
    resolvers: {
      Mutation: {
        edit: (_, { id }) => (done.push(`edit ${id}`), { id, secret: 1 }),
        drop: (_, { id }) => (done.push(`drop ${id}`), { id, secret: 1 }),
      },
    },
    loaders: { doc: ({ id }) => (done.push(`load ${String(id)}`), Promise.resolve({ id })) },
  });
  const query =
    'mutation { a: drop(id: 1) { id } b: edit(id: 2) { id } c: drop(id: 2) { id } d: edit(id: 1) { id secret } }';
  const { data, errors } = await ask(schema, query, { as: caller('docs:1:write') });
  expect(data).toEqual({ a: { id: '1' }, b: null, c: null, d: { id: '1', secret: null } });
  expect(errors.toSorted()).toEqual([
    'b FORBIDDEN docs:2:write',
    'c FORBIDDEN docs:2:write',
    'd.secret FORBIDDEN config:read',
  ]);
  expect(done).toEqual(['load 1', 'drop 1', 'load 2', 'edit 1']);
});

test('the admin scope under another name opens everything, and the default name then nothing', async () => {
  const schema = guardSchema<TestContext>(
    buildBare({
      typeDefs:
        'type Query { a: Int @requiresScope(scope: "root") b: Int @requiresScope(scope: "docs:read") }',
    }),
    { families, adminScope: 'root', principalOf: ({ principal }) => principal },
  );
  const as = (scope: string): TestContext => ({ principal: { grants: new GrantSet([scope], 'root') } });
  expect((await ask(schema, '{ a b }', { as: as('root'), root: { a: 1, b: 1 } })).data).toEqual({
    a: 1,
    b: 1,
  });
  expect((await ask(schema, '{ a b }', { as: as('agent_os:admin'), root: { a: 1, b: 1 } })).data).toEqual({
    a: null,
    b: null,
  });
});
