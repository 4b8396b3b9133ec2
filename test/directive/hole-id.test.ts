import { describe, expect, test } from 'vitest';

import { holeId } from '../../src/directive/hole-id.ts';
import { ask, buildGuarded, caller } from './guarded-schema.ts';

class WithGetter {
  get id(): string {
    return 'a';
  }
}

describe('what fills a hole', () => {
  const schema = buildGuarded({
    typeDefs: `
      type T { id: ID read: Int @requiresScope(scope: "docs:{parent.id}:read") }
      type Query { parent: T @public list: [T] @requiresScope(scope: "docs:{item.id}:read")
        loaded: Int @requiresScope(scope: "docs:{doc.id}:read") }`,
    resolvers: {
      T: { read: () => 1 },
      Query: { parent: (root) => root, list: (root) => [root], loaded: () => 1 },
    },
    loaders: { doc: (_, context) => (context as unknown as { object: object }).object }, // put there below
  });

  test.each<[string, unknown, boolean]>([
    ['text', { id: 'a' }, true],
    ['a number', { id: 7 }, true],
    ['zero', { id: 0 }, true],
    ['a getter of a class', new WithGetter(), true],
    ['an inherited property', Object.create({ id: 'a' }), true],
    ['other text', { id: 'b' }, false],
    ['other case', { id: 'A' }, false],
    ['text around it', { id: ' a' }, false],
    ['nothing', {}, false],
    ['null', { id: null }, false],
    ['empty text', { id: '' }, false],
    ['NaN', { id: Number.NaN }, false],
    ['infinity', { id: Number.POSITIVE_INFINITY }, false],
    ['true', { id: true }, false],
    ['a bigint', { id: 7n }, false],
    ['a symbol', { id: Symbol('a') }, false],
    ['a list', { id: ['a'] }, false],
    ['an object that prints as the id', { id: { toString: () => 'a' } }, false],
    ['a String object', { id: Object('a') }, false],
    ['a function', { id: () => 'a' }, false],
    ['a promise', { id: Promise.resolve('a') }, false],
    ['a star', { id: '*' }, false],
  ])('%s', async (_, object, allowed) => {
    const as = {
      ...caller('docs:a:read', 'docs:7:read', 'docs:0:read', 'docs:true:read', 'docs:NaN:read'),
      object,
    };
    const { data } = await ask(schema, '{ parent { read } list { __typename } loaded }', {
      as,
      root: object,
    });
    expect(data).toEqual({
      parent: { read: allowed ? 1 : null },
      list: allowed ? [{ __typename: 'T' }] : [],
      loaded: allowed ? 1 : null,
    });
  });

  test('without an id, a global grant does not help either; the admin scope does', async () => {
    const query = '{ parent { read } list { __typename } loaded }';
    const closed = { parent: { read: null }, list: [], loaded: null };
    const open = { parent: { read: 1 }, list: [{ __typename: 'T' }], loaded: 1 };
    for (const object of [{}, { id: null }, { id: '' }]) {
      expect(
        (await ask(schema, query, { as: { ...caller('docs:read'), object } as never, root: object })).data,
      ).toEqual(closed);
      expect(
        (await ask(schema, query, { as: { ...caller('docs:*:read'), object } as never, root: object })).data,
      ).toEqual(closed);
      expect(
        (await ask(schema, query, { as: { ...caller('agent_os:admin'), object } as never, root: object }))
          .data,
      ).toEqual(open);
    }
  });
});

describe('arguments', () => {
  const schema = buildGuarded({
    typeDefs: `
      enum E { one two }
      input Inner { id: ID = "inner" }
      input Input { id: ID inner: Inner = { id: "outer" } }
      type Query {
        plain(id: ID): Int @requiresScope(scope: "docs:{args.id}:read")
        filled(id: ID = "schema"): Int @requiresScope(scope: "docs:{args.id}:read")
        number(id: Int): Int @requiresScope(scope: "docs:{args.id}:read")
        enum(e: E): Int @requiresScope(scope: "docs:{args.e}:read")
        input(input: Input): Int @requiresScope(scope: "docs:{args.input.id}:read")
        nested(input: Input): Int @requiresScope(scope: "docs:{args.input.inner.id}:read")
      }`,
  });
  const root = { plain: 1, filled: 1, number: 1, enum: 1, input: 1, nested: 1 };

  test.each<[string, Record<string, unknown>, string]>([
    ['{ plain(id: "a") }', {}, 'docs:a:read'],
    ['{ plain(id: 7) }', {}, 'docs:7:read'],
    ['{ plain }', {}, 'docs:<id>:read'],
    ['{ plain(id: null) }', {}, 'docs:<id>:read'],
    ['{ plain(id: "") }', {}, 'docs:<id>:read'],
    ['{ plain(id: "*") }', {}, 'docs:<id>:read'],
    ['query ($v: ID) { plain(id: $v) }', { v: 'b' }, 'docs:b:read'],
    ['query ($v: ID) { plain(id: $v) }', { v: 7 }, 'docs:7:read'],
    ['query ($v: ID) { plain(id: $v) }', {}, 'docs:<id>:read'],
    ['query ($v: ID) { plain(id: $v) }', { v: null }, 'docs:<id>:read'],
    ['query ($v: ID = "operation") { plain(id: $v) }', {}, 'docs:operation:read'],
    ['query ($v: ID = "operation") { plain(id: $v) }', { v: 'c' }, 'docs:c:read'],
    ['query ($v: ID = "operation") { plain(id: $v) }', { v: null }, 'docs:<id>:read'],
    ['{ filled }', {}, 'docs:schema:read'],
    ['{ filled(id: null) }', {}, 'docs:<id>:read'],
    ['query ($v: ID) { filled(id: $v) }', {}, 'docs:schema:read'],
    ['query ($v: ID) { filled(id: $v) }', { v: 'd' }, 'docs:d:read'],
    ['{ number(id: 0) }', {}, 'docs:0:read'],
    ['{ number(id: -1) }', {}, 'docs:-1:read'],
    ['{ enum(e: two) }', {}, 'docs:two:read'],
    ['query ($e: E) { enum(e: $e) }', { e: 'one' }, 'docs:one:read'],
    ['{ input(input: { id: "e" }) }', {}, 'docs:e:read'],
    ['{ input(input: {}) }', {}, 'docs:<id>:read'],
    ['{ input(input: null) }', {}, 'docs:<id>:read'],
    ['{ input }', {}, 'docs:<id>:read'],
    ['query ($i: Input) { input(input: $i) }', { i: { id: 'f' } }, 'docs:f:read'],
    ['query ($v: ID) { input(input: { id: $v }) }', { v: 'g' }, 'docs:g:read'],
    ['query ($v: ID) { input(input: { id: $v }) }', {}, 'docs:<id>:read'],
    ['{ nested(input: {}) }', {}, 'docs:outer:read'],
    ['{ nested(input: { inner: {} }) }', {}, 'docs:inner:read'],
    ['{ nested(input: { inner: { id: "h" } }) }', {}, 'docs:h:read'],
    ['{ nested(input: { inner: null }) }', {}, 'docs:<id>:read'],
    ['query ($i: Input) { nested(input: $i) }', { i: { inner: {} } }, 'docs:inner:read'],
  ])('%s with %j asks for %s', async (query, variables, scope) => {
    const refused = await ask(schema, query, { as: caller('docs:other:read'), variables, root });
    expect(refused.errors).toEqual([
      expect.stringMatching(`FORBIDDEN ${scope.replaceAll('*', String.raw`\*`)}$`),
    ]);
    const granted = await ask(schema, query, { as: caller(scope), variables, root });
    expect(granted.errors).toHaveLength(scope.includes('<id>') ? 1 : 0);
  });

  test('only what is in the arguments themselves counts, not what they inherit', () => {
    const args = Object.create({ id: 'a' }) as Record<string, unknown>; // as after a pollution of Object.prototype
    expect(holeId({ from: 'args', path: ['id'] }, { args })).toBeNull();
    expect(holeId({ from: 'args', path: ['input', 'id'] }, { args: { input: args } })).toBeNull();
  });

  test('a long argument is not repeated in the answer', async () => {
    const { errors } = await ask(schema, 'query ($v: ID) { plain(id: $v) }', {
      as: caller('docs:a:read'),
      variables: { v: 'x'.repeat(100_000) },
      root,
    });
    expect(errors).toEqual(['plain FORBIDDEN docs:<id>:read']);
  });
});

describe('the id of the parent in a refusal', () => {
  const schema = buildGuarded({
    typeDefs: `
      type Open { id: ID secret: Int @requiresScope(scope: "docs:{parent.id}:write") }
      type Shut @requiresScope(scope: "docs:{parent.id}:write") { id: ID }
      type Hidden { secret: Int @requiresScope(scope: "docs:{parent.internal}:write") }
      type Query { open: Open @public shut: Shut @public hidden: Hidden @public }`,
    resolvers: {
      Query: { open: () => ({ id: 'o' }), shut: () => ({ id: 's' }), hidden: () => ({ internal: 'h' }) },
    },
  });

  test('is told where anyone who reads the parent may read it too, and nowhere else', async () => {
    const { errors } = await ask(schema, '{ open { secret } shut { id } hidden { secret } }', {
      as: caller('docs:x:write'),
    });
    expect(errors).toEqual([
      'open.secret FORBIDDEN docs:o:write',
      'shut.id FORBIDDEN docs:<id>:write',
      'hidden.secret FORBIDDEN docs:<id>:write',
    ]);
  });
});

test('{parent.x} on a type is the object itself', async () => {
  const schema = buildGuarded({
    typeDefs: `type Doc @requiresScope(scope: "docs:{parent.id}:read") { id: ID title: String }
      type Query { docs: [Doc] @public }`,
    resolvers: {
      Query: {
        docs: () => [
          { id: 'a', title: 'A' },
          { id: 'b', title: 'B' },
        ],
      },
    },
  });
  const { data } = await ask(schema, '{ docs { __typename title } }', { as: caller('docs:a:read') });
  expect(data).toEqual({
    docs: [
      { __typename: 'Doc', title: 'A' },
      { __typename: 'Doc', title: null },
    ],
  });
});
