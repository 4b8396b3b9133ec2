import { type QueryCreator, sql } from 'kysely';

import { lockRun } from './lock-run.ts';
import { type RunRow, toRun } from './run-row.ts';
import { statement } from './statement.ts';
import { type Db, type Tables } from './tables.ts';

export interface Claim {
  readonly runId: string;
  /** The node that will hold the lease: `Database.nodeId`. */
  readonly leaseOwner: string;
  /** The model that the run will use, for RunStarted. */
  readonly model: string;
  /** Asked once the rows are locked: a run never starts before its predecessor has ended. */
  readonly now: () => Date;
}

/**
 * Takes a QUEUED run to RUNNING under a new lease epoch and appends RunStarted, which is the row's `lastSeq`; or gives `null`:
 * the run is not QUEUED any more, is to be cancelled, or its session has another active run or an earlier QUEUED one. `trx` must be
 * a transaction: 1. session and run are locked; 2. one statement, which sees what was committed up to the lock, tests and
 * writes. Indexes: session_pkey, run_pkey, run_session_turn_key, run_event_pkey.
 */
export async function claimRun(trx: Db, claim: Claim): Promise<RunRow | null> {
  const { runId, leaseOwner, model } = claim;
  if ((await lockRun(trx, runId)) === null) return null;
  const [row] = await claimed(trx, { runId, leaseOwner, model, now: claim.now() });
  return row === undefined ? null : toRun(row, row.seq);
}

interface ClaimValues extends Pick<Claim, 'runId' | 'leaseOwner' | 'model'> {
  readonly now: Date;
}

const claimed = statement((db, claim: ClaimValues) =>
  db
    .with('claimed', (qb) => claimableRun(qb, claim).returningAll('run'))
    .with('activated', (qb) =>
      qb
        .updateTable('session')
        .from('claimed')
        .whereRef('session.id', '=', 'claimed.session_id')
        .set((eb) => ({ active_run_id: eb.ref('claimed.id'), updated_at: claim.now })),
    )
    .with('started', (qb) =>
      qb
        .insertInto('run_event')
        .columns(['run_id', 'seq', 'type', 'payload', 'at'])
        .expression((eb) =>
          eb.selectFrom('claimed').select((claimed) => [
            'claimed.id',
            claimed
              .selectFrom('run_event')
              .select(sql<number>`coalesce(max(run_event.seq), 0) + 1`.as('seq'))
              .whereRef('run_event.run_id', '=', 'claimed.id')
              .as('seq'),
            sql.lit('RunStarted').as('type'),
            sql`jsonb_build_object('attempt', claimed.attempt, 'model', claimed.model)`.as('payload'),
            sql`${claim.now}::timestamptz`.as('at'),
          ]),
        )
        .returning('run_event.seq'),
    )
    .selectFrom(['claimed', 'started'])
    .selectAll('claimed')
    .select('started.seq'),
);

function claimableRun(db: QueryCreator<Tables>, claim: ClaimValues) {
  return db
    .updateTable('run')
    .from('session')
    .whereRef('session.id', '=', 'run.session_id')
    .where('run.id', '=', claim.runId)
    .where('run.status', '=', 'QUEUED')
    .where('run.cancel_requested_at', 'is', null)
    .where(({ eb, or }) =>
      or([eb('session.active_run_id', 'is', null), eb('session.active_run_id', '=', eb.ref('run.id'))]),
    )
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('run as earlier')
            .select('earlier.id')
            .whereRef('earlier.session_id', '=', 'run.session_id')
            .whereRef('earlier.turn', '<', 'run.turn')
            .where('earlier.status', '=', 'QUEUED'),
        ),
      ),
    )
    .set((eb) => ({
      status: 'RUNNING',
      attempt: eb('run.attempt', '+', 1),
      lease_epoch: eb('run.lease_epoch', '+', 1),
      lease_owner: claim.leaseOwner,
      model: claim.model,
      started_at: eb.fn.coalesce('run.started_at', eb.val(claim.now)),
    }));
}
