import { sql } from 'kysely';

import { claimableRuns } from './find-runs-to-wake.ts';
import { OPEN_STATUSES } from './run.ts';
import { type Db } from './tables.ts';

export interface QueueCounts {
  /** Runs that have not ended, by status; 0 where there are none. */
  readonly open: Readonly<Record<string, number>>;
  /** Queued ones that anybody may claim: not those that wait for another run of their session. */
  readonly claimable: number;
  /** Since the oldest of them was accepted, by the database's clock; 0: there is none. */
  readonly oldestSeconds: number;
}

/** How much waits, on all nodes together. It reads the open runs, and no others. Indexes: run_open_idx, run_status_idx, session_pkey. */
export async function countQueue(db: Db): Promise<QueueCounts> {
  const byStatus = await db
    .selectFrom('run')
    .select((eb) => ['status', eb.fn.countAll().as('count')])
    .where('finished_at', 'is', null)
    .groupBy('status')
    .execute();
  const [waiting] = await claimableRuns(db)
    .clearSelect()
    .select((eb) => [
      eb.fn.countAll().as('count'),
      sql<number>`coalesce(extract(epoch from now() - min(run.created_at)), 0)::double precision`.as('age'),
    ])
    .execute();
  const none = Object.fromEntries(OPEN_STATUSES.map((status) => [status, 0]));
  return {
    open: { ...none, ...Object.fromEntries(byStatus.map(({ status, count }) => [status, Number(count)])) },
    claimable: Number(waiting?.count ?? 0),
    oldestSeconds: Math.max(0, waiting?.age ?? 0),
  };
}
