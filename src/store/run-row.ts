import { type ExpressionBuilder, type Selectable } from 'kysely';

import { type TraceContext } from '../trace/trace-context.ts';
import { type Db, type RunStatus, type RunTable, type Tables } from './tables.ts';

/** A run as the rest of Ambit sees it. */
export interface RunRow {
  readonly id: string;
  readonly sessionId: string;
  readonly agentId: string;
  /** The session's owner. */
  readonly owner: string;
  /** The `sub` of who started it. */
  readonly startedBy: string;
  readonly status: RunStatus;
  readonly input: string;
  readonly inputDigest: string;
  /** Unique among the runs of `startedBy`; `null`: none. */
  readonly idempotencyKey: string | null;
  /** The scopes of who started it: they bound the run. */
  readonly scopes: readonly string[];
  /** Place among the session's runs, from 0, in the order of acceptance. */
  readonly turn: number;
  /** How often it was claimed. */
  readonly attempt: number;
  readonly leaseEpoch: number;
  readonly leaseOwner: string | null;
  /** How often it was taken over from a node that had died. */
  readonly recoveries: number;
  /** The seq of the last event; 0 before the first. */
  readonly lastSeq: number;
  readonly cancelRequestedAt: Date | null;
  readonly output: string | null;
  readonly error: RunErrorRow | null;
  readonly metrics: RunMetricsRow;
  readonly model: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  /** Since when it waits for approvals. */
  readonly pausedAt: Date | null;
  /** How long it has waited for approvals, before it began to wait for the present ones. */
  readonly pausedMs: number;
  readonly finishedAt: Date | null;
  /** Of the request that started it; `null`: that was not traced. */
  readonly trace: TraceContext | null;
}

export interface RunErrorRow {
  readonly code: string;
  readonly message: string;
}

/** What a run cost; zero until it ends. */
export interface RunMetricsRow {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly timeToFirstTokenMs: number | null;
}

/** The domain row of `row`; `lastSeq` is what `selectRuns` or the writer found. */
export function toRun(row: Selectable<RunTable>, lastSeq: number): RunRow {
  return {
    id: row.id,
    sessionId: row.session_id,
    agentId: row.agent_id,
    owner: row.owner,
    startedBy: row.started_by,
    status: row.status,
    input: row.input,
    inputDigest: row.input_digest,
    idempotencyKey: row.idempotency_key,
    scopes: row.scopes,
    turn: row.turn,
    attempt: row.attempt,
    leaseEpoch: row.lease_epoch,
    leaseOwner: row.lease_owner,
    recoveries: row.recoveries,
    lastSeq,
    cancelRequestedAt: row.cancel_requested_at,
    output: row.output,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    metrics: {
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      modelCalls: row.model_calls,
      toolCalls: row.tool_calls,
      timeToFirstTokenMs: row.time_to_first_token_ms,
    },
    model: row.model,
    createdAt: row.created_at,
    startedAt: row.started_at,
    pausedAt: row.paused_at,
    pausedMs: row.paused_ms,
    finishedAt: row.finished_at,
    trace: row.traceparent === null ? null : { traceparent: row.traceparent, tracestate: row.tracestate },
  };
}

/** A query over runs, each with the seq of its last event. */
export function selectRuns(db: Db) {
  return db.selectFrom('run').selectAll('run').select(knownSeq);
}

/** The seq of a run's last event: an ended run's own column, a live run's greatest, found at the end of its range in run_event_pkey. */
export function knownSeq(eb: ExpressionBuilder<Tables, 'run'>) {
  return eb
    .case()
    .when('run.finished_at', 'is', null)
    .then(
      eb
        .selectFrom('run_event')
        .select((events) => events.fn.max('run_event.seq').as('seq'))
        .whereRef('run_event.run_id', '=', 'run.id'),
    )
    .else(eb.ref('run.last_seq'))
    .end()
    .as('known_seq');
}

/** The domain row of what `selectRuns` finds. */
export function toKnownRun(row: Selectable<RunTable> & { known_seq: number | null }): RunRow {
  return toRun(row, row.known_seq ?? 0);
}
