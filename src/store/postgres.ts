import { createHash } from 'node:crypto';

import { Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely';

import { type DatabaseConfig } from '../config.ts';
import { type Logger } from '../lib/logger.ts';
import { type Database, type DatabaseOptions } from './database.ts';
import { GuardedDialect } from './guarded-dialect.ts';
import { migrateDatabase } from './migrate.ts';
import { createNodeId } from './node-id.ts';
import { Listener } from './listener.ts';
import { type CountedPool, createPostgresPool } from './postgres-pool.ts';
import { reachPostgres } from './reach-postgres.ts';
import { ResourceStack } from './resource-stack.ts';
import { type Tables } from './tables.ts';
import { toStoreError } from './to-store-error.ts';

export type PostgresConfig = DatabaseConfig & { readonly url: string };

/**
 * The Postgres at `config.url`, migrated through `config.directUrl`. Every table is named with its
 * schema, so the connections carry no state and may go through a transaction-mode pooler.
 * @throws UnavailableError with host, port and the reason.
 */
export async function openPostgres(config: PostgresConfig, options: DatabaseOptions): Promise<Database> {
  const resources = new ResourceStack();
  try {
    return await connect(config, { ...options, resources });
  } catch (error) {
    await resources[Symbol.asyncDispose]();
    throw error;
  }
}

async function connect(
  config: PostgresConfig,
  { log, nodeId = createNodeId(), resources }: DatabaseOptions & { readonly resources: ResourceStack },
): Promise<Database> {
  const directUrl = config.directUrl ?? config.url;
  await reachPostgres(directUrl, () => migrate(config, log));
  const open = (size: number, connectTimeoutMs: number): CountedPool => {
    const opened = createPostgresPool({
      url: config.url,
      size,
      connectTimeoutMs,
      log,
      ...(directUrl === config.url ? TIMEOUTS : {}),
    });
    resources.defer(() => opened.end());
    return opened;
  };
  const pool = open(config.poolSize, REQUEST_WAIT_MS);
  const db = createPostgresKysely(config.schema, pool);
  const ping = async () => {
    await sql`select 1`.execute(db);
  };
  await reachPostgres(config.url, ping);
  const direct = directUrl === config.url ? pool : openDirectPool(directUrl, { log, resources });
  const vital = open(VITAL_POOL_SIZE, VITAL_WAIT_MS);
  return {
    db,
    vital: createPostgresKysely(config.schema, vital),
    kind: 'postgres',
    nodeId,
    pools: () => ({ requests: pool.use(), vital: vital.use() }),
    ping,
    execute: (text, values) => executePlain(direct, text, values),
    ...createChannel(db, { url: directUrl, channel: toChannel(config.schema), log }),
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };
}

/** A node that is frozen in a transaction must not keep what others wait for locked: it is over before the node's runs are taken over. */
const TIMEOUTS = { statementTimeoutMs: 30_000, idleTransactionTimeoutMs: 8_000 };
const DIRECT_POOL_SIZE = 2;
const VITAL_POOL_SIZE = 3;
/** A thousand runs that are started at once wait for each other: to refuse the last of them after a few seconds would have them come again. */
const REQUEST_WAIT_MS = 15_000;
const VITAL_WAIT_MS = 5_000;

function openDirectPool(
  url: string,
  { log, resources }: { readonly log: Logger; readonly resources: ResourceStack },
): PostgresPool {
  const pool = createPostgresPool({
    url,
    size: DIRECT_POOL_SIZE,
    log,
    ...TIMEOUTS,
  });
  resources.defer(() => pool.end());
  return pool;
}

/** Several statements at once give several results. */
async function executePlain(
  pool: PostgresPool,
  text: string,
  values: readonly unknown[],
): Promise<{ rows: Record<string, unknown>[] }> {
  try {
    const client = await pool.connect();
    let isSound = false;
    try {
      const result: unknown = await client.query(text, [...values]);
      isSound = true;
      // The driver's own shape: one result, or one for each statement.
      const results = [result].flat() as { rows?: Record<string, unknown>[] }[];
      return { rows: results.flatMap(({ rows }) => rows ?? []) };
    } finally {
      // A statement that failed may have left a transaction open.
      client.release(!isSound);
    }
  } catch (error) {
    throw toStoreError(error);
  }
}

function createChannel(
  db: Kysely<Tables>,
  { url, channel, log }: { readonly url: string; readonly channel: string; readonly log: Logger },
): Pick<Database, 'notify' | 'listen'> {
  return {
    async notify(text) {
      await sql`select pg_notify(${channel}, ${text})`.execute(db);
    },
    listen: (hear, onGap) => new Listener({ url, channel, hear, onGap, log }),
  };
}

/** One for each schema; the schema's own name may be too long for it. */
function toChannel(schema: string): string {
  return `ambit_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}

/**
 * The query builder over Postgres, with every table in `schema`. It is never destroyed through Kysely, whose own refusal
 * afterwards would be an error of another kind: the pool is closed instead, and then refuses.
 */
function createPostgresKysely(schema: string, pool: PostgresPool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new GuardedDialect(new PostgresDialect({ pool })) }).withSchema(
    schema,
  );
}

/**
 * Migrating has a pool of its own, straight to the server and without a bound on the time a statement takes. A node that
 * falls silent meanwhile must not lock all others out.
 */
async function migrate({ url, directUrl, schema }: PostgresConfig, log: Logger): Promise<void> {
  const { idleTransactionTimeoutMs } = TIMEOUTS;
  const pool = createPostgresPool({
    url: directUrl ?? url,
    size: 2,
    queryTimeoutMs: 0,
    idleTransactionTimeoutMs,
    log,
  });
  try {
    await migrateDatabase(createPostgresKysely(schema, pool), schema);
  } finally {
    await pool.end();
  }
}
