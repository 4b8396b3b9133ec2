import type { AppDefinition } from './agent/app-definition.ts';
import { AgentRegistry } from './agent/agent-registry.ts';
import { createTokenVerifier } from './auth/token-verifier.ts';
import type { Config, ModelConfig } from './config.ts';
import { createOperationPipeline } from './graphql/operation.ts';
import { createRequestContext, type RequestContext } from './graphql/request-context.ts';
import { createPrincipalOf, createSchema } from './graphql/schema.ts';
import { type HttpServer, startHttpServer } from './http/http-server.ts';
import { startProbeServer } from './http/probe-server.ts';
import type { Logger } from './lib/logger.ts';
import { orAborted } from './lib/or-aborted.ts';
import { readPackageVersion } from './lib/package-version.ts';
import { signalWithin } from './lib/signal-within.ts';
import { OFFLINE_MODEL, startOfflineModel } from './offline/offline-model.ts';
import { createPlayground, type Playground } from './playground/playground.ts';
import type { OfferTokens } from './playground/token-offer.ts';
import { createOpenAiModel } from './run/openai-model.ts';
import { type RetentionOptions, startRetention } from './run/retention.ts';
import { createRetryingModel } from './run/retrying-model.ts';
import { type Execution, type ExecutionOptions, startExecution } from './run/start-execution.ts';
import { ScopeCatalogue } from './scope/catalogue.ts';
import type { TokenMark } from './scope/principal.ts';
import { RevocationList } from './scope/revocation-list.ts';
import type { Database } from './store/database.ts';
import { openDatabase } from './store/open-database.ts';
import { ResourceStack } from './store/resource-stack.ts';

export interface AppOptions {
  readonly definition: AppDefinition;
  readonly config: Config;
  readonly log: Logger;
  /** The clock. Default: the system's. */
  readonly now?: () => Date;
  /** Gives the tokens that the playground offers to everybody on this machine: for development mode only. Default: none. */
  readonly offerTokens?: OfferTokens;
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
  log,
  now = () => new Date(),
  offerTokens,
}: AppOptions): Promise<App> {
  const agents = createRegistry(definition, config.model);
  const catalogue = new ScopeCatalogue(agents.toolScopes());
  const revocations = new RevocationList();
  const requireLive = (mark: TokenMark): void => revocations.requireLive(mark);
  const verifier = await createTokenVerifier(config.jwt, { now, requireLive, log });
  const resources = new ResourceStack();
  const close = (): Promise<void> => resources[Symbol.asyncDispose]();
  let server: HttpServer | null = null;
  try {
    const endpoint = createOpenAiModel(await openModelEndpoint(config.model, resources));
    const model = createRetryingModel(endpoint, { tries: config.model.tries, log });
    const database = await openDatabase(config.database, { log });
    resources.defer(() => database[Symbol.asyncDispose]());
    const runs = await startExecution({ database, agents, model, config, revocations, now, log });
    resources.defer(() => runs.stop());
    resources.defer(startRetention(toRetention({ database, config, now, log })));
    const served = { agents, catalogue, verifier, revocations, database, runs };
    const parts = { definition, config, log, now, ...served, offerTokens };
    server = await startServer(parts);
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

function toRetention({
  database: { db },
  config,
  now,
  log,
}: Pick<ExecutionOptions, 'database' | 'config' | 'now' | 'log'>): RetentionOptions {
  const { compactAfterMinutes, eventDays, runDays } = config.retention;
  const compactAfterMs = compactAfterMinutes * 60_000;
  return { db, compactAfterMs, keepEventsMs: eventDays * DAY_MS, keepRunsMs: runDays * DAY_MS, now, log };
}

const DAY_MS = 86_400_000;

const PING_MS = 2000;

interface ServerParts extends Pick<AppOptions, 'definition' | 'config' | 'log'> {
  readonly offerTokens: OfferTokens | undefined;
  readonly now: () => Date;
  readonly agents: AgentRegistry;
  readonly catalogue: ScopeCatalogue;
  readonly verifier: Awaited<ReturnType<typeof createTokenVerifier>>;
  readonly revocations: RevocationList;
  readonly database: Database;
  readonly runs: Execution;
}

async function startServer(parts: ServerParts): Promise<HttpServer> {
  const { definition, config, log, now, agents, catalogue, verifier, revocations, database, runs } = parts;
  const { db, kind } = database;
  const version = readPackageVersion();
  const isReady = (): Promise<boolean> => answers(database, log);
  const health = async () => ({ status: (await isReady()) ? 'ok' : 'degraded', version, database: kind });
  const onStop = (): Promise<void> => runs.stop();
  if (config.role === 'worker')
    return await startProbeServer({ config: config.http, health, isReady, onStop, log });
  const { id, name } = definition;
  const { adminScope } = config.jwt;
  const info = { id, name, version, database: kind };
  const { engine, reader, hub, dispatch, revoke } = runs;
  const requireLive = (mark: TokenMark): void => revocations.requireLive(mark);
  const { userLimits } = config;
  const sources = { db, agents, catalogue, adminScope, info, health };
  const execution = { engine, reader, hub, dispatch, revoke, userLimits };
  const schema = createSchema({ ...sources, ...execution, requireLive, now });
  return await startHttpServer<RequestContext>({
    pipeline: createOperationPipeline({
      schema,
      principalOf: createPrincipalOf(now, requireLive),
      onRevoked: (context, callback) => revocations.watch(() => context.revocable, callback),
      introspection: config.introspection,
      log,
    }),
    config: config.http,
    verify: (token) => verifier.verify(token),
    onRevoked: (principal, callback) => revocations.watch(() => principal, callback),
    createContext: (input) =>
      createRequestContext({ db, principalOf: () => input.principal, signal: input.signal }),
    health,
    isReady,
    onStop,
    ...(await openPlayground(parts)),
    log,
    now,
  });
}

/** What the HTTP server needs to show the playground; nothing when it is switched off. */
async function openPlayground({
  config,
  log,
  offerTokens,
}: ServerParts): Promise<{ page: Playground['page']; site: Playground } | null> {
  if (config.playground === 'off') return null;
  const playground = await createPlayground({ offerTokens });
  if (!playground.isBundled) log.warn('the playground is not bundled: run "npm run playground"');
  return { page: playground.page, site: playground };
}

/** Whether the database answers, in bounded time. */
async function answers(database: Database, log: Logger): Promise<boolean> {
  const { signal, release } = signalWithin(PING_MS);
  try {
    await orAborted(database.ping(), signal);
    return true;
  } catch (error) {
    log.debug({ err: error }, 'the database does not answer');
    return false;
  } finally {
    release();
  }
}

function toApp(server: HttpServer, close: () => Promise<void>): App {
  let stopped: Promise<void> | null = null;
  const stop: App['stop'] = (options) => (stopped ??= server.stop(options).then(close));
  return { url: server.url, port: server.port, stop, [Symbol.asyncDispose]: () => stop() };
}
