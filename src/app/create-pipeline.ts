import type { AgentRegistry } from '../agent/agent-registry.ts';
import type { AppDefinition } from '../agent/app-definition.ts';
import { cleanName, type CleanOptions } from '../audit/clean-id.ts';
import type { Config } from '../config.ts';
import { FIELD_WEIGHTS } from '../graphql/field-weights.ts';
import { createOperationPipeline, type OperationPipeline } from '../graphql/operation.ts';
import { type AuditSink, OperationAudit, type Sender } from '../graphql/operation-audit.ts';
import type { RequestContext } from '../graphql/request-context.ts';
import type { Explain } from '../graphql/resolver/explain-access.ts';
import { createPrincipalOf, createSchema } from '../graphql/schema.ts';
import type { ServerInfo } from '../graphql/server-info.ts';
import type { TrustedDocuments } from '../graphql/trusted-documents.ts';
import { createOperationWatch } from '../graphql/watch-operations.ts';
import type { HealthReport } from '../http/answer-probe.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../metric/metrics.ts';
import type { Execution } from '../run/start-execution.ts';
import type { ScopeCatalogue } from '../scope/catalogue.ts';
import type { TokenMark } from '../scope/principal.ts';
import type { RevocationList } from '../scope/revocation-list.ts';
import type { Database } from '../store/database.ts';

/** What operations are answered from. */
export interface PipelineParts {
  readonly definition: AppDefinition;
  readonly config: Config;
  readonly agents: AgentRegistry;
  readonly catalogue: ScopeCatalogue;
  readonly revocations: RevocationList;
  readonly database: Database;
  readonly runs: Execution;
  readonly trustedDocuments: TrustedDocuments | null;
  readonly audit: AuditSink;
  readonly clean: CleanOptions;
  readonly metrics: Metrics | undefined;
  readonly version: string;
  readonly health: () => Promise<HealthReport>;
  readonly onLimit: (limit: string) => void;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The schema of one server, and the way of all operations through it. */
export function createPipeline(parts: PipelineParts): OperationPipeline<RequestContext> {
  const { config, agents, catalogue, revocations, runs, health, log, now } = parts;
  const { introspection, userLimits, jwt } = config;
  const { engine, reader, hub, dispatch, revoke } = runs;
  const requireLive = (mark: TokenMark): void => revocations.requireLive(mark);
  const audit = new OperationAudit<RequestContext>(parts.audit, toSender);
  // The pipeline is over the schema, of which one field asks the pipeline.
  const explain: Explain = (question, context) => pipeline.explain(question, context);
  const { db } = parts.database;
  const sources = { db, agents, catalogue, adminScope: jwt.adminScope, info: toInfo(parts), health, audit };
  const execution = { engine, reader, hub, dispatch, revoke, userLimits };
  const pipeline = createOperationPipeline({
    schema: createSchema({ ...sources, ...execution, explain, introspection, requireLive, now }),
    principalOf: createPrincipalOf(now, requireLive),
    onRevoked: (context, callback) => revocations.watch(() => context.revocable, callback),
    limits: { cost: config.protection.maxCost },
    weights: FIELD_WEIGHTS,
    trustedDocuments: parts.trustedDocuments,
    introspection,
    log,
    audit,
    watch: createOperationWatch({
      metrics: parts.metrics,
      cleanName: (name) => cleanName(name, parts.clean),
      log,
    }),
    onLimit: parts.onLimit,
  });
  return pipeline;
}

function toInfo({ definition, version, database }: PipelineParts): ServerInfo {
  return { id: definition.id, name: definition.name, version, database: database.kind };
}

function toSender({ principal, transport }: RequestContext): Sender {
  return { userId: principal?.id ?? null, transport };
}
