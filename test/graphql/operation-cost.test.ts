import { buildSchema, parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { InvalidInputError } from '../../src/errors.ts';
import { createContractSchema } from '../../src/graphql/contract-schema.ts';
import { assertFieldWeights, FIELD_WEIGHTS } from '../../src/graphql/field-weights.ts';
import { estimateCost } from '../../src/graphql/operation-cost.ts';
import { ScopeCatalogue } from '../../src/scope/catalogue.ts';

const schema = buildSchema(/* GraphQL */ `
  type Query {
    hello: String
    words: [String!]!
    item: Item
    matrix: [[Item!]!]!
    items(first: Int = 20, last: Int): ItemPage
    open(first: Int): ItemPage
    plain(first: Int): [Item!]!
    node: Node
  }
  interface Node {
    id: ID!
  }
  type Item implements Node {
    id: ID!
    name: String
    tags: [Tag!]!
    items(first: Int): ItemPage
  }
  type Tag {
    id: ID!
  }
  type ItemPage {
    nodes: [Item!]!
    info: Info
  }
  type Info {
    next: String
  }
  type Mutation {
    act: String
  }
  type Subscription {
    item: Item
  }
`);
const weights = { 'Mutation.act': 1000, 'Item.name': 5 };

function estimate(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  const operation = document.definitions.find((definition) => definition.kind === 'OperationDefinition');
  if (operation === undefined) throw new Error('no operation');
  return estimateCost({ schema, document, operation, variables, weights });
}

describe('the estimate', () => {
  test.each<[string, number, Record<string, unknown>?]>([
    ['{ hello }', 1],
    ['{ hello again: hello __typename }', 3],
    ['{ words }', 1],
    ['{ item { id } }', 2],
    ['{ item { name } }', 6],
    ['{ item { tags { id } } }', 2 + 10],
    ['{ matrix { id } }', 1 + 100],
    // The page's size goes to its list, not to what stands beside it.
    ['{ items { nodes { id } info { next } } }', 1 + 1 + 20 + 2],
    ['{ items(first: 100) { nodes { id name } } }', 2 + 600],
    ['{ items(first: 100, last: 3) { nodes { id } } }', 2 + 3],
    ['{ plain(first: 7) { id } }', 1 + 7],
    ['query ($n: Int) { items(first: $n) { nodes { id } } }', 2 + 50, { n: 50 }],
    ['query ($n: Int) { items(first: $n) { nodes { id } } }', 2 + 20, { n: null }],
    ['query ($n: Int) { items(first: $n) { nodes { id } } }', 2 + 20],
    // Left open, without a default in the schema: as many as a page may hold.
    ['{ open { nodes { id } } }', 2 + 100],
    ['{ items(first: 9) { nodes { items(first: 100) { nodes { id } } } } }', 2 + 9 * (2 + 100)],
    // A fragment in two pages of different sizes.
    [
      '{ a: items(first: 5) { ...P } b: items(first: 7) { ...P } } fragment P on ItemPage { nodes { id } info { next } }',
      2 * (1 + 1 + 2) + 5 + 7,
    ],
    ['{ items(first: 5) { ... on ItemPage { ... { nodes { id } } } } }', 2 + 5],
    ['{ node { id ... on Item { name } } }', 1 + 1 + 5],
    // As if it were there: another value of the variable would make it so.
    ['{ item @skip(if: true) { id } }', 2],
    ['mutation { act again: act }', 2000],
    ['subscription { item { id } }', 200],
    ['{ __schema { types { fields { name } } } }', 1],
  ])('of %s is %d', (query, cost, variables) => {
    expect(estimate(query, variables)).toBe(cost);
  });

  test.each([
    ['{ items(first: 0) { nodes { id } } }', {}, 'first'],
    ['{ items(first: -1) { nodes { id } } }', {}, 'first'],
    ['{ items(last: 101) { nodes { id } } }', {}, 'last'],
    ['query ($n: Int) { items(first: $n) { nodes { id } } }', { n: 101 }, 'first'],
  ])('of %s with %o is none: "%s" will not do', (query, variables, field) => {
    expect(() => estimate(query, variables)).toThrow(expect.objectContaining({ field }));
    expect(() => estimate(query, variables)).toThrow(InvalidInputError);
  });

  test('counts a fragment as often as it is spread, and measures it once', () => {
    const fragments = Array.from(
      { length: 40 },
      (_, index) => `fragment F${index} on Item { a: items(first: 1) { nodes { ...F${index + 1} } }
        b: items(first: 1) { nodes { ...F${index + 1} } } }`,
    );
    const query = `{ item { ...F0 } } ${fragments.join(' ')} fragment F40 on Item { id }`;
    expect(estimate(query)).toBeGreaterThan(2 ** 40);
  });
});

test.each([
  [{ 'Query.helo': 1 }, 'Query.helo'],
  [{ 'Nothing.here': 1 }, 'Nothing.here'],
  [{ 'Query.toString': 1 }, 'Query.toString'],
  [{ 'Query.hello': -1 }, 'Query.hello'],
  [{ 'Query.hello': 0.5 }, 'Query.hello'],
])('weights %o do not start', (wrong, named) => {
  expect(() => assertFieldWeights(schema, wrong)).toThrow(TypeError);
  expect(() => assertFieldWeights(schema, wrong)).toThrow(named);
});

test('every mutation of the API counts as an operation of its own, for the audit log keeps each', () => {
  const api = createContractSchema({ catalogue: new ScopeCatalogue([]), adminScope: 'agent_os:admin' });
  const names = Object.keys(api.getMutationType()?.getFields() ?? {});
  expect(names.filter((name) => (FIELD_WEIGHTS[`Mutation.${name}`] ?? 1) < 1000)).toEqual([]);
});

test('an operation that has others explained costs as much as so many operations', () => {
  const api = createContractSchema({ catalogue: new ScopeCatalogue([]), adminScope: 'agent_os:admin' });
  const fields = Array.from(
    { length: 20 },
    (_, i) => `a${i}: explainAccess(operation: "{ x${i} }") { admitted }`,
  );
  const document = parse(`{ ${fields.join(' ')} }`);
  const [operation] = document.definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('no operation');
  const cost = estimateCost({ schema: api, document, operation, variables: {}, weights: FIELD_WEIGHTS });
  expect(cost).toBeGreaterThanOrEqual(20_000);
});
