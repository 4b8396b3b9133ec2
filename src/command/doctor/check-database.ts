import type { DatabaseConfig } from '../../config.ts';
import { toJobSchema } from '../../run/job-queue.ts';
import { examineFolder } from '../../store/examine-folder.ts';
import { examinePostgres, type PostgresReport } from '../../store/examine-postgres.ts';
import { thisProcess } from '../../store/process-identity.ts';
import { describeAddress } from '../../store/reach-postgres.ts';
import { UnavailableError } from '../../errors.ts';
import type { Check } from './check.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

/** Whether the database will do: the Postgres of DATABASE_URL, or the folder of the embedded one. */
export const checkDatabase: Check = {
  name: 'database',
  async find({ config: { database }, timeoutMs }) {
    if (database.url !== null) return await checkPostgres(database, database.url, timeoutMs);
    if (database.dataDir !== null) return await checkFolder(database.dataDir);
    return [
      warn(
        'database',
        'Nothing is kept: DATABASE_URL is memory.',
        'Unset it to keep runs in AMBIT_DATA_DIR.',
      ),
    ];
  },
};

async function checkPostgres(config: DatabaseConfig, url: string, timeoutMs: number): Promise<Finding[]> {
  const { schema, directUrl, poolSize } = config;
  try {
    const schemas = [schema, toJobSchema(schema)];
    const report = await examinePostgres({ url, directUrl: directUrl ?? url, schema, schemas, timeoutMs });
    const address = describeAddress(url);
    const problems = [...findProblems(report, { schema, poolSize }), ...findListening(report, config)];
    return [ok('database', `Postgres ${report.version} at ${address} answers.`), ...problems];
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return [
      fail(
        'database',
        error.message,
        'See that it runs, and that DATABASE_URL and DATABASE_DIRECT_URL are right.',
      ),
    ];
  }
}

const MIN_MAJOR = 13;
/** Beside the pool a process makes some for its lease, logs and notifications. */
const OTHER_CONNECTIONS = 4;
const CLOCK_MS = 1_000;

function findProblems(
  report: PostgresReport,
  { schema, poolSize }: { readonly schema: string; readonly poolSize: number },
): Finding[] {
  const { version, major, encoding, isStandby, maxConnections, clockAheadMs, forbidden } = report;
  const found: Finding[] = [];
  if (major < MIN_MAJOR)
    found.push(fail('database', `Postgres ${version} is too old.`, `Use ${MIN_MAJOR} or later.`));
  if (encoding !== 'UTF8')
    found.push(
      fail(
        'database',
        `Its encoding is ${encoding}, which cannot hold every text.`,
        'Create it anew with encoding UTF8.',
      ),
    );
  if (isStandby)
    found.push(
      fail('database', 'It is a standby, which takes no writes.', 'Name the primary in DATABASE_URL.'),
    );
  if (forbidden.length > 0)
    found.push(
      fail(
        'rights',
        `This user may make nothing in: ${forbidden.join(', ')}.`,
        `Let somebody who may: create schema if not exists "${forbidden[0]}"; grant all on schema "${forbidden[0]}" to this user. Or grant create on the database.`,
      ),
    );
  if (poolSize + OTHER_CONNECTIONS > maxConnections)
    found.push(
      warn(
        'database',
        `DATABASE_POOL_SIZE ${poolSize} is more than the server's max_connections ${maxConnections} leaves.`,
        'Make one smaller or the other larger.',
      ),
    );
  if (Math.abs(clockAheadMs) > CLOCK_MS)
    found.push(
      warn(
        'clock',
        `The database's clock is ${(Math.abs(clockAheadMs) / 1000).toFixed(1)} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} this machine's.`,
        'Let both be set by NTP: leases go by the one, times of runs by the other.',
      ),
    );
  else found.push(ok('clock', `The database's clock agrees with this machine's.`));
  return [...found, findMigrations(report, schema)];
}

function findMigrations({ pending, unknown }: PostgresReport, schema: string): Finding {
  if (unknown.length > 0)
    return fail(
      'migrations',
      `A later version of Ambit has migrated schema ${schema}: ${unknown.join(', ')}.`,
      'Use that version, or another DATABASE_SCHEMA.',
    );
  if (pending.length === 0) return ok('migrations', `Schema ${schema} is at this version's tables.`);
  return warn(
    'migrations',
    `In schema ${schema} ${pending.length} migrations wait.`,
    'serve runs them at its start; ambit migrate does it before.',
  );
}

function findListening({ hears }: PostgresReport, { url, directUrl }: DatabaseConfig): Finding[] {
  const isDirect = directUrl === url;
  if (hears)
    return [ok('notifications', isDirect ? 'LISTEN works.' : 'LISTEN works at DATABASE_DIRECT_URL.')];
  return [
    isDirect
      ? fail(
          'notifications',
          'LISTEN hears nothing: DATABASE_URL leads through a pooler in transaction mode.',
          'Set DATABASE_DIRECT_URL to the address of Postgres itself.',
        )
      : fail(
          'notifications',
          'LISTEN hears nothing at DATABASE_DIRECT_URL.',
          'It must lead to the same Postgres as DATABASE_URL, past any pooler.',
        ),
  ];
}

const LOW_BYTES = 200 * 1024 ** 2;

async function checkFolder(folder: string): Promise<Finding[]> {
  const { isFolder, isWritable, isOpenToOthers, hasDatabase, freeBytes, holder } =
    await examineFolder(folder);
  const other = 'Set AMBIT_DATA_DIR to another folder.';
  if (!isFolder) return [fail('database', `${folder} is no folder.`, other)];
  if (!isWritable) return [fail('database', `${folder} may not be written by this user.`, other)];
  const found = [
    ok('database', `Embedded, in ${folder}${hasDatabase ? '' : ', which the first start makes'}.`),
  ];
  if (holder !== null) {
    const where = holder.place === thisProcess().place ? '' : ` on ${holder.place.split(' ')[0]}`;
    found.push(
      warn(
        'database',
        `The folder is in use by process ${holder.pid}${where}: no other can start on it.`,
        'Stop it first, or set AMBIT_DATA_DIR to another folder.',
      ),
    );
  }
  if (isOpenToOthers)
    found.push(
      warn('database', `Other users of this machine may look into ${folder}.`, `chmod 700 ${folder}`),
    );
  if (freeBytes < LOW_BYTES)
    found.push(
      warn('database', `There are ${Math.floor(freeBytes / 1024 ** 2)} MB left on its disk.`, 'Make room.'),
    );
  return found;
}
