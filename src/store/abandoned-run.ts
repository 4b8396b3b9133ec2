import { sql, type SqlBool } from 'kysely';

import { type Lease } from './step.ts';
import { type Db } from './tables.ts';

/** A look finds so many of dead nodes at most; the next one finds the rest. */
export const MAX_ORPHANED = 100;

/**
 * The RUNNING runs whose node is dead, by the database's clock, and those of the node `nodeId` itself, which knows whether it executes
 * them: those are no more than it has had at once. Indexes: run_status_idx, node_pkey.
 */
export async function findAbandonedRuns(
  db: Db,
  nodeId: string,
): Promise<{ own: Lease[]; orphaned: Lease[] }> {
  const own = await running(db).where('run.lease_owner', '=', nodeId).execute();
  // Apart from the others: what this node executes must not fill the look.
  const orphaned = await running(db)
    .leftJoin('node', (join) =>
      join.onRef('node.id', '=', 'run.lease_owner').on('node.lease_until', '>', sql<Date>`now()`),
    )
    .where('node.id', 'is', null)
    .where(sql<SqlBool>`run.lease_owner is distinct from ${nodeId}`)
    .orderBy('run.id')
    .limit(MAX_ORPHANED)
    .execute();
  return { own: own.map(toLease), orphaned: orphaned.map(toLease) };
}

function running(db: Db) {
  return db.selectFrom('run').select(['run.id', 'run.lease_epoch']).where('run.status', '=', 'RUNNING');
}

function toLease({ id, lease_epoch }: { id: string; lease_epoch: number }): Lease {
  return { runId: id, epoch: lease_epoch };
}
