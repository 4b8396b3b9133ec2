import { getIntrospectionQuery, parse, parseConstValue, valueFromASTUntyped } from 'graphql';
import { describe, expect, test } from 'vitest';

import { findExceededVariable } from '../../src/graphql/limit-variables.ts';
import { DEFAULT_LIMITS, findExceededLimit } from '../../src/graphql/limits.ts';

const LIMITS = {
  ...DEFAULT_LIMITS,
  depth: 3,
  aliases: 2,
  rootFields: 3,
  fields: 6,
  directives: 2,
  listItems: 3,
  valueDepth: 2,
};

describe('a document', () => {
  test.each([
    ['{ a }', null],
    ['{ a { b { c } } }', null],
    ['{ a { b { c { d } } } }', 'depth'],
    ['{ a { ... { ... on B { b { c } } } } }', null],
    ['{ a { ...F } } fragment F on A { b { ...G } } fragment G on B { c { d } }', 'depth'],
    ['{ a { ...__schema } } fragment __schema on A { b { c { d } } }', 'depth'],
    ['{ x: a y: b }', null],
    ['{ x: a y: b z: c }', 'aliases'],
    ['{ p { ...F } q { ...F } } fragment F on A { x: a y: b }', 'aliases'],
    ['{ a b c }', null],
    ['{ a b c d }', 'rootFields'],
    ['{ a b ...F } fragment F on Query { c d }', 'rootFields'],
    ['{ a { b c d } e { b } }', null],
    ['{ a { b c d } e { b c } }', 'fields'],
    ['{ p { ...F } q { ...F } } fragment F on A { a b c }', 'fields'],
    ['query A { a } query B { a b c d }', 'rootFields'],
    ['{ a @x @x }', null],
    ['{ a @x @x @x }', 'directives'],
    ['{ a } fragment Unused on A { a @x @x @x }', 'directives'],
    ['{ a(l: [1, 2, 3]) }', null],
    ['{ a(l: [1, 2, 3, 4]) }', 'listItems'],
    ['{ a(i: {l: [1, 2, 3, 4]}) }', 'listItems'],
    ['query ($l: [Int] = [1, 2, 3, 4]) { a(l: $l) }', 'listItems'],
    ['{ a(i: {l: [1]}) }', null],
    ['{ a(i: {l: [{a: 1}]}) }', 'valueDepth'],
    ['{ ...F } fragment F on A { a ...G } fragment G on A { b ...F }', null],
    ['{ ...Nowhere }', null],
    ['{ __proto__: a constructor: b }', null],
  ])('%s: %s', (document, limit) => {
    expect(findExceededLimit(parse(document), LIMITS)?.limit ?? null).toBe(limit);
  });

  test('fragments that spread each other twice are counted without being expanded', () => {
    const fragments = Array.from(
      { length: 400 },
      (_, i) => `fragment F${i} on A { x: a ...F${i + 1} ...F${i + 1} }`,
    );
    const document = parse(`{ ...F0 } ${fragments.join(' ')} fragment F400 on A { x: a }`);
    expect(findExceededLimit(document, LIMITS)?.limit).toBe('aliases');
  });

  test('the introspection query of GraphiQL is within the default limits', () => {
    const query = getIntrospectionQuery({
      inputValueDeprecation: true,
      specifiedByUrl: true,
      schemaDescription: true,
    });
    expect(findExceededLimit(parse(query), DEFAULT_LIMITS)).toBeNull();
  });
});

describe('variables', () => {
  test.each([
    ['{a: 1, b: "x", c: null}', null],
    ['{a: [1, 2, 3]}', null],
    ['{a: [1, 2, 3, 4]}', 'listItems'],
    ['{a: {b: [1, 2, 3, 4]}}', 'listItems'],
    ['{a: {b: {}}}', null],
    ['{a: {b: {c: {}}}}', 'valueDepth'],
    ['{a: [[[]]]}', 'valueDepth'],
  ])('%s: %s', (literal, limit) => {
    const variables = valueFromASTUntyped(parseConstValue(literal)) as Record<string, unknown>;
    expect(findExceededVariable(variables, LIMITS)?.limit ?? null).toBe(limit);
  });

  test('a million brackets are a limit, not an exhausted stack', () => {
    const variables = JSON.parse(`{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`) as Record<
      string,
      unknown
    >;
    expect(findExceededVariable(variables, DEFAULT_LIMITS)?.limit).toBe('valueDepth');
  });
});
