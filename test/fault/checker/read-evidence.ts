import { type Client } from 'pg';

import {
  type ApprovalRecord,
  type LogRecord,
  type RunEvidence,
  type RunRecord,
  type StepRecord,
} from './evidence.ts';

export type Stored = Pick<RunEvidence, 'run' | 'log' | 'steps' | 'approvals'>;

/** What the database holds of each of these runs. */
export async function readEvidence(
  client: Client,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, Stored>> {
  const read = async <TRow extends object>(text: string): Promise<TRow[]> =>
    (await client.query<TRow>(text, [runIds])).rows;
  const runs = await read<RunRecord>('select * from ambit.run where id = any($1)');
  const log = await read<LogRecord>('select * from ambit.run_event where run_id = any($1) order by seq');
  const steps = await read<StepRecord>('select * from ambit.step where run_id = any($1) order by index');
  const approvals = await read<ApprovalRecord>(
    'select * from ambit.approval where run_id = any($1) order by id',
  );
  const [logs, stepsOf, approvalsOf] = [byRun(log), byRun(steps), byRun(approvals)];
  const rows = new Map(runs.map((run) => [run.id, run]));
  return new Map(
    runIds.map((id) => [
      id,
      {
        run: rows.get(id) ?? null,
        log: logs.get(id) ?? [],
        steps: stepsOf.get(id) ?? [],
        approvals: approvalsOf.get(id) ?? [],
      },
    ]),
  );
}

function byRun<TRow extends { readonly run_id: string }>(rows: readonly TRow[]): ReadonlyMap<string, TRow[]> {
  return Map.groupBy(rows, ({ run_id }) => run_id);
}

export interface LogSummary {
  readonly runs: number;
  readonly events: number;
  /** Runs whose log does not count 1 to `last_seq` with one RunFinished, last. */
  readonly broken: readonly string[];
}

/** The logs of all ended runs, looked at once more after everything stands still: a late writer would show. */
export async function readLogSummary(client: Client): Promise<LogSummary> {
  const { rows } = await client.query<{ id: string; count: number; isWhole: boolean }>(`
    select run.id, count(*)::int as count,
      count(*) = run.last_seq and max(seq) = run.last_seq and min(seq) = 1
        and count(*) filter (where type = 'RunFinished') = 1
        and max(seq) filter (where type = 'RunFinished') = run.last_seq as "isWhole"
    from ambit.run join ambit.run_event on run_event.run_id = run.id
    where status in ('COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED')
    group by run.id`);
  return {
    runs: rows.length,
    events: rows.reduce((sum, { count }) => sum + count, 0),
    broken: rows.flatMap(({ id, isWhole }) => (isWhole ? [] : [id])),
  };
}
