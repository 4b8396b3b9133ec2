import type { AppDefinition } from './agent/app-definition.ts';
import { AgentRegistry } from './agent/agent-registry.ts';
import { countDenials, openMetrics } from './app/open-metrics.ts';
import { startObservation } from './app/start-observation.ts';
import { startServer } from './app/start-server.ts';
import { AuditLog } from './audit/audit-log.ts';
import type { CleanOptions } from './audit/clean-id.ts';
import { createTokenVerifier } from './auth/token-verifier.ts';
import type { Config, ModelConfig } from './config.ts';
import { secretsOf } from './config/secrets-of.ts';
import { readTrustedDocuments } from './graphql/trusted-documents.ts';
import type { ReadinessLimits } from './health/readiness.ts';
import type { HttpServer } from './http/http-server.ts';
import type { Logger } from './lib/logger.ts';
import { OFFLINE_MODEL, startOfflineModel } from './offline/offline-model.ts';
import type { OfferTokens } from './page/token-offer.ts';
import type { Model } from './run/model.ts';
import { createOpenAiModel } from './run/openai-model.ts';
import { type RetentionOptions, startRetention } from './run/retention.ts';
import { createRetryingModel } from './run/retrying-model.ts';
import { type ExecutionOptions, startExecution } from './run/start-execution.ts';
import { ScopeCatalogue } from './scope/catalogue.ts';
import type { TokenMark } from './scope/principal.ts';
import { RevocationList } from './scope/revocation-list.ts';
import { insertAuditEvents } from './store/audit-event.ts';
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
    const model = await openModel(config.model, { resources, log });
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
    const own = { definition, config, log, now, offerTokens, trustedDocuments, agents, catalogue };
    const opened = { verifier, revocations, database, runs, audit, clean, metrics, observation };
    const served = await startServer({ ...own, ...opened });
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

async function openModel(
  config: ModelConfig,
  { resources, log }: { readonly resources: ResourceStack; readonly log: Logger },
): Promise<Model> {
  const endpoint = createOpenAiModel(await openModelEndpoint(config, resources));
  return createRetryingModel(endpoint, { tries: config.tries, log });
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

function toApp(server: HttpServer, close: () => Promise<void>): App {
  let stopped: Promise<void> | null = null;
  const stop: App['stop'] = (options) => (stopped ??= server.stop(options).then(close));
  return { url: server.url, port: server.port, stop, [Symbol.asyncDispose]: () => stop() };
}
