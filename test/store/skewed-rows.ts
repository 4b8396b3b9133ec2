import { sql } from 'kysely';

import { type Db } from '../../src/store/tables.ts';

/** Whose rows are all older than anybody else's. */
export const FORMER = 'former';
/** Whose rows are spread among all others. */
export const BUSY = 'busy';
/** Each of the two has so many of the rows: one in … */
export const SHARE = 50;
export const SMALL = 'user-7';
/** All others, who have about the same. */
export const USERS = 5000;

/** The id of session, run, approval and event number `n`: from 1, the oldest. */
export function idOf(n: number): string {
  return `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
}

/**
 * Fills a database with so many sessions, each with a run, an approval and an audit event of the same number. What a user has left
 * behind, an agent that is gone, and states that are rare are where a walk through all of the rows comes last.
 */
export async function fillSkewedRows(db: Db, rows: number): Promise<void> {
  const id = sql`('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`;
  const isOld = sql`n <= ${sql.lit(rows / SHARE)}`;
  const owner = sql`case when ${isOld} then ${sql.lit(FORMER)} when n % ${sql.lit(SHARE)} = 0 then ${sql.lit(BUSY)} else 'user-' || n % ${sql.lit(USERS)} end`;
  const agent = sql`case when ${isOld} then 'retired' else 'agent-' || n % 3 end`;
  // Numbers of the busy user's runs among them; what FAILED did so long ago.
  const status = sql`case when n % 100 = 50 then 'PAUSED' when ${isOld} and n % 3 = 0 then 'FAILED' else 'COMPLETED' end`;
  const from = sql`from generate_series(1, ${sql.lit(rows)}) n`;
  await sql`insert into ambit.session (id, agent_id, owner, next_turn, created_at, updated_at)
    select ${id}, ${agent}, ${owner}, 1, now(), now() ${from}`.execute(db);
  await sql`insert into ambit.run
    (id, session_id, agent_id, owner, started_by, status, input, input_digest, scopes, turn, created_at, finished_at)
    select ${id}, ${id}, ${agent}, ${owner}, '', ${status}, repeat('x', 300), '', '[]', 0, now(),
      case when n % 100 = 50 then null else now() end ${from}`.execute(db);
  await sql`insert into ambit.step (run_id, "index", id, session_id, turn, kind, status, content, created_at)
    select ${id}, 0, ${id}, ${id}, 0, 'tool', 'COMPLETED', '', now() ${from}`.execute(db);
  await sql`insert into ambit.approval
    (id, run_id, tool_call_id, agent_id, kind, tool_name, arguments_digest, four_eyes, status, requested_at, expires_at)
    select ${id}, ${id}, ${id}, ${agent}, 'CALL', '', '', false,
      case when n % 100 = 50 then 'PENDING' else 'APPROVED' end, now(), now() ${from}`.execute(db);
  await sql`insert into ambit.audit_event
    (id, at, first_at, count, node_id, user_id, outcome, field, path, ids, required, grants)
    select ${id}, now(), now(), 1, '', ${owner}, case when ${isOld} then 'DROPPED' when n % 100 = 0 then 'DENIED' else 'ALLOWED' end,
      case when ${isOld} then 'Query.gone' else 'Query.run' end, '[]', '{}', '[]', '[]' ${from}`.execute(db);
  for (const table of ['audit_event', 'session', 'run', 'step', 'approval'])
    await sql`analyze ambit.${sql.raw(table)}`.execute(db);
}
