// What a user would write without Ambit: the same schema, resolvers and store on Apollo Server as it comes, with no token to verify, no
// rules, no limits and no audit. The header `authorization` names one of CALLERS.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

import { AgentRegistry } from '../../src/agent/agent-registry.ts';
import { readConfig } from '../../src/config.ts';
import demo from '../../src/demo/app.ts';
import { createRequestContext, type RequestContext } from '../../src/graphql/request-context.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { type Principal } from '../../src/scope/principal.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { createBareSchema } from './bare-schema.ts';
import { type CallerName, CALLERS, toPrincipal } from './page-callers.ts';

const config = readConfig();
const { db } = await openDatabase(config.database, { log: createLogger('error') });
// The keys of a constant are its names.
const names = Object.keys(CALLERS) as CallerName[];
const principals = new Map(names.map((name): [string | undefined, Principal] => [name, toPrincipal(name)]));
const { signal } = new AbortController();
const agents = new AgentRegistry(demo.agents, config.model.defaultModel);
const server = new ApolloServer<RequestContext>({ schema: createBareSchema(db, agents) });
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => {
    const principal = principals.get(req.headers.authorization) ?? null;
    return createRequestContext({ db, principalOf: () => principal, signal, transport: 'http' });
  },
});
console.log(`ready ${url}`);
