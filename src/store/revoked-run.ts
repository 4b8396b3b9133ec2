import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely';

import { type Revocation } from '../scope/revocation.ts';
import { type Db, type Tables } from './tables.ts';

/**
 * Marks the open runs that tokens started which are revoked now, as to be cancelled for that: how many. As after `requestCancel`, those
 * that wait are then ended by whoever finds them, and those that are executed by their workers. `trx` must be the transaction that has
 * stored the revocation. The rows are locked in the order of their ids, as a flush does. Indexes: run_token_idx for a token's,
 * run_starter_idx for a user's, run_status_idx for all.
 */
export async function markRevokedRuns(trx: Db, revocation: Revocation, now: Date): Promise<number> {
  const marked = await trx
    .with('hit', (qb) =>
      qb
        .selectFrom('run')
        .select('run.id')
        .where((eb) => isHit(eb, revocation))
        .where(sql<SqlBool>`run.status in ('QUEUED', 'RUNNING', 'PAUSED')`)
        .orderBy('run.id')
        .forNoKeyUpdate(),
    )
    .updateTable('run')
    .from('hit')
    .whereRef('run.id', '=', 'hit.id')
    .set((eb) => ({
      cancel_requested_at: eb.fn.coalesce('run.cancel_requested_at', eb.val(now)),
      revoked_at: eb.fn.coalesce('run.revoked_at', eb.val(now)),
    }))
    .returning('run.id')
    .execute();
  return marked.length;
}

/** Runs that wait and are to be cancelled, at most `limit`: nobody executes them. Index: run_cancel_idx. */
export async function findCancelledWaiting(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('run')
    .select('id')
    .where(
      sql<SqlBool>`cancel_requested_at is not null and finished_at is null and status in ('QUEUED', 'PAUSED')`,
    )
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

function isHit(eb: ExpressionBuilder<Tables, 'run'>, revocation: Revocation): Expression<SqlBool> {
  switch (revocation.kind) {
    case 'token':
      return eb('run.token_id', '=', revocation.tokenId);
    case 'user':
      return eb.and([eb('run.started_by', '=', revocation.userId), isIssuedBefore(eb, revocation)]);
    case 'all':
      return isIssuedBefore(eb, revocation);
  }
}

/** Tokens that do not say when they were issued count as issued before any instant. */
function isIssuedBefore(
  eb: ExpressionBuilder<Tables, 'run'>,
  { issuedBefore }: { readonly issuedBefore: Date },
): Expression<SqlBool> {
  return eb.or([eb('run.token_issued_at', 'is', null), eb('run.token_issued_at', '<', issuedBefore)]);
}
