import * as fc from 'fast-check';
import { execute, OverlappingFieldsCanBeMergedRule, parse, validate } from 'graphql';
import { expect, test } from 'vitest';

import { buildGuarded, caller, describeError, judge } from './guarded-schema.ts';

/** What each field asks for, written out by hand; fields that are not listed are free. */
const ASKS: Readonly<Record<string, readonly string[]>> = {
  'Doc.secret': ['docs:write'],
  'Doc.title': ['docs:read'],
  'Note.id': ['agents:read'],
  'Note.secret': ['agents:read'],
  'Note.link': ['agents:read'],
  'File.id': ['users:read', 'config:read'],
  'File.secret': ['users:read', 'config:read'],
  'File.link': ['users:read', 'config:read'],
  'File.owner': ['users:read', 'config:read'],
  'Query.guarded': ['docs:read'],
};

const OBJECTS = ['Doc', 'Note', 'File', 'Free'];

const schema = buildGuarded({
  typeDefs: `
    interface Node { id: String secret: String link: Node }
    interface Titled implements Node { id: String secret: String link: Node title: String @requiresScope(scope: "docs:read") }
    interface Owned @requiresScope(scope: "users:read") { owner: String }
    type Doc implements Node & Titled { id: String secret: String @requiresScope(scope: "docs:write") link: Node title: String }
    type Note implements Node @requiresScope(scope: "agents:read") { id: String secret: String link: Node }
    type File implements Node & Owned @requiresScope(scope: "config:read") { id: String secret: String link: Node owner: String }
    type Free implements Node { id: String secret: String link: Node }
    union Hit = Doc | Note | File | Free
    type Query { nodes: [[Node]] @public hits: [Hit] @public guarded: [Node] @requiresScope(scope: "docs:read") }`,
  resolvers: {
    ...Object.fromEntries(
      ['Node', 'Titled', 'Owned', 'Hit'].map((name) => [
        name,
        { __resolveType: ({ kind }: { kind: string }) => kind },
      ]),
    ),
    Query: {
      nodes: () => [OBJECTS.map(objectOf), [objectOf('Doc')]],
      hits: () => OBJECTS.map(objectOf),
      guarded: () => [objectOf('Free')],
    },
  },
});

/** An object whose every leaf says where it comes from. */
function objectOf(kind: string): object {
  const says = (name: string) => `${kind}.${name}`;
  const at = OBJECTS.indexOf(kind);
  return {
    kind,
    id: says('id'),
    secret: says('secret'),
    title: says('title'),
    owner: says('owner'),
    link: () => objectOf(OBJECTS[(at + 1) % OBJECTS.length]!),
  };
}

const key = fc.constantFrom('', '', 'x: ', 'id: ', 'secret: ', '__proto__: ', 'constructor: ');
const directive = fc.constantFrom(
  '',
  '',
  '',
  ' @include(if: $on)',
  ' @skip(if: $on)',
  ' @include(if: false)',
);
const FRAGMENTS = ['A', 'B', 'C'];

const { selection } = fc.letrec<{ selection: string; field: string; set: string }>((tie) => ({
  selection: fc.oneof({ depthSize: 'small', maxDepth: 5 }, tie('field'), tie('field'), tie('set')),
  field: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    fc
      .tuple(key, fc.constantFrom('id', 'secret', 'title', 'owner', '__typename'), directive)
      .map((parts) => parts.join('')),
    fc
      .tuple(key, fc.array(tie('selection'), { minLength: 1, maxLength: 3 }), directive)
      .map(([k, inner, d]) => `${k}link${d} { ${inner.join(' ')} }`),
  ),
  set: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    fc.tuple(fc.constantFrom(...FRAGMENTS), directive).map(([name, d]) => `...${name}${d}`),
    fc
      .tuple(
        fc.constantFrom(
          '',
          ' on Node',
          ' on Titled',
          ' on Owned',
          ' on Doc',
          ' on Note',
          ' on File',
          ' on Free',
          ' on Hit',
        ),
        directive,
        fc.array(tie('selection'), { minLength: 1, maxLength: 3 }),
      )
      .map(([on, d, inner]) => `...${on}${d} { ${inner.join(' ')} }`),
  ),
}));

const document = fc
  .tuple(
    fc.array(fc.tuple(key, fc.constantFrom('nodes', 'hits', 'guarded'), selection), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.array(selection, { minLength: 3, maxLength: 3 }),
  )
  .map(([roots, bodies]) => {
    // A fragment spreads only later ones: no cycles.
    const fragments = FRAGMENTS.map(
      (name, index) => `fragment ${name} on Node { ${later(bodies[index]!, index)} id }`,
    );
    const operation = roots.map(([k, name, inner]) => `${k}${name} { ${inner} }`).join(' ');
    return `query ($on: Boolean!) { ${operation} } ${fragments.join(' ')}`;
  });

function later(body: string, index: number): string {
  return FRAGMENTS.slice(0, index + 1)
    .reduce((text, name) => text.replaceAll(`...${name}`, '... '), body)
    .replaceAll(/\.\.\. ( @\w+\(if: [$\w]+\))?(?! *\{)/g, 'id ');
}

const scopes = fc.subarray(['docs:read', 'docs:write', 'agents:read', 'users:read', 'config:read']);

test('no document shows a field to a caller without its scopes, and every refusal was foreseen', () => {
  fc.assert(
    fc.property(document, scopes, fc.boolean(), (query, held, on) => {
      const as = caller(...held);
      const variables = { on };
      const parsed = parse(query);
      fc.pre(validate(schema, parsed, [OverlappingFieldsCanBeMergedRule]).length === 0);
      const result = execute({ schema, document: parsed, contextValue: as, variableValues: variables });
      if (result instanceof Promise) throw new Error('nothing here is asynchronous');
      for (const leaf of leavesOf(result.data)) {
        for (const scope of ASKS[leaf] ?? []) expect(held, `${leaf} was shown`).toContain(scope);
      }
      const { refusals, rootFields, truncated } = judge(schema, query, { as, variables });
      const foreseen = new Set(refusals.map(({ path, coordinate }) => `${path.join('.')} ${coordinate}`));
      for (const { path, originalError } of result.errors ?? []) {
        expect(describeError(originalError)).toMatch(/^FORBIDDEN /);
        const coordinate = /open (\S+)\.$/.exec(originalError?.message ?? '')?.[1];
        const keys = (path ?? []).filter((step) => typeof step === 'string');
        if (!truncated) expect(foreseen).toContain(`${keys.join('.')} ${coordinate}`);
      }
      for (const { key, refusal } of rootFields) if (refusal !== null) expect(result.data?.[key]).toBeNull();
    }),
    { numRuns: 300 },
  );
});

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
