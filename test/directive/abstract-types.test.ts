import { describe, expect, test } from 'vitest';

import { ask, buildGuarded, caller } from './guarded-schema.ts';

const schema = buildGuarded({
  typeDefs: `
    interface Node { id: ID secret: String }
    interface Owned @requiresScope(scope: "users:read") { owner: String }
    interface Titled implements Node { id: ID secret: String title: String @requiresScope(scope: "docs:read") }
    type Doc implements Node & Titled { id: ID secret: String @requiresScope(scope: "docs:write") title: String }
    type Note implements Node @requiresScope(scope: "agents:read") { id: ID secret: String text: String }
    type File implements Node & Owned { id: ID secret: String owner: String }
    type Free implements Node { id: ID secret: String }
    union Hit = Doc | Note | File | Free
    type User { docs: [[Doc]] hits: [[Hit!]] }
    type Query {
      node(id: ID): Node @public
      nodes: [Node] @public
      search: [Hit!] @public
      owned: Owned @public
      titled: Titled @public
      doc: Doc @public
      file: File @public
      me: User @public
    }`,
  resolvers: {
    Node: { __resolveType: kind },
    Owned: { __resolveType: kind },
    Titled: { __resolveType: kind },
    Hit: { __resolveType: kind },
    Query: {
      node: (_, { id }) => all()[Number(id)],
      nodes: all,
      search: all,
      doc: () => all()[0],
      titled: () => all()[0],
      owned: () => all()[2],
      file: () => all()[2],
      me: () => ({ docs: [[all()[0], all()[0]], [all()[0]]], hits: [all(), []] }),
    },
  },
});

function kind({ kind: name }: { kind: string }): string {
  return name;
}

function all() {
  return ['Doc', 'Note', 'File', 'Free'].map((name, index) => ({
    kind: name,
    id: String(index),
    secret: `secret of ${name}`,
    title: 'title',
    text: 'text',
    owner: 'owner',
  }));
}

/** Every way to write the same selection; none may show more than another. */
describe.each([
  ['directly', '{ nodes { secret } }', 'nodes'],
  ['through a fragment on the interface', '{ nodes { ... on Node { ... on Node { secret } } } }', 'nodes'],
  ['through a fragment without a type', '{ nodes { ... { ... { secret } } } }', 'nodes'],
  [
    'through a named fragment',
    '{ nodes { ...A } } fragment A on Node { ...B } fragment B on Node { secret }',
    'nodes',
  ],
  ['through the interface on a union', '{ search { ... on Node { secret } } }', 'search'],
  [
    'through each type',
    '{ nodes { ... on Doc { secret } ... on Note { secret } ... on File { secret } ... on Free { secret } } }',
    'nodes',
  ],
  ['under a name that is free elsewhere', '{ nodes { id: secret } }', 'nodes'],
])('a field guarded only in some types, read %s', (_, query, key) => {
  test.each<[string[], (string | null)[]]>([
    [[], [null, null, null, 'secret of Free']],
    [['docs:write'], ['secret of Doc', null, null, 'secret of Free']],
    [['agents:read'], [null, 'secret of Note', null, 'secret of Free']],
    [['users:read'], [null, null, 'secret of File', 'secret of Free']],
    [
      ['docs:write', 'agents:read', 'users:read'],
      ['secret of Doc', 'secret of Note', 'secret of File', 'secret of Free'],
    ],
  ])('%j: %j', async (scopes, secrets) => {
    const { data, errors } = await ask(schema, query, { as: caller(...scopes) });
    const list = (data as Record<string, Record<string, string | null>[]>)[key]!;
    expect(list.map((item) => Object.values(item)[0])).toEqual(secrets);
    expect(errors).toHaveLength(secrets.filter((secret) => secret === null).length);
    expect(JSON.stringify(errors)).not.toContain('secret of');
  });
});

test("a type's rule holds for its objects found through node(id), though only interface fields are selected", async () => {
  const { data, errors } = await ask(schema, '{ node(id: 1) { __typename id } }', { as: caller() });
  expect(data).toEqual({ node: { __typename: 'Note', id: null } });
  expect(errors).toEqual(['node.id FORBIDDEN agents:read']);
});

test("an interface's rule holds when the type is selected directly", async () => {
  for (const query of ['{ owned { owner } }', '{ file { owner } }', '{ nodes { ... on File { owner } } }']) {
    const { errors } = await ask(schema, query, { as: caller() });
    expect(errors.map((error) => error.split(' ').slice(1).join(' '))).toEqual(['FORBIDDEN users:read']);
  }
});

test('the rule of an interface field holds in the type that implements it, and for other interfaces of that type', async () => {
  for (const query of [
    '{ titled { title } }',
    '{ doc { title } }',
    '{ node(id: 0) { ... on Titled { title } ... on Doc { title } } }',
  ]) {
    const { errors } = await ask(schema, query, { as: caller() });
    expect(errors.map((error) => error.split(' ').slice(1).join(' '))).toEqual(['FORBIDDEN docs:read']);
  }
});

test('a refused union member keeps its place; the others are whole; __typename is free', async () => {
  const { data } = await ask(
    schema,
    '{ search { __typename ... on Note { text } ... on Doc { title } ... on Free { id } } }',
    { as: caller('docs:read') },
  );
  expect(data).toEqual({
    search: [
      { __typename: 'Doc', title: 'title' },
      { __typename: 'Note', text: null },
      { __typename: 'File' },
      { __typename: 'Free', id: '3' },
    ],
  });
});

test('nested lists keep their shape, every leaf is judged at its own path', async () => {
  const { data, errors } = await ask(schema, '{ me { docs { secret } hits { ... on Node { secret } } } }', {
    as: caller(),
  });
  expect(data).toEqual({
    me: {
      docs: [[{ secret: null }, { secret: null }], [{ secret: null }]],
      hits: [[{ secret: null }, { secret: null }, { secret: null }, { secret: 'secret of Free' }], []],
    },
  });
  expect(errors.map((error) => error.split(' ')[0])).toEqual([
    'me.docs.0.0.secret',
    'me.docs.0.1.secret',
    'me.docs.1.0.secret',
    'me.hits.0.0.secret',
    'me.hits.0.1.secret',
    'me.hits.0.2.secret',
  ]);
});

test('two fragments that select the same response key are judged by type, neither nulls the other', async () => {
  const query = '{ search { ... on Doc { x: title } ... on Note { x: text } ... on Free { x: secret } } }';
  const { data } = await ask(schema, query, { as: caller('agents:read') });
  expect(data).toEqual({ search: [{ x: null }, { x: 'text' }, {}, { x: 'secret of Free' }] });
});
