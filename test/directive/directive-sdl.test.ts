import { readFile } from 'node:fs/promises';

import { Kind, parse, print, printSchema } from 'graphql';
import { expect, test } from 'vitest';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { buildBare, guard } from './guarded-schema.ts';

test('the directives are these', () => {
  expect(directivesOf(directiveTypeDefs)).toEqual([
    'directive @requiresScope(scope: [String!]!) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE | SCALAR | ENUM',
    'directive @authenticated on OBJECT | FIELD_DEFINITION',
    'directive @public on FIELD_DEFINITION',
  ]);
});

test('schema.graphql says the same', async () => {
  const sdl = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
  expect(directivesOf(sdl)).toEqual(directivesOf(directiveTypeDefs));
});

test('guarding changes nothing that clients see of a schema', () => {
  const bare = buildBare({
    typeDefs: `
      "An enum." enum E { A @deprecated(reason: "old") B }
      input I { e: E! = A list: [Int!] = [1] nested: I }
      scalar S @specifiedBy(url: "https://example.com")
      interface N { id: ID }
      type T implements N @requiresScope(scope: "config:read") { "An id." id: ID s(i: I = { e: B }): S @deprecated }
      union U = T
      type Query { n: N @public u(e: [E!] = [A, B]): [U!] @authenticated }`,
  });
  expect(printSchema(guard(bare))).toBe(printSchema(bare));
});

function directivesOf(sdl: string): string[] {
  return parse(sdl)
    .definitions.filter(({ kind }) => kind === Kind.DIRECTIVE_DEFINITION)
    .map((definition) => print(definition).replace(/^"""[^]*?"""\n/, ''));
}
