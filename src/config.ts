import { resolve } from 'node:path';

import { type AuditConfig, readAuditConfig } from './config/audit-config.ts';
import { badSetting, EnvReader } from './config/env-reader.ts';
import { type JwtConfig, readJwtConfig } from './config/jwt-config.ts';
import { type ProtectionConfig, readProtection } from './config/protection.ts';
import { readTraceConfig, type TraceConfig } from './config/trace-config.ts';

/** What the environment says, read once. Durations are in the unit their name says. */
export interface Config {
  readonly production: boolean;
  readonly logLevel: LogLevel;
  readonly http: HttpConfig;
  readonly database: DatabaseConfig;
  readonly model: ModelConfig;
  readonly search: SearchConfig;
  readonly jwt: JwtConfig;
  /** Runs at once in this process. */
  readonly maxRuns: number;
  /** What this process does of the whole: `api` executes no runs, `worker` answers no GraphQL. */
  readonly role: Role;
  /** So long after its last sign of life a node counts as dead, and its runs go on elsewhere. */
  readonly leaseSeconds: number;
  /** Of each user, on all nodes together; 0: no limit. */
  readonly userLimits: { readonly maxRuns: number; readonly runsPerMinute: number };
  readonly protection: ProtectionConfig;
  readonly retention: RetentionConfig;
  readonly audit: AuditConfig;
  /** How long an approval is waited for, unless its tool says otherwise. */
  readonly approvalSeconds: number;
  readonly introspection: 'token' | 'off';
  /** Whether a browser finds the playground at /graphql. */
  readonly playground: 'on' | 'off';
  /** Where traces go; `null`: nowhere. */
  readonly traces: TraceConfig | null;
  /** Whether figures are kept and answered at /metrics. */
  readonly metrics: 'on' | 'off';
  /** Whether a browser finds the console at `/`. */
  readonly console: 'on' | 'off';
}

/** What becomes of ended runs, from their end; 0: never. */
export interface RetentionConfig {
  readonly compactAfterMinutes: number;
  readonly eventDays: number;
  readonly runDays: number;
}

export interface HttpConfig {
  readonly port: number;
  readonly host: string;
  /** Origins that browsers may call from; `['*']`: any. */
  readonly corsOrigins: readonly string[];
}

export interface DatabaseConfig {
  /** A postgres URL; `null`: PGlite in `dataDir`. */
  readonly url: string | null;
  /** A URL without a transaction-mode pooler between; the same as `url` unless set. */
  readonly directUrl: string | null;
  /** PGlite's folder, absolute; `null`: in memory. */
  readonly dataDir: string | null;
  readonly poolSize: number;
  readonly schema: string;
}

export interface ModelConfig {
  readonly apiKey: string | null;
  readonly baseUrl: string | null;
  /** The model of agents that name none. */
  readonly defaultModel: string;
  /** Neither key nor address, outside production: the offline model answers in place of every agent's. */
  readonly isOffline: boolean;
  /** How often the endpoint is asked before a failure that may pass counts; 1: once. */
  readonly tries: number;
}

const SEARCH_PROVIDERS = ['duckduckgo', 'brave', 'tavily'] as const;

export interface SearchConfig {
  readonly provider: (typeof SEARCH_PROVIDERS)[number];
  /** `null`: none, which is enough for duckduckgo only. */
  readonly apiKey: string | null;
  /** `null`: the provider's own. */
  readonly baseUrl: string | null;
}

const ROLES = ['all', 'api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The configuration that `env` describes. An empty value counts as unset.
 * @throws TypeError with a sentence that names the setting, when a value will not do.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const read = new EnvReader(env);
  const production = read.text('NODE_ENV') === 'production';
  const config: Config = {
    production,
    logLevel: read.word('LOG_LEVEL', LOG_LEVELS, 'info'),
    http: {
      port: read.integer('PORT', { min: 0, max: 65_535, fallback: 4000 }),
      host: read.text('HOST') ?? '127.0.0.1',
      corsOrigins: read.list('CORS_ORIGINS').map((origin) => requireOrigin(origin)),
    },
    database: readDatabase(read),
    model: readModel(read, production),
    search: readSearchConfig(env),
    jwt: readJwtConfig(read),
    maxRuns: read.integer('AMBIT_MAX_RUNS', { min: 1, max: 100_000, fallback: 100 }),
    role: 'all',
    leaseSeconds: read.integer('AMBIT_LEASE_SECONDS', { min: 2, max: 3600, fallback: 10 }),
    userLimits: {
      maxRuns: read.integer('AMBIT_USER_MAX_RUNS', { min: 0, max: 100_000, fallback: 0 }),
      runsPerMinute: read.integer('AMBIT_USER_RUNS_PER_MINUTE', { min: 0, max: 100_000, fallback: 0 }),
    },
    protection: readProtection(read),
    retention: {
      compactAfterMinutes: read.integer('AMBIT_COMPACT_AFTER_MINUTES', {
        min: 0,
        max: 1_000_000,
        fallback: 15,
      }),
      eventDays: read.integer('AMBIT_EVENT_DAYS', { min: 0, max: 36_500, fallback: 30 }),
      runDays: read.integer('AMBIT_RUN_DAYS', { min: 0, max: 36_500, fallback: 0 }),
    },
    audit: readAuditConfig(read),
    approvalSeconds: read.integer('AMBIT_APPROVAL_SECONDS', {
      min: 1,
      max: 31_536_000,
      fallback: 86_400,
    }),
    introspection: read.word('AMBIT_INTROSPECTION', ['token', 'off'], 'token'),
    playground: read.word('AMBIT_PLAYGROUND', ['on', 'off'], 'on'),
    traces: readTraceConfig(read),
    metrics: read.word('AMBIT_METRICS', ['on', 'off'], 'on'),
    console: read.word('AMBIT_CONSOLE', ['on', 'off'], 'on'),
  };
  return withRole(config, read.word('AMBIT_ROLE', ROLES, 'all'));
}

/** What a client of a server reads, and the server does not. */
const OF_CLIENTS = ['AMBIT_URL', 'AMBIT_TOKEN'];

/** Names in `env` that look like settings of ours, and are read by nothing: misspelt, or without effect beside the others. */
export function findUnreadSettings(env: Record<string, string | undefined> = process.env): string[] {
  const read = new Set<PropertyKey>(OF_CLIENTS);
  const watched = new Proxy(env, {
    get: (target, name: string) => {
      read.add(name);
      return target[name];
    },
  });
  readConfig(watched);
  return Object.keys(env).filter((name) => /^(?:AMBIT|JWT)_/.test(name) && !read.has(name));
}

/**
 * The configuration of a process with that role.
 * @throws TypeError when there is no such role, or the database does not allow it.
 */
export function withRole(config: Config, name: string): Config {
  const role = ROLES.find((word) => word === name);
  if (role === undefined) throw badSetting('AMBIT_ROLE', `must be one of ${ROLES.join(', ')}`);
  if (role !== 'all' && config.database.url === null) {
    throw badSetting(
      'AMBIT_ROLE',
      `can be ${role} only with a DATABASE_URL: the embedded database has a single process`,
    );
  }
  return { ...config, role };
}

/**
 * The search settings alone, for app files: `createSearchProvider(readSearchConfig())`.
 * @throws TypeError as `readConfig` does.
 */
export function readSearchConfig(env: Record<string, string | undefined> = process.env): SearchConfig {
  const read = new EnvReader(env);
  const provider = read.word('SEARCH_PROVIDER', SEARCH_PROVIDERS, 'duckduckgo');
  const apiKey = read.text('SEARCH_API_KEY') ?? null;
  if (apiKey === null && provider !== 'duckduckgo') {
    throw badSetting('SEARCH_API_KEY', `must be set with SEARCH_PROVIDER ${provider}`);
  }
  if (apiKey !== null && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw badSetting('SEARCH_API_KEY', 'must be printable ASCII characters without spaces');
  }
  const baseUrl = read.url('SEARCH_BASE_URL', ['http:', 'https:']);
  if (baseUrl !== null && new URL(baseUrl).username !== '')
    throw badSetting('SEARCH_BASE_URL', 'must not hold a user name');
  return { provider, apiKey, baseUrl };
}

function readModel(read: EnvReader, production: boolean): ModelConfig {
  const apiKey = read.text('OPENAI_API_KEY') ?? null;
  const baseUrl = read.url('OPENAI_BASE_URL', ['http:', 'https:']);
  const isOffline = apiKey === null && baseUrl === null && !production;
  return {
    apiKey,
    baseUrl,
    defaultModel: read.text('AMBIT_MODEL') ?? 'gpt-4o',
    isOffline,
    tries: read.integer('AMBIT_MODEL_TRIES', { min: 1, max: 10, fallback: 3 }),
  };
}

function readDatabase(read: EnvReader): DatabaseConfig {
  const url = read.text('DATABASE_URL');
  const inMemory = url === 'memory';
  const postgresUrl = inMemory ? null : read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const schema = read.text('DATABASE_SCHEMA') ?? 'ambit';
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw badSetting('DATABASE_SCHEMA', 'must be lower-case letters, digits and _');
  return {
    url: postgresUrl,
    directUrl: read.url('DATABASE_DIRECT_URL', ['postgres:', 'postgresql:']) ?? postgresUrl,
    dataDir: inMemory || postgresUrl !== null ? null : resolve(read.text('AMBIT_DATA_DIR') ?? '.ambit'),
    poolSize: read.integer('DATABASE_POOL_SIZE', { min: 1, max: 1000, fallback: 10 }),
    schema,
  };
}

function requireOrigin(text: string): string {
  if (text === '*') return text;
  if (!URL.canParse(text) || new URL(text).origin !== text) {
    throw badSetting(
      'CORS_ORIGINS',
      `must be origins as https://app.example.com, separated by commas, or *; "${text}" is none`,
    );
  }
  return text;
}
