import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';
import { guardSchema } from '../directive/guard-schema.ts';
import type { ScopeCatalogue } from '../scope/catalogue.ts';
import { dateTimeScalar, jsonScalar } from './scalars.ts';
import { LOADER_NAMES, OWN_HELD, TYPE_DEFS_URL } from './schema-source.ts';

/**
 * The schema of `schema.graphql` with its rules, for those who ask what it demands and execute nothing: it needs no
 * database, and its fields have no resolvers.
 */
export function createContractSchema({
  catalogue,
  adminScope,
}: {
  readonly catalogue: ScopeCatalogue;
  readonly adminScope: string;
}): GraphQLSchema {
  const typeDefs = readFileSync(TYPE_DEFS_URL, 'utf8');
  const events = Object.keys(buildASTSchema(parse(typeDefs)).getSubscriptionType()?.getFields() ?? {});
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: {
      DateTime: dateTimeScalar,
      JSON: jsonScalar,
      Subscription: Object.fromEntries(events.map((name) => [name, { subscribe: executeNothing }])),
    },
  });
  return guardSchema(schema, {
    principalOf: () => null,
    families: catalogue.families,
    adminScope,
    ownHeld: OWN_HELD,
    loaders: Object.fromEntries(LOADER_NAMES.map((name) => [name, () => null])),
  });
}

async function* executeNothing(): AsyncGenerator<never, void, void> {
  // nobody subscribes
}
