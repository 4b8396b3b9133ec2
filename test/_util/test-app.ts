import { type AppDefinition } from '../../src/agent/app-definition.ts';
import { type App, startApp } from '../../src/app.ts';
import { mintToken } from '../../src/auth/mint-token.ts';
import { createTokenOffer } from '../../src/command/token-offer.ts';
import { type Config, readConfig } from '../../src/config.ts';
import demo from '../../src/demo/app.ts';
import { type ReadinessLimits } from '../../src/health/readiness.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { AgentRegistry } from '../../src/agent/agent-registry.ts';
import { ScopeCatalogue } from '../../src/scope/catalogue.ts';
import { createTestDatabase, type DatabaseKind } from './test-database.ts';
import { type ScriptedModel, type ScriptedModelOptions, startScriptedModel } from './scripted-model.ts';
import { startTestClient, type TestClient } from './test-client.ts';

export interface TestAppOptions extends ScriptedModelOptions {
  readonly kind?: DatabaseKind;
  /** Default: the demo app. */
  readonly definition?: AppDefinition;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the playground offers the tokens of the example callers, as in development mode. */
  readonly offersTokens?: boolean;
  /** Default: those of a server. */
  readonly readiness?: ReadinessLimits;
}

/** A whole server over a scripted model, and clients of it. */
export interface TestApp extends AsyncDisposable {
  readonly app: App;
  readonly model: ScriptedModel;
  readonly config: Config;
  token(subject: string, scopes: readonly string[], hours?: number): Promise<string>;
  /** A client with a token of these scopes; `null`: without a token. */
  client(subject: string | null, scopes?: readonly string[]): Promise<TestClient>;
}

const SECRET = 'a secret for tests that is longer than sixty-four characters so that HS512 is content';

/** Starts the server on a free port, with a database of its own that goes with it. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const {
    kind = 'pglite',
    definition = demo,
    env = {},
    offersTokens = false,
    readiness,
    ...modelOptions
  } = options;
  await using resources = new AsyncDisposableStack();
  // A database is dropped after the server has let go of it.
  const url = kind === 'pglite' ? 'memory' : await createPostgresUrl(resources);
  const model = resources.use(await startScriptedModel(modelOptions));
  const config = readConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: url,
    JWT_VERIFICATION_KEY: SECRET,
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_API_KEY: 'sk-test',
    ...env,
  });
  const offer = offersTokens ? { offerTokens: createTokenOffer(definition, config) } : {};
  const log = createLogger(config.logLevel);
  const app = resources.use(
    await startApp({ definition, config, log, ...offer, ...(readiness && { readiness }) }),
  );
  const moved = resources.move();
  return {
    app,
    model,
    config,
    ...createClients(moved, { app, config, definition }),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

async function createPostgresUrl(resources: AsyncDisposableStack): Promise<string> {
  const database = await createTestDatabase('postgres');
  resources.use(database);
  return database.config.url ?? '';
}

function createClients(
  resources: AsyncDisposableStack,
  { app, config, definition }: { app: App; config: Config; definition: AppDefinition },
): Pick<TestApp, 'token' | 'client'> {
  const registry = new AgentRegistry(definition.agents, 'test-model');
  const catalogue = new ScopeCatalogue(registry.toolScopes());
  const token: TestApp['token'] = (subject, scopes, hours = 1) =>
    mintToken(config.jwt, { subject, scopes, catalogue, hours });
  return {
    token,
    async client(subject, scopes = []) {
      return resources.use(startTestClient(app.url, subject === null ? null : await token(subject, scopes)));
    },
  };
}
