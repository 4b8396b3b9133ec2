import { sql } from 'kysely';

import { type Lease } from './step.ts';
import { type Db } from './tables.ts';

/** A look finds so many at most; the next one finds the rest. */
const LIMIT = 100;

/**
 * The RUNNING runs whose node is dead, by the database's clock, and those of the node `nodeId` itself, which knows whether it executes
 * them. Indexes: run_status_idx, node_pkey.
 */
export async function findAbandonedRuns(
  db: Db,
  nodeId: string,
): Promise<{ own: Lease[]; orphaned: Lease[] }> {
  const rows = await db
    .selectFrom('run')
    .leftJoin('node', (join) =>
      join.onRef('node.id', '=', 'run.lease_owner').on('node.lease_until', '>', sql<Date>`now()`),
    )
    .select(['run.id', 'run.lease_epoch', 'run.lease_owner'])
    .where('run.status', '=', 'RUNNING')
    .where(({ eb, or }) => or([eb('run.lease_owner', '=', nodeId), eb('node.id', 'is', null)]))
    .orderBy('run.id')
    .limit(LIMIT)
    .execute();
  const own = rows.filter(({ lease_owner }) => lease_owner === nodeId);
  const orphaned = rows.filter(({ lease_owner }) => lease_owner !== nodeId);
  return { own: own.map(toLease), orphaned: orphaned.map(toLease) };
}

function toLease({ id, lease_epoch }: { id: string; lease_epoch: number }): Lease {
  return { runId: id, epoch: lease_epoch };
}
