import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import type { AgentRegistry } from '../agent/agent-registry.ts';
import { type Loader } from '../directive/field-guard.ts';
import { guardSchema } from '../directive/guard-schema.ts';
import { UnauthenticatedError } from '../errors.ts';
import type { ScopeCatalogue } from '../scope/catalogue.ts';
import type { Principal, TokenMark } from '../scope/principal.ts';
import { findRunState } from '../store/run.ts';
import type { Db } from '../store/tables.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import type { OperationAudit } from './operation-audit.ts';
import { type RequestContext, requirePrincipal } from './request-context.ts';
import { createAgentResolvers, toolResolvers } from './resolver/agent.ts';
import { approvalResolvers } from './resolver/approval.ts';
import { auditEventResolvers } from './resolver/audit.ts';
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
import { type LoaderName, OWN_HELD, TYPE_DEFS_URL } from './schema-source.ts';

export interface SchemaOptions extends QueryOptions, MutationOptions {
  readonly db: Db;
  readonly agents: AgentRegistry;
  readonly catalogue: ScopeCatalogue;
  readonly adminScope: string;
  readonly audit: OperationAudit<RequestContext>;
  /** Throws `UnauthenticatedError` for a token that was revoked. Default: none was. */
  readonly requireLive?: (mark: TokenMark) => void;
  readonly now: () => Date;
}

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
    onMutation: (mutation) => options.audit.admitted(schema, mutation),
    ownHeld: OWN_HELD,
    loaders: {
      run: ({ id, runId }, context, coordinate) => {
        if (coordinate === 'Mutation.continueRun')
          return findDecidableRun(options.db, context, String(runId));
        if (coordinate === 'Subscription.runEvents') return context.findRunState(String(runId));
        return context.findRun(String(id ?? runId));
      },
    } satisfies Record<LoaderName, Loader<RequestContext>>,
  });
}

/** A run that the caller may read, or a PAUSED one of anybody whose approvals the caller may decide. */
async function findDecidableRun(
  db: Db,
  context: RequestContext,
  id: string,
): Promise<{ agentId: string } | null> {
  const own = await context.findRunState(id);
  if (own !== null) return own;
  const run = await findRunState(db, 'all', id);
  const { grants } = requirePrincipal(context);
  const isDecidable =
    run?.status === 'PAUSED' && grants.allows({ resource: 'approvals', id: run.agentId, action: 'decide' });
  return isDecidable ? run : null;
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
    AuditEvent: auditEventResolvers,
    Revocation: revocationResolvers,
    Run: createRunResolvers(agents),
    ...createRunEventResolvers(db),
  };
}
