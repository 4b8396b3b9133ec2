import { randomUUID } from 'node:crypto';

import { Client } from 'pg';

import { isDoneWithin } from '../lib/is-done-within.ts';
import { endClient } from './end-client.ts';
import { compareMigrations } from './migrate.ts';
import { reachPostgres } from './reach-postgres.ts';

export interface ExamineOptions {
  readonly url: string;
  /** Where it listens and migrates; the same as `url` unless a pooler is between. */
  readonly directUrl: string;
  /** Of our tables. */
  readonly schema: string;
  /** All that must be there or may be made, ours among them. */
  readonly schemas: readonly string[];
  /** For each connection and each query. */
  readonly timeoutMs: number;
}

/** What there is to know of a Postgres before a server is started on it. */
export interface PostgresReport {
  /** As `17.2`. */
  readonly version: string;
  /** As 17. */
  readonly major: number;
  readonly encoding: string;
  /** It answers, but takes no writes. */
  readonly isStandby: boolean;
  readonly maxConnections: number;
  /** So much its clock is ahead of this process's, within half of the time that asking took. */
  readonly clockAheadMs: number;
  /** Schemas that do not exist and may not be made, or in which nothing may be made. */
  readonly forbidden: readonly string[];
  /** Migrations that wait; all of them: the tables are not there yet. */
  readonly pending: readonly string[];
  /** Migrations of a later version. */
  readonly unknown: readonly string[];
  /** Whether a notification from `url` is heard at `directUrl`. */
  readonly hears: boolean;
}

/**
 * Looks at a Postgres and changes nothing.
 * @throws UnavailableError that says which of the two addresses cannot be used and why.
 */
export async function examinePostgres(options: ExamineOptions): Promise<PostgresReport> {
  const { url, directUrl } = options;
  const clients = [url, directUrl].map((address) => createClient(address, options.timeoutMs));
  const [client, direct] = clients as [Client, Client];
  try {
    await reachPostgres(url, () => client.connect());
    await reachPostgres(directUrl, () => direct.connect());
    return await reachPostgres(url, () => examine({ client, direct }, options));
  } finally {
    await Promise.all(clients.map((each) => endClient(each, options.timeoutMs).catch(ignoreUnconnected)));
  }
}

function createClient(url: string, timeoutMs: number): Client {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'ambit doctor',
  });
  // Whoever waits for the connection is told.
  client.on('error', () => undefined);
  return client;
}

interface Connections {
  readonly client: Client;
  readonly direct: Client;
}

async function examine({ client, direct }: Connections, options: ExamineOptions): Promise<PostgresReport> {
  return {
    ...(await readServer(client)),
    clockAheadMs: await readClock(client),
    forbidden: await findForbidden(client, options.schemas),
    ...compareMigrations(await readMigrations(client, options.schema)),
    hears: await hears({ client, direct }, options.timeoutMs),
  };
}

async function readServer(
  client: Client,
): Promise<Pick<PostgresReport, 'version' | 'major' | 'encoding' | 'isStandby' | 'maxConnections'>> {
  const { rows } = await client.query<{
    version: string;
    number: string;
    encoding: string;
    standby: boolean;
    connections: string;
  }>(
    `select current_setting('server_version') as version, current_setting('server_version_num') as number,
       current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby,
       current_setting('max_connections') as connections`,
  );
  const [row] = rows;
  return {
    version: row?.version ?? '',
    major: Math.floor(Number(row?.number) / 10_000),
    encoding: row?.encoding ?? '',
    isStandby: row?.standby ?? false,
    maxConnections: Number(row?.connections),
  };
}

async function readClock(client: Client): Promise<number> {
  const askedAt = Date.now();
  const { rows } = await client.query<{ ms: string }>(
    'select extract(epoch from clock_timestamp()) * 1000 as ms',
  );
  return Number(rows[0]?.ms) - (askedAt + Date.now()) / 2;
}

async function findForbidden(client: Client, schemas: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as name left join pg_namespace on nspname = name
     where not case when nspname is null then has_database_privilege(current_database(), 'CREATE')
       else has_schema_privilege(nspname, 'CREATE, USAGE') end`,
    [schemas],
  );
  return rows.map(({ name }) => name);
}

/** None where there are no tables yet, and where they may not be read, which the rights tell. */
async function readMigrations(client: Client, schema: string): Promise<string[]> {
  const table = `${client.escapeIdentifier(schema)}.migration`;
  const { rows: found } = await client.query<{ readable: boolean | null }>(
    `select has_table_privilege(to_regclass($1), 'SELECT') as readable from pg_namespace
     where nspname = $2 and has_schema_privilege(nspname, 'USAGE')`,
    [table, schema],
  );
  if (found[0]?.readable !== true) return [];
  const { rows } = await client.query<{ name: string }>(`select name from ${table}`);
  return rows.map(({ name }) => name);
}

/** One connection listens, and another speaks: behind a pooler in transaction mode the first hears nothing. */
async function hears({ client, direct }: Connections, timeoutMs: number): Promise<boolean> {
  const channel = `ambit_doctor_${randomUUID().replaceAll('-', '')}`;
  const heard = Promise.withResolvers<void>();
  direct.on('notification', (told) => {
    if (told.channel === channel) heard.resolve();
  });
  await direct.query(`listen ${channel}`);
  await client.query('select pg_notify($1, $2)', [channel, '']);
  const hasHeard = await isDoneWithin(heard.promise, Math.min(timeoutMs, HEAR_MS));
  await direct.query(`unlisten ${channel}`);
  return hasHeard;
}

const HEAR_MS = 1_000;

function ignoreUnconnected(): void {}
