import { parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, test } from 'vitest';

import { planOperation } from '../../src/directive/operation-plan.ts';
import { type PlanNode } from '../../src/directive/plan-node.ts';
import { listRequirements } from '../../src/directive/list-requirements.ts';
import { buildGuarded, caller, judge } from './guarded-schema.ts';

const schema = buildGuarded({
  typeDefs: `
    interface Node { id: ID next: Node }
    type A implements Node { id: ID next: Node secret: Int @requiresScope(scope: "docs:write") }
    type B implements Node { id: ID next: Node secret: Int @requiresScope(scope: "docs:write") }
    type Query { a: A @public node: Node @public }`,
  resolvers: { Node: { __resolveType: () => 'A' } },
});

const LEVELS = 60;
const levels = Array.from({ length: LEVELS }, (_, level) => level);

/** Documents with 2^60 response paths or spreads, or a chain of thousands. */
const BOMBS: readonly [string, string][] = [
  [
    'each fragment spread twice by the one before',
    `{ a { ...F0 } } ${levels.map((n) => `fragment F${n} on Node { ...F${n + 1} ...F${n + 1} }`).join(' ')} fragment F${LEVELS} on A { secret }`,
  ],
  [
    'each fragment under two aliases',
    `{ a { ...F0 } } ${levels.map((n) => `fragment F${n} on Node { x: next { ...F${n + 1} } y: next { ...F${n + 1} } }`).join(' ')} fragment F${LEVELS} on A { secret }`,
  ],
  [
    'each fragment under one key twice',
    `{ a { ...F0 } } ${levels.map((n) => `fragment F${n} on Node { next { ...F${n + 1} } next { ...F${n + 1} } }`).join(' ')} fragment F${LEVELS} on A { secret }`,
  ],
  [
    'at the root',
    `{ ...F0 } ${levels.map((n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(' ')} fragment F${LEVELS} on Query { a { secret } }`,
  ],
  ['a chain of 5,000 fragments', `{ a { ...F0 } } ${chain(5_000)} fragment F5000 on A { secret }`],
  ['5,000 aliases', `{ ${Array.from({ length: 5_000 }, (_, n) => `k${n}: a { secret }`).join(' ')} }`],
  ['the same field 5,000 times', `{ a { ${'secret '.repeat(5_000)} } }`],
];

function chain(length: number): string {
  return Array.from({ length }, (_, n) => `fragment F${n} on Node { ...F${n + 1} }`).join(' ');
}

describe.each(BOMBS)('%s', (_, query) => {
  test('the plan is not larger than the document times its types', () => {
    const document = parse(query);
    const plan = planOperation(schema, document, document.definitions[0] as OperationDefinitionNode); // the first, as written above
    const nodes = new Set<PlanNode>([plan.root]);
    for (const node of nodes)
      for (const { children } of node.selections) for (const child of children) nodes.add(child);
    const selections = [...nodes].reduce((sum, node) => sum + node.selections.length, 0);
    expect(selections).toBeLessThanOrEqual(3 * query.split(/[{}\s]+/).length);
    expect(listRequirements(plan).take(3).toArray().length).toBeGreaterThan(0);
  });

  test('the judgement finds the refused field, and lists a bounded number of paths', () => {
    const { anyRefused, refusals, rootFields } = judge(schema, query, { as: caller('docs:read') });
    expect(anyRefused).toBe(true);
    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals.length).toBeLessThanOrEqual(200);
    expect(refusals[0]).toMatchObject({ coordinate: 'A.secret', kind: 'forbidden' });
    expect(rootFields.every(({ refusal }) => refusal === null)).toBe(true);
  });

  test('nothing is refused to who may read it', () => {
    expect(judge(schema, query, { as: caller('docs:write') })).toMatchObject({
      anyRefused: false,
      refusals: [],
      truncated: false,
    });
  });
});

test('a list cut short says so', () => {
  const query = `{ ${Array.from({ length: 201 }, (_, n) => `k${n}: a { secret }`).join(' ')} }`;
  const { refusals, truncated } = judge(schema, query, { as: caller() });
  expect([refusals.length, truncated]).toEqual([200, true]);
  expect(judge(schema, query.replace('k200: a { secret }', ''), { as: caller() })).toMatchObject({
    truncated: false,
  });
});

test.each([
  ['itself', '{ a { ...F } } fragment F on A { secret ...F }'],
  ['one that spreads it', '{ a { ...F } } fragment F on A { ...G } fragment G on A { secret ...F }'],
  ['itself below a field', '{ a { ...F } } fragment F on Node { ... on A { secret } next { ...F } }'],
])('a fragment that spreads %s, which validation refuses, does not hang or throw', (_, query) => {
  const { anyRefused, refusals } = judge(schema, query, { as: caller() });
  expect(anyRefused).toBe(true);
  expect(refusals[0]).toMatchObject({ path: ['a', 'secret'] });
  expect(refusals.length).toBeLessThan(5);
});

test('a selection 2,000 levels deep, of two possible types on each, is judged whole', () => {
  const query = `{ a { ${'next { '.repeat(2_000)} ... on B { secret } ${'} '.repeat(2_000)} } }`;
  expect(judge(schema, query, { as: caller() })).toMatchObject({
    refusals: [{ coordinate: 'B.secret' }],
    truncated: false,
  });
});

test('fragments on an interface, one in the other, name each refused field once', () => {
  const query = `{ a { ...F0 } } ${levels.map((n) => `fragment F${n} on Node { next { ...F${n + 1} } }`).join(' ')} fragment F${LEVELS} on Node { ... on A { secret } ... on B { secret } }`;
  const { refusals, truncated } = judge(schema, query, { as: caller() });
  expect([refusals.map(({ coordinate }) => coordinate), truncated]).toEqual([
    ['A.secret', 'B.secret'],
    false,
  ]);
});
