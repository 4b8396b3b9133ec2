import { describe, expect, test } from 'vitest';

import { anonymous, ask, buildGuarded, caller } from './guarded-schema.ts';

const A = { id: 'a' };
const B = { id: 'b' };
const C = { id: 'c' };

function build(list: () => unknown, type = '[Doc]', rule = '@requiresScope(scope: "docs:{item.id}:read")') {
  return buildGuarded({
    typeDefs: `type Doc { id: ID } type Query { docs(id: ID): ${type} ${rule} }`,
    resolvers: { Query: { docs: list } },
  });
}

async function ids(schema: ReturnType<typeof build>, ...scopes: string[]) {
  return ask(schema, '{ docs { id } }', { as: caller(...scopes) });
}

test.each<[string[], unknown, string[]]>([
  [['docs:a:read'], [{ id: 'a' }], []],
  [['docs:c:read', 'docs:a:read'], [{ id: 'a' }, { id: 'c' }], []],
  [['docs:x:read'], [], []],
  [['docs:read'], [{ id: 'a' }, { id: 'b' }, { id: 'c' }], []],
  [['docs:*:read'], [{ id: 'a' }, { id: 'b' }, { id: 'c' }], []],
  [['agent_os:admin'], [{ id: 'a' }, { id: 'b' }, { id: 'c' }], []],
  [[], null, ['docs FORBIDDEN docs:<id>:read']],
  [['docs:a:write'], null, ['docs FORBIDDEN docs:<id>:read']],
  [['docs::read'], null, ['docs FORBIDDEN docs:<id>:read']],
])('%j sees %j', async (scopes, docs, errors) => {
  expect(
    await ids(
      build(() => [A, B, C]),
      ...scopes,
    ),
  ).toEqual({ data: { docs }, errors });
});

test('without a token nothing is asked of the resolver', async () => {
  const schema = build(() => {
    throw new Error('ran');
  });
  expect((await ask(schema, '{ docs { id } }', { as: anonymous() })).errors).toEqual([
    'docs UNAUTHENTICATED',
  ]);
});

describe('what a resolver may give', () => {
  test.each<[string, () => unknown, unknown]>([
    ['a promise of a list', () => Promise.resolve([A, B]), [{ id: 'a' }]],
    ['a set', () => new Set([B, A]), [{ id: 'a' }]],
    [
      'a generator',
      function* () {
        yield B;
        yield A;
      },
      [{ id: 'a' }],
    ],
    ['promises in a list', () => [Promise.resolve(B), Promise.resolve(A)], [{ id: 'a' }]],
    ['promises in a promised set', () => Promise.resolve(new Set([Promise.resolve(A), B])), [{ id: 'a' }]],
    ['an element that rejects, unseen', () => [A, Promise.reject(new Error('secret of b'))], [{ id: 'a' }]],
    ['an element that is an error, unseen', () => [A, new Error('secret of b')], [{ id: 'a' }]],
    ['elements without an id', () => [A, {}, { id: null }, { id: '' }, null, undefined], [{ id: 'a' }]],
    ['elements that are no objects', () => [A, 'a', 1], [{ id: 'a' }]],
    ['null', () => null, null],
    ['undefined', () => undefined, null],
    ['an empty list', () => [], []],
  ])('%s', async (_, list, docs) => {
    expect(await ids(build(list), 'docs:a:read')).toEqual({ data: { docs }, errors: [] });
  });

  test.each<[string, () => unknown]>([
    ['an object', () => ({ 0: A, length: 1 })],
    ['a single element', () => A],
    ['text', () => 'abc'],
    [
      'an async generator',
      async function* () {
        yield B;
      },
    ],
  ])('%s is not shown unfiltered', async (_, list) => {
    const { data, errors } = await ids(build(list), 'docs:a:read');
    expect(data).toEqual({ docs: null });
    expect(errors).toEqual(['docs TypeError: A field filtered by {item} did not give a list.']);
  });

  test('an error of the resolver stays an error', async () => {
    expect(
      (
        await ids(
          build(() => new Error('broken')),
          'docs:a:read',
        )
      ).errors,
    ).toEqual(['docs Error: broken']);
    expect(
      (
        await ids(
          build(() => Promise.reject(new Error('broken'))),
          'docs:a:read',
        )
      ).errors,
    ).toEqual(['docs Error: broken']);
  });
});

describe('nested lists', () => {
  const value = () => [[A, B], null, Promise.resolve(new Set([B, C])), [Promise.resolve(C), A]];

  test('the innermost elements are filtered, the shape stays', async () => {
    const { data } = await ids(build(value, '[[Doc!]]'), 'docs:a:read');
    expect(data).toEqual({ docs: [[{ id: 'a' }], null, [], [{ id: 'a' }]] });
  });

  test('three levels deep', async () => {
    const { data } = await ids(
      build(() => [value(), [[C]]], '[[[Doc]!]!]'),
      'docs:c:read',
    );
    expect(data).toEqual({ docs: null });
    const deep = await ids(
      build(() => [[[A], [C]], [[C, C]]], '[[[Doc]!]!]'),
      'docs:c:read',
    );
    expect(deep.data).toEqual({ docs: [[[], [{ id: 'c' }]], [[{ id: 'c' }, { id: 'c' }]]] });
  });

  test("an inner list that rejects is that list's error, and leaves no unhandled rejection", async () => {
    const schema = build(
      () => [Promise.reject(new Error('x')), 7, Promise.reject(new Error('y'))],
      '[[Doc!]!]',
    );
    const { data, errors } = await ids(schema, 'docs:a:read');
    expect(data).toEqual({ docs: null });
    expect(errors).toHaveLength(1);
  });
});

describe('beside other entries and lists', () => {
  const any = '@requiresScope(scope: ["config:read", "docs:{item.id}:read", "agents:{item.id}:read"])';
  test.each<[string[], string[] | null]>([
    [['config:read'], ['a', 'b', 'c']],
    [['docs:a:read'], ['a']],
    [
      ['docs:a:read', 'agents:b:read'],
      ['a', 'b'],
    ],
    [['agents:read'], ['a', 'b', 'c']],
    [['config:x:read'], null],
  ])('any of the list: %j sees %j', async (scopes, expected) => {
    const { data } = await ids(
      build(() => [A, B, C], '[Doc]', any),
      ...scopes,
    );
    expect(data).toEqual({ docs: expected?.map((id) => ({ id })) ?? null });
  });

  const all =
    '@requiresScope(scope: "docs:{item.id}:read") @requiresScope(scope: ["agents:{item.id}:read", "config:read"])';
  test.each<[string[], string[] | null]>([
    [['docs:a:read', 'docs:b:read', 'agents:b:read'], ['b']],
    [['docs:a:read', 'config:read'], ['a']],
    [['docs:a:read', 'agents:b:read'], []],
    [['docs:a:read'], null],
  ])('all of the lists: %j sees %j', async (scopes, expected) => {
    const { data } = await ids(
      build(() => [A, B, C], '[Doc]', all),
      ...scopes,
    );
    expect(data).toEqual({ docs: expected?.map((id) => ({ id })) ?? null });
  });

  test('an argument in the same list', async () => {
    const schema = build(
      () => [A, B],
      '[Doc]',
      '@requiresScope(scope: ["users:{args.id}:read", "docs:{item.id}:read"])',
    );
    const as = caller('users:u:read', 'docs:b:read');
    expect(
      (await ask(schema, '{ mine: docs(id: "u") { id } other: docs(id: "v") { id } }', { as })).data,
    ).toEqual({
      mine: [{ id: 'a' }, { id: 'b' }],
      other: [{ id: 'b' }],
    });
  });
});
