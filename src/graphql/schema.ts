import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import type { AgentRegistry } from '../agent/agent-registry.ts';
import { guardSchema } from '../directive/guard-schema.ts';
import { UnauthenticatedError } from '../errors.ts';
import type { ScopeCatalogue } from '../scope/catalogue.ts';
import type { Principal, TokenMark } from '../scope/principal.ts';
import { findRunById } from '../store/run.ts';
import type { Db } from '../store/tables.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import { type RequestContext, requirePrincipal } from './request-context.ts';
import { createAgentResolvers, toolResolvers } from './resolver/agent.ts';
import { approvalResolvers } from './resolver/approval.ts';
import { createConfigResolvers } from './resolver/config.ts';
import { createMutationResolvers, type MutationOptions } from './resolver/mutation.ts';
import { createQueryResolvers, type QueryOptions } from './resolver/query.ts';
import { revocationResolvers } from './resolver/revocation.ts';
import { createRunResolvers } from './resolver/run.ts';
import { createRunEventResolvers } from './resolver/run-event.ts';
import { createSessionResolvers } from './resolver/session.ts';
import { createSubscriptionResolvers } from './resolver/subscription.ts';
import { createViewerResolvers } from './resolver/viewer.ts';
import { dateTimeScalar, jsonScalar } from './scalars.ts';

export interface SchemaOptions extends QueryOptions, MutationOptions {
  readonly db: Db;
  readonly agents: AgentRegistry;
  readonly catalogue: ScopeCatalogue;
  readonly adminScope: string;
  /** Throws `UnauthenticatedError` for a token that was revoked. Default: none was. */
  readonly requireLive?: (mark: TokenMark) => void;
  readonly now: () => Date;
}

/** The one source of the API. */
const TYPE_DEFS_URL = new URL('../../schema.graphql', import.meta.url);

/** The schema of `schema.graphql` with its resolvers, every field behind the scope that its directive names. */
export function createSchema(options: SchemaOptions): GraphQLSchema {
  const schema = makeExecutableSchema({
    typeDefs: readFileSync(TYPE_DEFS_URL, 'utf8'),
    resolvers: createResolvers(options),
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  return guardSchema<RequestContext>(schema, {
    principalOf: createPrincipalOf(options.now, options.requireLive),
    families: options.catalogue.families,
    adminScope: options.adminScope,
    loaders: {
      run: ({ id, runId }, context, coordinate) =>
        coordinate === 'Mutation.continueRun'
          ? findDecidableRun(options.db, context, String(runId))
          : findRunAgent(context, String(id ?? runId)),
    },
  });
}

/** What holes ask of a run, and no more: a subscription keeps it as long as it lives. */
async function findRunAgent({ findRun }: RequestContext, id: string): Promise<{ agentId: string } | null> {
  const run = await findRun(id);
  return run === null ? null : { agentId: run.agentId };
}

/** As `findRunAgent`, and also a PAUSED run of anybody whose approvals the caller may decide. */
async function findDecidableRun(
  db: Db,
  context: RequestContext,
  id: string,
): Promise<{ agentId: string } | null> {
  const own = await findRunAgent(context, id);
  if (own !== null) return own;
  const run = await findRunById(db, id);
  const { grants } = requirePrincipal(context);
  const isDecidable =
    run?.status === 'PAUSED' && grants.allows({ resource: 'approvals', id: run.agentId, action: 'decide' });
  return isDecidable ? { agentId: run.agentId } : null;
}

/** Gives who asks, as long as their token lasts and is not revoked. */
export function createPrincipalOf(
  now: () => Date,
  requireLive: (mark: TokenMark) => void = () => undefined,
): (context: RequestContext) => Principal | null {
  return ({ principal }) => {
    if (principal === null) return null;
    if (principal.validUntil <= now()) {
      throw new UnauthenticatedError('invalid', 'The bearer token has expired.');
    }
    requireLive(principal);
    return principal;
  };
}

function createResolvers(options: SchemaOptions): Resolvers {
  const { db, agents, catalogue, adminScope, reader } = options;
  return {
    DateTime: dateTimeScalar,
    JSON: jsonScalar,
    Query: createQueryResolvers(options),
    Mutation: createMutationResolvers(options),
    Subscription: createSubscriptionResolvers(reader),
    Viewer: createViewerResolvers(catalogue, adminScope),
    Config: createConfigResolvers(agents, catalogue),
    Agent: createAgentResolvers(agents),
    Tool: toolResolvers,
    Session: createSessionResolvers(db, agents),
    Approval: approvalResolvers,
    Revocation: revocationResolvers,
    Run: createRunResolvers(agents),
    ...createRunEventResolvers(db),
  };
}
