import { type ExpressionBuilder, type RawBuilder, sql, type SqlBool } from 'kysely';

import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import { lockRun } from './lock-run.ts';
import { type RunErrorRow, type RunMetricsRow } from './run-row.ts';
import { statement } from './statement.ts';
import { type Db, type RunStatus, type RunTable, type Tables, type TerminalStatus } from './tables.ts';
import { toCount } from './to-count.ts';

export interface RunEnd {
  readonly runId: string;
  /** The lease that the writer holds on a RUNNING run; `null`: the run must be QUEUED or PAUSED, where the row lock decides. */
  readonly epoch: number | null;
  readonly status: TerminalStatus;
  /** The final text, or the text so far. */
  readonly output: string | null;
  readonly error: RunErrorRow | null;
  readonly metrics: RunMetricsRow;
  readonly now: Date;
}

export type RunEnded =
  | { readonly ended: false }
  | {
      readonly ended: true;
      /** The seq of RunFinished. */
      readonly lastSeq: number;
      /** The run of the session that may be claimed now, if one waits. */
      readonly nextRunId: string | null;
    };

/**
 * Takes a run to a terminal state and appends RunFinished, or gives `ended: false`: it has ended already, or the lease is
 * another's. `trx` must be a transaction: 1. session and run are locked, so no flush is in flight; 2. one statement ends the run
 * by compare-and-set, appends the event, frees the session and tells which run is next. Indexes: session_pkey, run_pkey,
 * run_event_pkey, run_session_turn_key.
 */
export async function endRun(trx: Db, end: RunEnd): Promise<RunEnded> {
  const session = await lockRun(trx, end.runId);
  if (session === null) return { ended: false };
  const [row] = await finished(trx, toValues(end));
  if (row === undefined) return { ended: false };
  // While another run of the session is active, that one's end will name the next.
  const isFree = session.activeRunId === null || session.activeRunId === end.runId;
  return { ended: true, lastSeq: row.last_seq, nextRunId: isFree ? row.next_id : null };
}

const finished = statement((db, end: ReturnType<typeof toValues>) =>
  db
    .with('ended', (qb) =>
      qb
        .updateTable('run')
        .where('id', '=', end.runId)
        .where(sql<SqlBool>`status = any(${end.from}::text[])`)
        .where(sql<SqlBool>`(${end.epoch}::integer is null or lease_epoch = ${end.epoch})`)
        .set({
          status: end.status,
          output: end.output,
          error_code: sql<
            string | null
          >`coalesce(${end.errorCode}::text, ${whenRevoked(end.status, REVOKED.code)})`,
          error_message: sql<
            string | null
          >`coalesce(${end.errorMessage}::text, ${whenRevoked(end.status, REVOKED.message)})`,
          input_tokens: end.inputTokens,
          output_tokens: end.outputTokens,
          model_calls: end.modelCalls,
          tool_calls: end.toolCalls,
          time_to_first_token_ms: end.timeToFirstTokenMs,
          finished_at: end.now,
        })
        .set((eb) => ({
          last_seq: eb
            .selectFrom('run_event')
            .select(sql<number>`coalesce(max(run_event.seq), 0) + 1`.as('seq'))
            .where('run_event.run_id', '=', end.runId),
        }))
        .returning(['run.id', 'run.session_id', 'run.last_seq']),
    )
    .with('freed', (qb) =>
      qb
        .updateTable('session')
        .from('ended')
        .whereRef('session.id', '=', 'ended.session_id')
        .set((eb) => ({
          active_run_id: sql<
            string | null
          >`nullif(${eb.ref('session.active_run_id')}, ${eb.ref('ended.id')})`,
          updated_at: end.now,
        })),
    )
    .with('told', (qb) =>
      qb
        .insertInto('run_event')
        .columns(['run_id', 'seq', 'type', 'payload', 'at'])
        .expression((eb) =>
          eb
            .selectFrom('ended')
            .select([
              'ended.id',
              'ended.last_seq',
              sql.lit('RunFinished').as('type'),
              sql`'{}'::jsonb`.as('payload'),
              sql`${end.now}::timestamptz`.as('at'),
            ]),
        ),
    )
    .selectFrom('ended')
    .select(['ended.last_seq', nextRun]),
);

function toValues({ runId, epoch, status, output, error, metrics, now }: RunEnd) {
  return {
    runId,
    epoch,
    from: epoch === null ? WAITING : RUNNING,
    status,
    output: output === null ? null : toWellFormedText(output),
    errorCode: error?.code ?? null,
    errorMessage: error === null ? null : toWellFormedText(error.message),
    inputTokens: toCount(metrics.inputTokens),
    outputTokens: toCount(metrics.outputTokens),
    modelCalls: toCount(metrics.modelCalls),
    toolCalls: toCount(metrics.toolCalls),
    timeToFirstTokenMs: metrics.timeToFirstTokenMs === null ? null : toCount(metrics.timeToFirstTokenMs),
    now,
  };
}

const WAITING: RunStatus[] = ['QUEUED', 'PAUSED'];
const RUNNING: RunStatus[] = ['RUNNING'];

/** Why a run was cancelled that nobody asked to cancel. */
const REVOKED = { code: 'REVOKED', message: 'The token that started the run has been revoked.' };

function whenRevoked(status: TerminalStatus, text: string): RawBuilder<string | null> {
  return sql`case when ${status}::text = 'CANCELLED' and revoked_at is not null then ${sql.lit(text)} end`;
}

/** The earliest run of the session that waits; the statement sees the ended one as it was. */
function nextRun(eb: ExpressionBuilder<Tables & { ended: Pick<RunTable, 'id' | 'session_id'> }, 'ended'>) {
  return eb
    .selectFrom('run')
    .select('run.id')
    .whereRef('run.session_id', '=', 'ended.session_id')
    .whereRef('run.id', '!=', 'ended.id')
    .where('run.status', '=', 'QUEUED')
    .orderBy('run.turn')
    .limit(1)
    .as('next_id');
}
