// How much CPU does guarding every field cost, when every field is allowed? 20 objects with 9 fields, each with a rule, against
// the same schema without rules; the rounds of both take turns.
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { type BenchTable, median } from './bench-table.ts';

const FIELDS = Array.from({ length: 9 }, (_, index) => `field${index}`);
const OBJECTS = Array.from({ length: 20 }, (_, index) =>
  Object.fromEntries([['id', `object-${index}`], ...FIELDS.map((field) => [field, `${field} of ${index}`])]),
);
const DOCUMENT = parse(`{ objects { ${FIELDS.join(' ')} } }`);
const ROUNDS = 40;
const EXECUTIONS = 200;

function createSchema(rule: string): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: `
      ${directiveTypeDefs}
      type Query { objects: [Thing] ${rule} }
      type Thing { id: String ${FIELDS.map((field) => `${field}: String ${rule}`).join(' ')} }
    `,
    resolvers: { Query: { objects: () => OBJECTS } },
  });
}

const CASES: Readonly<Record<string, { schema: GraphQLSchema; scopes: string[] }>> = {
  unguarded: { schema: createSchema(''), scopes: [] },
  'a scope on every field': {
    schema: guard(createSchema('@requiresScope(scope: "things:read")')),
    scopes: ['things:read'],
  },
  'two of any, repeated': {
    schema: guard(
      createSchema(
        '@requiresScope(scope: ["things:write", "things:read"]) @requiresScope(scope: "things:read")',
      ),
    ),
    scopes: ['things:read'],
  },
  '@authenticated on every field': { schema: guard(createSchema('@authenticated')), scopes: [] },
};

function guard(schema: GraphQLSchema): GraphQLSchema {
  return guardSchema<{ principal: { grants: GrantSet } }>(schema, {
    principalOf: ({ principal }) => principal,
    families: { things: ['read', 'write'] },
  });
}

export async function measure(): Promise<BenchTable> {
  const times = new Map(Object.keys(CASES).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, { schema, scopes }] of Object.entries(CASES)) {
      const contextValue = { principal: { grants: new GrantSet(scopes) } };
      times.get(name)?.push(timeRound(schema, contextValue));
    }
  }
  const bare = times.get('unguarded') ?? [];
  return {
    question:
      'authorization: CPU of an execution, every field guarded and allowed, against the same schema without rules (goal ≤ 1.05)',
    columns: ['schema', 'µs per execution', 'ratio'],
    rows: [...times].map(([name, own]) => [
      name,
      median(own),
      // Rounds that ran side by side are compared, so what slows the machine slows both.
      median(own.map((time, round) => time / (bare[round] ?? time))),
    ]),
  };
}

function timeRound(schema: GraphQLSchema, contextValue: object): number {
  const begin = process.cpuUsage();
  for (let index = 0; index < EXECUTIONS; index += 1) {
    const result = execute({ schema, document: DOCUMENT, contextValue }) as ExecutionResult;
    if (result.errors !== undefined) throw new Error('The bench is refused.', { cause: result.errors[0] });
  }
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / EXECUTIONS;
}
