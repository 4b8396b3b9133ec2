import type { Logger } from '../lib/logger.ts';
import { findRunsWithExpiredApprovals, listRunApprovals } from '../store/approval.ts';
import { lockRun } from '../store/lock-run.ts';
import { findRunById } from '../store/run.ts';
import type { Db } from '../store/tables.ts';
import type { ApprovalOptions } from './approval-options.ts';
import { resolveApprovals, type Resolved } from './resolve-approvals.ts';
import { settleEach } from './settle-each.ts';

/** A look finds so many at most; the next one finds the rest. */
const LIMIT = 100;

/**
 * Refuses, in nobody's name, what was not decided in time; runs that wait for nothing else go on. Several nodes may do it at once. A
 * run that cannot be had is left for the next look.
 * @throws UnavailableError when the database is away.
 */
export async function expireApprovals(options: ApprovalOptions & { readonly log: Logger }): Promise<void> {
  const { db, now, log } = options;
  const runIds = await findRunsWithExpiredApprovals(db, { now: now(), limit: LIMIT });
  await settleEach(runIds, (runId) => expireRunApprovals(options, runId), log);
}

/** As `expireApprovals`, of one run. */
export async function expireRunApprovals(options: ApprovalOptions, runId: string): Promise<void> {
  const { db, hub, engine } = options;
  const resolved = await db.transaction().execute((trx) => expire(trx, options, runId));
  if (resolved === null) return;
  hub.publish(runId, resolved.events);
  if (resolved.goesOn) engine.wake(runId);
}

async function expire(
  trx: Db,
  { dispatch, now }: Pick<ApprovalOptions, 'dispatch' | 'now'>,
  runId: string,
): Promise<Resolved | null> {
  const at = now();
  const isExpired = ({ status, expiresAt }: { status: string; expiresAt: Date }): boolean =>
    status === 'PENDING' && expiresAt <= at;
  // Mostly there is none, and then nothing is locked.
  if (!(await listRunApprovals(trx, runId)).some(isExpired)) return null;
  await lockRun(trx, runId);
  const run = await findRunById(trx, runId);
  if (run?.status !== 'PAUSED') return null;
  const expired = (await listRunApprovals(trx, runId)).filter(isExpired);
  const resolutions = expired.map((approval) => ({
    approval,
    status: 'EXPIRED' as const,
    decidedBy: null,
    note: null,
  }));
  return await resolveApprovals(trx, dispatch, { run, resolutions, now: at });
}
