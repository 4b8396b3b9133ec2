import { setTimeout } from 'node:timers/promises';

import { type PostgresPool, type PostgresPoolClient } from 'kysely';
import { type Client, Pool, type PoolClient } from 'pg';

import { type Logger } from '../lib/logger.ts';
import { type PoolUse } from './database.ts';

export interface PoolOptions {
  readonly url: string;
  readonly size: number;
  readonly log: Logger;
  /** After this long without an answer the connection counts as dead and is dropped. Default: 35,000. */
  readonly queryTimeoutMs?: number;
  /**
   * After this long the server gives a statement up. Left out: never, which a transaction-mode pooler needs, since it takes no
   * settings with the connection.
   */
  readonly statementTimeoutMs?: number;
  /** After this long without a statement the server ends a transaction and frees what it has locked. Left out: never, as above. */
  readonly idleTransactionTimeoutMs?: number;
  /** How long to wait for a connection to be made, or to become free. Default: 5,000. */
  readonly connectTimeoutMs?: number;
  /** How long the queries under way may take when the pool is closed. Default: 5,000. */
  readonly closeTimeoutMs?: number;
}

const IDLE_TIMEOUT_MS = 30_000;

export interface CountedPool extends PostgresPool {
  use(): PoolUse;
}

/** A pool of connections to Postgres as Kysely takes it. A connection that breaks is logged and made anew when it is needed. */
export function createPostgresPool(options: PoolOptions): CountedPool {
  const pool = new Pool({
    connectionString: options.url,
    max: options.size,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    query_timeout: options.queryTimeoutMs ?? 35_000,
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
    ...(options.idleTransactionTimeoutMs === undefined
      ? {}
      : { idle_in_transaction_session_timeout: options.idleTransactionTimeoutMs }),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'ambit',
  });
  const clients = watchClients(pool, options.log);
  return {
    options: pool.options,
    connect: async () => toPoolClient(await pool.connect()),
    end: () => closePool(pool, clients, options.closeTimeoutMs ?? 5_000),
    use: () => ({
      size: options.size,
      used: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
  };
}

/** Without these listeners a connection that breaks while it is idle, or between the queries of a transaction, ends the process. */
function watchClients(pool: Pool, log: Logger): ReadonlySet<Client> {
  const clients = new Set<Client>();
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    clients.add(client);
    client.on('error', (error) => log.warn({ err: error }, 'A connection to the database was lost.'));
  });
  pool.on('remove', (client) => clients.delete(client));
  return clients;
}

/** A query without an answer leaves its connection waiting for one: it is dropped, or the next user would wait too. */
function toPoolClient(client: PoolClient): PostgresPoolClient {
  const query = async (text: string, parameters: readonly unknown[]) => {
    try {
      return await client.query(text, [...parameters]);
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout') await client.end();
      throw error;
    }
  };
  // `query` has the one shape that is used here, text with parameters, and no cursor.
  return { query, release: (destroy?: boolean) => client.release(destroy) } as unknown as PostgresPoolClient;
}

/** Connections that are still in use then are cut off, and whoever has them is not waited for. */
async function closePool(pool: Pool, clients: ReadonlySet<Client>, timeoutMs: number): Promise<void> {
  const isLate = Symbol('late');
  const late = new AbortController();
  const closed = await Promise.race([
    pool.end(),
    setTimeout(timeoutMs, isLate, { signal: late.signal }),
  ]).finally(() => late.abort());
  if (closed === isLate) for (const { connection } of clients) connection.stream.destroy();
}
