import { type ExpressionBuilder, type SqlBool, type Expression, sql } from 'kysely';

import { type Lease } from './step.ts';
import { type Db, type Tables } from './tables.ts';

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
    .select(['run.id', 'run.lease_epoch', 'run.lease_owner'])
    .where('run.status', '=', 'RUNNING')
    .where((eb) => eb.or([eb('run.lease_owner', '=', nodeId), isOrphaned(eb)]))
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

/** Whether the node that holds the run's lease does not live. */
function isOrphaned({ not, exists, selectFrom }: ExpressionBuilder<Tables, 'run'>): Expression<SqlBool> {
  return not(
    exists(
      selectFrom('node')
        .select('node.id')
        .whereRef('node.id', '=', 'run.lease_owner')
        .where('node.lease_until', '>', sql<Date>`now()`),
    ),
  );
}
