import { sql, type SqlBool } from 'kysely';

import { type ApprovalRow, toApproval } from './approval.ts';
import { isOnPage } from './is-on-page.ts';
import { narrowTo } from './owner.ts';
import { type Page, type PageResult, parseIdKey, parsePage, toPageResult } from './page.ts';
import { type Db, type Json } from './tables.ts';

/** An open approval with what is needed to decide it, and nothing of the conversation. */
export interface OpenApprovalRow extends ApprovalRow {
  readonly arguments: Json;
  /** The `sub` of who started the run. */
  readonly requestedBy: string;
  /** The session's owner. */
  readonly owner: string;
}

const IS_PENDING = sql<SqlBool>`approval.status = 'PENDING'`;

/** Looked at approval after approval, as `exists` would not be: it would have the planner begin with all runs that are PAUSED. */
const IS_AWAITED = sql<SqlBool>`(select run.status = 'PAUSED' from ${sql.table('run')} where run.id = approval.run_id)`;

/**
 * A page of the open approvals of these agents, newest first by id. Indexes: approval_agent_idx for some agents', approval_open_idx for
 * all; step_id_key, run_pkey. It reads no more than a page of each agent, and those whose run has gone on.
 * @throws InvalidInputError when the page will not do.
 */
export async function listOpenApprovals(
  db: Db,
  agentIds: 'all' | readonly string[],
  page: Page,
): Promise<PageResult<OpenApprovalRow>> {
  const keyset = parsePage(page, parseIdKey);
  const ofAgents = { column: 'agent_id', values: narrowTo(agentIds, null) };
  const rows = await db
    .selectFrom('approval')
    .innerJoin('step', 'step.id', 'approval.tool_call_id')
    .innerJoin('run', 'run.id', 'approval.run_id')
    .selectAll('approval')
    .select(['step.arguments', 'run.started_by', 'run.owner'])
    .where(isOnPage('approval', { leads: [ofAgents], filters: [IS_PENDING, IS_AWAITED], keyset }))
    .orderBy('approval.id', keyset.backward ? 'asc' : 'desc')
    .limit(keyset.limit + 1)
    .execute();
  return toPageResult(
    keyset,
    rows.map((row) => ({
      ...toApproval(row),
      arguments: row.arguments,
      requestedBy: row.started_by,
      owner: row.owner,
    })),
  );
}
