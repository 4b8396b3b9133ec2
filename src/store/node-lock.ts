import { type Kysely, sql } from 'kysely';
import { Client } from 'pg';

import { UnavailableError } from '../errors.ts';
import { type Logger } from '../lib/logger.ts';
import { endClient } from './end-client.ts';
import { isNodeId } from './node-id.ts';
import { type Tables } from './tables.ts';

const RETRY_MS = 1_000;
const BEAT_MS = 5_000;
const END_TIMEOUT_MS = 1_000;

/** With these the server notices within 11 seconds that the host of a node has vanished, and frees its lock. */
const KEEP_ALIVE =
  'set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3';

/**
 * Says to all who use the Postgres at `url` that this process lives: a session-level advisory lock under its node id, on a
 * connection of its own (not through a transaction-mode pooler), from the returned promise on until the lock is disposed of. A
 * connection that is lost is made again; meanwhile others take this node for dead, and the lease epochs keep it from writing.
 * @throws UnavailableError when another process holds the same node id; whatever `pg` throws when the connection fails.
 */
export class NodeLock implements AsyncDisposable {
  readonly #url: string;
  readonly #nodeId: string;
  readonly #log: Logger;
  #client: Client | null = null;
  #connecting: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(url: string, nodeId: string, log: Logger) {
    this.#url = url;
    this.#nodeId = nodeId;
    this.#log = log;
  }

  static async hold(url: string, nodeId: string, log: Logger): Promise<NodeLock> {
    if (!isNodeId(nodeId)) throw new TypeError('A node id must be 16 hexadecimal digits.');
    const lock = new NodeLock(url, nodeId, log);
    lock.#connecting = lock.#connect();
    await lock.#connecting;
    return lock;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    // What it comes to matters no more; if it is a connection, it has closed it.
    await this.#connecting.catch(() => undefined);
    if (this.#client !== null) await endClient(this.#client, END_TIMEOUT_MS);
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      connectionTimeoutMillis: 5_000,
      query_timeout: BEAT_MS,
      keepAlive: true,
      application_name: 'ambit node lock',
    });
    // The end that follows is what is acted on.
    client.on('error', (error) => this.#log.warn({ err: error }, 'The node lock lost its connection.'));
    try {
      await client.connect();
      await lock(client, this.#nodeId);
    } catch (error) {
      await endClient(client, END_TIMEOUT_MS);
      throw error;
    }
    if (this.#isClosed) return await endClient(client, END_TIMEOUT_MS);
    this.#client = client;
    client.once('end', () => this.#retry());
    this.#scheduleBeat(client);
  }

  /** A connection that fell silent ends here, and is made again. */
  #scheduleBeat(client: Client): void {
    this.#timer = setTimeout(() => {
      client.query('select 1').then(
        () => this.#scheduleBeat(client),
        () => endClient(client, 0),
      );
    }, BEAT_MS).unref();
  }

  #retry(): void {
    clearTimeout(this.#timer);
    this.#client = null;
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#connecting = this.#connect();
      this.#connecting.then(
        () => this.#log.info('The node lock is held again.'),
        (error: unknown) => {
          this.#log.warn({ err: error }, 'The node lock cannot be taken again yet.');
          this.#retry();
        },
      );
    }, RETRY_MS).unref();
  }
}

/** Those of `owners` whose lock no process holds. An owner that is no node id holds none. */
export async function findDeadOwners(db: Kysely<Tables>, owners: readonly string[]): Promise<string[]> {
  // pg_locks shows a bigint key as its halves, with objsubid 1.
  const { rows } = await sql<{ node_id: string }>`
    select lpad(to_hex(classid::bigint), 8, '0') || lpad(to_hex(objid::bigint), 8, '0') as node_id
    from pg_catalog.pg_locks
    where locktype = 'advisory' and objsubid = 1 and granted
      and database = (select oid from pg_catalog.pg_database where datname = current_database())
  `.execute(db);
  const living = new Set(rows.map((row) => row.node_id));
  return owners.filter((owner) => !living.has(owner));
}

async function lock(client: Client, nodeId: string): Promise<void> {
  await client.query(KEEP_ALIVE);
  const key = BigInt.asIntN(64, BigInt(`0x${nodeId}`)).toString();
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    key,
  ]);
  if (rows[0]?.locked !== true) throw new UnavailableError(`Another process is the node ${nodeId}.`);
}
