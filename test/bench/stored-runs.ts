import { Client } from 'pg';

import { toCursor } from '../../src/store/page.ts';

/** Users of whom there are more rows than of others: every fiftieth session is the one's, the oldest fiftieth is the other's. */
export const BUSY_USER = 'ann';
export const FORMER_USER = 'fay';
const USERS = 5000;
const RUNS_PER_SESSION = 4;
const SHARE = 50;
/** Connections that fill at the same time. */
const WRITERS = 2;
/** What refers to others comes first. */
const TABLES = ['step', 'approval', 'run_event', 'run', 'session'];

/**
 * Fills a migrated schema with so many runs that have ended, but for one in 500 that is PAUSED: four a session, of 5,000 users
 * and three agents, with two events each. Nothing of it is for the server to go on with. The tables are made unlogged first, which
 * halves the time and changes nothing of how they are read.
 */
export async function fillStoredRuns(url: string, schema: string, runs: number): Promise<void> {
  const sessions = Math.ceil(runs / RUNS_PER_SESSION);
  const unlogged = TABLES.map((table) => `alter table ${table} set unlogged`);
  await execute(url, schema, [...unlogged, insertSessions(sessions)]);
  const slice = Math.ceil(runs / WRITERS);
  await Promise.all(
    Array.from({ length: WRITERS }, (_writer, index) => {
      const numbers = `generate_series(${index * slice}, ${Math.min(runs, (index + 1) * slice) - 1})`;
      return execute(url, schema, [insertRuns(numbers), insertEvents(numbers)]);
    }),
  );
  await execute(url, schema, ['vacuum analyze session, run, run_event']);
}

/** The cursor of the row that stands `depth` rows behind the newest one; `owner`: among those of this owner. */
export async function findCursor(
  url: string,
  schema: string,
  { table, owner, depth }: { table: 'session' | 'run'; owner: string | null; depth: number },
): Promise<string> {
  const client = await connect(url, schema);
  try {
    const { rows } = await client.query<{ id: string }>(
      `select id from ${table} where $1::text is null or owner = $1 order by id desc offset $2 limit 1`,
      [owner, depth],
    );
    return toCursor(rows[0]?.id ?? '');
  } finally {
    await client.end();
  }
}

const AT = `to_timestamp(1767225600 + n * 0.1)`;

/** Version 7, in the order of the numbers; sessions are older than all runs. */
function toId(millisecond: number, number: string): string {
  return `(lpad(to_hex(${millisecond} + (${number}) * 100::bigint), 12, '0') || '70008000' || lpad(to_hex(${number}), 12, '0'))::uuid`;
}

const toSessionId = (number: string): string => toId(1_735_689_600_000, number);
const toRunId = (number: string): string => toId(1_767_225_600_000, number);

function insertSessions(count: number): string {
  return `insert into session (id, agent_id, owner, name, next_turn, created_at, updated_at)
    select ${toSessionId('n')}, (array['web-search-agent', 'analyst-agent', 'admin-agent'])[n % 3 + 1],
      case when n < ${count / SHARE} then '${FORMER_USER}' when n % ${SHARE} = 0 then '${BUSY_USER}' else 'user-' || n % ${USERS} end,
      'Session number ' || n, ${RUNS_PER_SESSION}, ${AT}, ${AT}
    from generate_series(0, ${count - 1}) n`;
}

function insertRuns(numbers: string): string {
  return `insert into run (id, session_id, agent_id, owner, started_by, status, input, input_digest, scopes, turn, output,
      model, attempt, lease_epoch, model_calls, input_tokens, output_tokens, created_at, started_at, finished_at, last_seq)
    select ${toRunId('n')}, session.id, agent_id, owner, owner, status, 'What is there to say of number ' || n || '?', md5(n::text),
      '["agents:run"]', n % ${RUNS_PER_SESSION}, repeat('The answer is long and says little. ', 5), 'gpt-4o', 1, 1, 1, 20, 45, ${AT}, ${AT},
      case status when 'PAUSED' then null else ${AT} + interval '3 s' end, case status when 'PAUSED' then 0 else 2 end
    from ${numbers} n join session on session.id = ${toSessionId(`n / ${RUNS_PER_SESSION}`)},
      lateral (select (n / ${SHARE * RUNS_PER_SESSION} + n) as mixed) mix,
      lateral (select case when mixed % 500 = 0 then 'PAUSED' when mixed % 20 = 1 then 'FAILED' else 'COMPLETED' end as status) ending
    order by n`;
}

function insertEvents(numbers: string): string {
  return `insert into run_event (run_id, seq, type, payload, at)
    select ${toRunId('n')}, seq, case seq when 1 then 'RunStarted' else 'RunFinished' end,
      case seq when 1 then '{"attempt": 1, "model": "gpt-4o"}' else '{}' end::jsonb, ${AT}
    from ${numbers} n, generate_series(1, 2) seq`;
}

async function execute(url: string, schema: string, statements: readonly string[]): Promise<void> {
  const client = await connect(url, schema);
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function connect(url: string, schema: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`set search_path = ${schema}`);
  return client;
}
