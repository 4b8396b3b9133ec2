import type { AppDefinition } from './agent/app-definition.ts';
import { AgentRegistry } from './agent/agent-registry.ts';
import { AuditLog } from './audit/audit-log.ts';
import { countDenials, type Observation, openMetrics, startObservation } from './app/observation.ts';
import { cleanName, type CleanOptions } from './audit/clean-id.ts';
import { createTokenVerifier } from './auth/token-verifier.ts';
import type { Config, ModelConfig } from './config.ts';
import { createConsole } from './console/console.ts';
import { secretsOf } from './config/secrets-of.ts';
import type { ProtectionConfig } from './config/protection.ts';
import { FIELD_WEIGHTS } from './graphql/field-weights.ts';
import { createOperationPipeline } from './graphql/operation.ts';
import { type AuditSink, OperationAudit, type Sender } from './graphql/operation-audit.ts';
import { createRequestContext, type RequestContext } from './graphql/request-context.ts';
import type { Explain } from './graphql/resolver/explain-access.ts';
import { createPrincipalOf, createSchema } from './graphql/schema.ts';
import { readTrustedDocuments, type TrustedDocuments } from './graphql/trusted-documents.ts';
import { createOperationWatch } from './graphql/watch-operations.ts';
import type { ReadinessLimits } from './health/readiness.ts';
import { type HttpServer, type HttpServerOptions, startHttpServer } from './http/http-server.ts';
import { startProbeServer } from './http/probe-server.ts';
import type { Logger } from './lib/logger.ts';
import { readPackageVersion } from './lib/package-version.ts';
import type { Metrics } from './metric/metrics.ts';
import { OFFLINE_MODEL, startOfflineModel } from './offline/offline-model.ts';
import type { OfferTokens } from './page/token-offer.ts';
import { createPlayground } from './playground/playground.ts';
import { createOpenAiModel } from './run/openai-model.ts';
import { type RetentionOptions, startRetention } from './run/retention.ts';
import { createRetryingModel } from './run/retrying-model.ts';
import { type Execution, type ExecutionOptions, startExecution } from './run/start-execution.ts';
import { ScopeCatalogue } from './scope/catalogue.ts';
import { insertAuditEvents } from './store/audit-event.ts';
import type { TokenMark } from './scope/principal.ts';
import { RevocationList } from './scope/revocation-list.ts';
import type { Database } from './store/database.ts';
import { createNodeId } from './store/node-id.ts';
import { openDatabase } from './store/open-database.ts';
import { ResourceStack } from './store/resource-stack.ts';

export interface AppOptions {
  readonly definition: AppDefinition;
  readonly config: Config;
  readonly log: Logger;
  /** The clock. Default: the system's. */
  readonly now?: () => Date;
  /** Gives the tokens that the pages offer to everybody on this machine: for development mode only. Default: none. */
  readonly offerTokens?: OfferTokens;
  /** From when on /ready says no. Default: `READINESS_LIMITS`. */
  readonly readiness?: ReadinessLimits;
}

export interface App extends AsyncDisposable {
  /** Without a path, as http://127.0.0.1:4000. */
  readonly url: string;
  readonly port: number;
  /** Refuses what is new, hands runs over, ends sockets, closes the database; within `graceMs` (5,000) and a little. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Starts a server: the one place where the parts meet. What the developer got wrong (settings, definitions, directives) is a
 * `TypeError` with a sentence, before anything is opened; a database that is away is an `UnavailableError`.
 */
export async function startApp({
  definition,
  config,
  log: processLog,
  now = () => new Date(),
  offerTokens,
  readiness,
}: AppOptions): Promise<App> {
  const agents = createRegistry(definition, config.model);
  const catalogue = new ScopeCatalogue(agents.toolScopes());
  // Whoever reads the lines of several servers tells them by it.
  const nodeId = createNodeId();
  const log = processLog.child({ nodeId });
  const metrics = await openMetrics(config);
  const revocations = new RevocationList();
  const requireLive = (mark: TokenMark): void => revocations.requireLive(mark);
  const verifier = await createTokenVerifier(config.jwt, { now, requireLive, log });
  const { trustedDocuments: file } = config.protection;
  const trustedDocuments = file === null ? null : readTrustedDocuments(file);
  const resources = new ResourceStack();
  const close = (): Promise<void> => resources[Symbol.asyncDispose]();
  let server: HttpServer | null = null;
  try {
    const endpoint = createOpenAiModel(await openModelEndpoint(config.model, resources));
    const model = createRetryingModel(endpoint, { tries: config.model.tries, log });
    const database = await openDatabase(config.database, { log, nodeId });
    resources.defer(() => database[Symbol.asyncDispose]());
    const clean = { secrets: secretsOf(config), isAgent: (id: string) => agents.find(id) !== null };
    const auditLog = openAuditLog({ database, clean, now, log });
    resources.defer(() => auditLog[Symbol.asyncDispose]());
    const runs = await startExecution({ database, agents, model, config, revocations, metrics, now, log });
    resources.defer(() => runs.stop());
    resources.defer(startRetention(toRetention({ database, config, now, log })));
    const observation = startObservation({ database, runs, resources, limits: readiness, log });
    const audit = countDenials(auditLog, metrics);
    const shared = {
      definition,
      config,
      log,
      now,
      offerTokens,
      trustedDocuments,
      audit,
      clean,
      metrics,
      observation,
    };
    const served = await startServer({ ...shared, agents, catalogue, verifier, revocations, database, runs });
    server = served;
    metrics?.watch(observation.vitals(() => served.connections()));
    // Last: a start that fails, as on a port that is taken, must not have begun a run.
    await runs.begin();
    return toApp(server, close);
  } catch (error) {
    // A server that listened on would keep a process alive that can do nothing.
    await server?.stop();
    await close();
    throw error;
  }
}

/** With the offline model every agent shows its name: no other answers. */
function createRegistry({ agents }: AppDefinition, { isOffline, defaultModel }: ModelConfig): AgentRegistry {
  if (!isOffline) return new AgentRegistry(agents, defaultModel);
  return new AgentRegistry(
    agents.map((agent) => ({ ...agent, model: null })),
    OFFLINE_MODEL,
  );
}

/** Where the model is: as the settings say, or in this process, until the resources are closed. */
async function openModelEndpoint(
  { isOffline, apiKey, baseUrl }: ModelConfig,
  resources: ResourceStack,
): Promise<{ apiKey: string | null; baseUrl: string | null }> {
  if (isOffline) {
    const offline = await startOfflineModel();
    resources.defer(() => offline.stop());
    return offline;
  }
  if (apiKey !== null || baseUrl !== null) return { apiKey, baseUrl };
  throw new TypeError(
    "In production, set OPENAI_API_KEY, or OPENAI_BASE_URL to the address of an endpoint that speaks OpenAI's protocol (Ollama, vLLM).",
  );
}

/** Cleaned of the server's own secrets, and of ids that are no agent's. */
function openAuditLog({
  database: { vital, nodeId },
  clean,
  now,
  log,
}: Pick<ExecutionOptions, 'database' | 'now' | 'log'> & { readonly clean: CleanOptions }): AuditLog {
  return new AuditLog({ insert: (rows) => insertAuditEvents(vital, rows), nodeId, clean, now, log });
}

function toRetention({
  database: { db },
  config,
  now,
  log,
}: Pick<ExecutionOptions, 'database' | 'config' | 'now' | 'log'>): RetentionOptions {
  const { compactAfterMinutes, eventDays, runDays } = config.retention;
  const compactAfterMs = compactAfterMinutes * 60_000;
  return {
    db,
    compactAfterMs,
    keepEventsMs: eventDays * DAY_MS,
    keepRunsMs: runDays * DAY_MS,
    keepAuditMs: config.audit.days * DAY_MS,
    now,
    log,
  };
}

const DAY_MS = 86_400_000;

interface ServerParts extends Pick<AppOptions, 'definition' | 'config' | 'log'> {
  readonly offerTokens: OfferTokens | undefined;
  readonly trustedDocuments: TrustedDocuments | null;
  readonly now: () => Date;
  readonly agents: AgentRegistry;
  readonly catalogue: ScopeCatalogue;
  readonly verifier: Awaited<ReturnType<typeof createTokenVerifier>>;
  readonly revocations: RevocationList;
  readonly database: Database;
  readonly runs: Execution;
  readonly audit: AuditSink;
  readonly clean: CleanOptions;
  readonly metrics: Metrics | undefined;
  readonly observation: Observation;
}

async function startServer(parts: ServerParts): Promise<HttpServer> {
  const { definition, config, log, now, agents, catalogue, verifier, revocations, database, runs } = parts;
  const { db, kind } = database;
  const version = readPackageVersion();
  const { metrics, observation, audit: sink } = parts;
  const hindrances = () => observation.hindrances();
  const health = async () => ({
    status: (await observation.answers()) ? 'ok' : 'degraded',
    version,
    database: kind,
  });
  const source = metrics && { read: () => metrics.read(), audit: sink };
  const tokens = {
    verify: (token: string) => verifier.verify(token),
    recall: (token: string) => verifier.recall(token),
    isRemembered: (token: string) => verifier.isRemembered(token),
  };
  const limits = toServerLimits(config.protection);
  const onStop = (): Promise<void> => runs.stop();
  if (config.role === 'worker')
    return await startProbeServer({
      config: config.http,
      health,
      hindrances,
      metrics: source,
      verify: tokens,
      ...limits,
      onStop,
      log,
      now,
    });
  const { id, name } = definition;
  const { adminScope } = config.jwt;
  const info = { id, name, version, database: kind };
  const { engine, reader, hub, dispatch, revoke } = runs;
  const requireLive = (mark: TokenMark): void => revocations.requireLive(mark);
  const { userLimits, introspection } = config;
  const audit = new OperationAudit<RequestContext>(sink, toSender);
  const sources = { db, agents, catalogue, adminScope, info, health, audit };
  const execution = { engine, reader, hub, dispatch, revoke, userLimits };
  const onLimit = (limit: string): void => metrics?.limitReached(limit);
  // The pipeline is over the schema, of which one field asks the pipeline.
  const explain: Explain = (question, context) => pipeline.explain(question, context);
  const schema = createSchema({ ...sources, ...execution, explain, introspection, requireLive, now });
  const pipeline = createOperationPipeline({
    schema,
    principalOf: createPrincipalOf(now, requireLive),
    onRevoked: (context, callback) => revocations.watch(() => context.revocable, callback),
    limits: { cost: config.protection.maxCost },
    weights: FIELD_WEIGHTS,
    trustedDocuments: parts.trustedDocuments,
    introspection,
    log,
    audit,
    watch: createOperationWatch({ metrics, cleanName: (name) => cleanName(name, parts.clean), log }),
    onLimit,
  });
  return await startHttpServer<RequestContext>({
    pipeline,
    config: config.http,
    ...tokens,
    onRevoked: (principal, callback) => revocations.watch(() => principal, callback),
    ...limits,
    createContext: (input) =>
      createRequestContext({
        db,
        principalOf: () => input.principal,
        signal: input.signal,
        transport: input.transport,
        carriers: input.carriers,
      }),
    health,
    hindrances,
    metrics: source,
    onLimit,
    onStop,
    ...(await openPages(parts)),
    log,
    now,
  });
}

function toSender({ principal, transport }: RequestContext): Sender {
  return { userId: principal?.id ?? null, transport };
}

function toServerLimits(
  protection: ProtectionConfig,
): Required<Pick<HttpServerOptions<RequestContext>, 'limits' | 'trustProxy'>> {
  const { ratePerUser, ratePerAddress, socketsPerUser, socketsPerAddress, trustProxy } = protection;
  return { limits: { ratePerUser, ratePerAddress, socketsPerUser, socketsPerAddress }, trustProxy };
}

/** What the HTTP server needs to show the playground and the console; nothing of what is switched off. */
async function openPages({
  config,
  log,
  offerTokens,
}: ServerParts): Promise<Pick<HttpServerOptions<RequestContext>, 'page' | 'sites'>> {
  const playground = config.playground === 'on' ? await createPlayground({ offerTokens }) : null;
  const console = config.console === 'on' ? await createConsole({ offerTokens }) : null;
  const named: [string, { readonly isBundled: boolean } | null][] = [
    ['playground', playground],
    ['console', console],
  ];
  for (const [name, page] of named) {
    if (page?.isBundled === false) log.warn(`the ${name} is not bundled: run "npm run ${name}"`);
  }
  return {
    ...(playground && { page: playground.page }),
    sites: [playground, console].filter((site) => site !== null),
  };
}

function toApp(server: HttpServer, close: () => Promise<void>): App {
  let stopped: Promise<void> | null = null;
  const stop: App['stop'] = (options) => (stopped ??= server.stop(options).then(close));
  return { url: server.url, port: server.port, stop, [Symbol.asyncDispose]: () => stop() };
}
