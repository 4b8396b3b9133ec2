import { afterId } from './after-id.ts';
import { type ApprovalRow, toApproval } from './approval.ts';
import { isAnyOf } from './owner.ts';
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

/**
 * A page of the open approvals of these agents, newest first by id. Indexes: approval_agent_idx for some agents'; for all, one
 * of those that hold open approvals alone; step_id_key, run_pkey.
 * @throws InvalidInputError when the page will not do.
 */
export async function listOpenApprovals(
  db: Db,
  agentIds: 'all' | readonly string[],
  page: Page,
): Promise<PageResult<OpenApprovalRow>> {
  const keyset = parsePage(page, parseIdKey);
  const rows = await db
    .selectFrom('approval')
    .innerJoin('step', 'step.id', 'approval.tool_call_id')
    .innerJoin('run', 'run.id', 'approval.run_id')
    .selectAll('approval')
    .select(['step.arguments', 'run.started_by', 'run.owner'])
    .where('approval.status', '=', 'PENDING')
    .where('run.status', '=', 'PAUSED')
    .$if(agentIds !== 'all', (qb) =>
      qb.where(isAnyOf('approval.agent_id', agentIds === 'all' ? [] : agentIds)),
    )
    .where(afterId('approval', keyset))
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
