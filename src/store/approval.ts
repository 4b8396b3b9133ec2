import { type Selectable } from 'kysely';

import { type Lease } from './step.ts';
import { type ApprovalKind, type ApprovalStatus, type ApprovalTable, type Db } from './tables.ts';

/** A decision that a run waits for, or has waited for. */
export interface ApprovalRow {
  readonly id: string;
  readonly runId: string;
  readonly toolCallId: string;
  readonly agentId: string;
  readonly kind: ApprovalKind;
  readonly toolName: string;
  readonly argumentsDigest: string;
  readonly fourEyes: boolean;
  readonly status: ApprovalStatus;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly note: string | null;
  readonly usedAt: Date | null;
}

export type NewApproval = Pick<
  ApprovalRow,
  | 'id'
  | 'runId'
  | 'toolCallId'
  | 'agentId'
  | 'kind'
  | 'toolName'
  | 'argumentsDigest'
  | 'fourEyes'
  | 'requestedAt'
  | 'expiresAt'
>;

export interface Decision {
  readonly status: Exclude<ApprovalStatus, 'PENDING'>;
  /** `null`: nobody decided in time. */
  readonly decidedBy: string | null;
  readonly note: string | null;
  readonly now: Date;
}

/** Stores approvals, PENDING. `trx` must be a transaction in which the run is locked. */
export async function insertApprovals(trx: Db, approvals: readonly NewApproval[]): Promise<void> {
  const rows = approvals.map((approval) => ({
    id: approval.id,
    run_id: approval.runId,
    tool_call_id: approval.toolCallId,
    agent_id: approval.agentId,
    kind: approval.kind,
    tool_name: approval.toolName,
    arguments_digest: approval.argumentsDigest,
    four_eyes: approval.fourEyes,
    status: 'PENDING' as const,
    requested_at: approval.requestedAt,
    expires_at: approval.expiresAt,
  }));
  await trx.insertInto('approval').values(rows).execute();
}

/** The approvals of a run, decided or not, oldest first. Index: approval_run_idx. */
export async function listRunApprovals(db: Db, runId: string): Promise<ApprovalRow[]> {
  const rows = await db
    .selectFrom('approval')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('id')
    .execute();
  return rows.map(toApproval);
}

/** Decides a PENDING approval; `false`: it was decided already. Index: approval_pkey. */
export async function decideApproval(db: Db, id: string, decision: Decision): Promise<boolean> {
  const { status, decidedBy, note, now } = decision;
  const row = await db
    .updateTable('approval')
    .set({ status, decided_by: decidedBy, decided_at: now, note })
    .where('id', '=', id)
    .where('status', '=', 'PENDING')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Closes what a run that ends still waits for; nothing when the lease is lost: whoever goes on with the run may wait for it. Indexes:
 * run_pkey, approval_run_idx.
 */
export async function cancelApprovals(db: Db, { runId, epoch }: Lease, now: Date): Promise<void> {
  await db
    .updateTable('approval')
    .from('run')
    .set({ status: 'CANCELLED', decided_at: now })
    .whereRef('run.id', '=', 'approval.run_id')
    .where('run.id', '=', runId)
    .where('run.lease_epoch', '=', epoch)
    .where('run.status', '=', 'RUNNING')
    .where('approval.status', '=', 'PENDING')
    .execute();
}

/** The runs that wait for an approval that has expired, at most `limit`. Index: approval_expiry_idx. */
export async function findRunsWithExpiredApprovals(
  db: Db,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('approval')
    .select('run_id')
    .distinct()
    .where('status', '=', 'PENDING')
    .where('expires_at', '<=', now)
    .limit(limit)
    .execute();
  return rows.map(({ run_id }) => run_id);
}

/**
 * Starts a tool call that was approved: one statement uses the decision and takes the step to RUNNING, so that no decision
 * makes two calls. `false`, and nothing is written, when the lease is lost or the decision was used at another instant.
 * Indexes: run_pkey, approval_pkey, step_pkey.
 */
export async function startApprovedStep(
  db: Db,
  { runId, epoch, index }: Lease & { readonly index: number },
  use: { readonly approvalId: string; readonly usedAt: Date; readonly startedAt: Date },
): Promise<boolean> {
  const row = await db
    .with('alive', (qb) =>
      qb
        .selectFrom('run')
        .select('run.id')
        .where('run.id', '=', runId)
        .where('run.lease_epoch', '=', epoch)
        .where('run.status', '=', 'RUNNING')
        .forShare(),
    )
    .with('used', (qb) =>
      qb
        .updateTable('approval')
        .from('alive')
        .whereRef('approval.run_id', '=', 'alive.id')
        .where('approval.id', '=', use.approvalId)
        .where('approval.status', '=', 'APPROVED')
        // A try whose answer was lost is known by its instant.
        .where(({ eb, or }) =>
          or([eb('approval.used_at', 'is', null), eb('approval.used_at', '=', use.usedAt)]),
        )
        .set({ used_at: use.usedAt })
        .returning('approval.tool_call_id'),
    )
    .updateTable('step')
    .from('used')
    .whereRef('step.id', '=', 'used.tool_call_id')
    .where('step.run_id', '=', runId)
    .where('step.index', '=', index)
    .set({ status: 'RUNNING', started_at: use.startedAt })
    .returning('step.id')
    .executeTakeFirst();
  return row !== undefined;
}

export function toApproval(row: Selectable<ApprovalTable>): ApprovalRow {
  return {
    id: row.id,
    runId: row.run_id,
    toolCallId: row.tool_call_id,
    agentId: row.agent_id,
    kind: row.kind,
    toolName: row.tool_name,
    argumentsDigest: row.arguments_digest,
    fourEyes: row.four_eyes,
    status: row.status,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
    note: row.note,
    usedAt: row.used_at,
  };
}
