import { readFileSync } from 'node:fs';

import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema } from 'graphql';

import { type AgentRegistry } from '../../src/agent/agent-registry.ts';
import { createAgentResolvers, toolResolvers } from '../../src/graphql/resolver/agent.ts';
import { createQueryResolvers } from '../../src/graphql/resolver/query.ts';
import { createRunEventResolvers } from '../../src/graphql/resolver/run-event.ts';
import { createRunResolvers } from '../../src/graphql/resolver/run.ts';
import { createSessionResolvers } from '../../src/graphql/resolver/session.ts';
import { dateTimeScalar, jsonScalar } from '../../src/graphql/scalars.ts';
import { TYPE_DEFS_URL } from '../../src/graphql/schema-source.ts';
import { type Db } from '../../src/store/tables.ts';

/** Ambit's schema with its resolvers for queries, as they are before anything guards them: the directives are mere text. */
export function createBareSchema(db: Db, agents: AgentRegistry): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: readFileSync(TYPE_DEFS_URL, 'utf8'),
    resolvers: {
      DateTime: dateTimeScalar,
      JSON: jsonScalar,
      Query: createQueryResolvers({
        db,
        agents,
        info: { id: 'bare', name: 'bare', version: '0', database: 'postgres' },
        explain: notAsked,
        introspection: 'off',
        health: notAsked,
      }),
      Agent: createAgentResolvers(agents),
      Tool: toolResolvers,
      Session: createSessionResolvers(db, agents),
      Run: createRunResolvers(agents),
      ...createRunEventResolvers(db),
    },
  });
}

function notAsked(): never {
  throw new Error('The benches do not ask for that.');
}
