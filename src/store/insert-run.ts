import { sql } from 'kysely';

import { ConflictError } from '../errors.ts';
import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import { type TokenMark } from '../scope/principal.ts';
import { type TraceContext } from '../trace/trace-context.ts';
import { hasOpenRun } from './has-open-run.ts';
import { jsonText } from './json-text.ts';
import { type RunRow, toRun } from './run-row.ts';
import { type SessionRow } from './session.ts';
import { statement } from './statement.ts';
import { type Db } from './tables.ts';

export interface NewRun {
  readonly id: string;
  /** The id of the step, and so of the message, that holds the input. */
  readonly stepId: string;
  readonly startedBy: string;
  /** The token of who started it. Default: one that says neither. */
  readonly token?: Pick<TokenMark, 'tokenId' | 'issuedAt'>;
  readonly input: string;
  readonly inputDigest: string;
  readonly scopes: readonly string[];
  /** Unique among the runs of `startedBy`. Default: none. */
  readonly idempotencyKey?: string | null;
  /** Whether a session with an open run refuses this one. Default: it waits for its turn. */
  readonly rejectIfBusy?: boolean;
  /** Of the request. Default: it is not traced. */
  readonly trace?: TraceContext | null;
  readonly now: Date;
}

/**
 * Stores a run, QUEUED as the next turn of its session, with its input as the first step; agent and owner are the session's.
 * `trx` must be the transaction in which the session was inserted or locked, so turns have the order of acceptance and no gaps.
 * Indexes: run_pkey, run_idempotency_key, run_session_turn_key, session_pkey.
 * @returns `null` when a run of that id exists already, whoever's it is, or one of the starter's under that key; nothing is changed
 * then.
 * @throws ConflictError when the session is busy and that is to be refused.
 */
export async function insertRun(trx: Db, session: SessionRow, run: NewRun): Promise<RunRow | null> {
  if (run.rejectIfBusy === true && (await hasOpenRun(trx, session.id))) {
    throw new ConflictError('The session has a run that has not ended.');
  }
  const [row] = await accepted(trx, toValues(session, run));
  return row === undefined ? null : toRun(row, 0);
}

function toValues(session: SessionRow, run: NewRun) {
  return {
    id: run.id,
    stepId: run.stepId,
    sessionId: session.id,
    agentId: session.agentId,
    owner: session.owner,
    startedBy: run.startedBy,
    tokenId: run.token?.tokenId ?? null,
    tokenIssuedAt: run.token?.issuedAt ?? null,
    traceparent: run.trace?.traceparent ?? null,
    tracestate: run.trace?.tracestate ?? null,
    input: toWellFormedText(run.input),
    inputDigest: run.inputDigest,
    idempotencyKey: run.idempotencyKey ?? null,
    scopes: jsonText(run.scopes),
    turn: session.nextTurn,
    nextTurn: session.nextTurn + 1,
    now: run.now,
  };
}

const accepted = statement((db, run: ReturnType<typeof toValues>) =>
  db
    .with('accepted', (qb) =>
      qb
        .insertInto('run')
        .values({
          id: run.id,
          session_id: run.sessionId,
          agent_id: run.agentId,
          owner: run.owner,
          started_by: run.startedBy,
          token_id: run.tokenId,
          token_issued_at: run.tokenIssuedAt,
          traceparent: run.traceparent,
          tracestate: run.tracestate,
          status: 'QUEUED',
          input: run.input,
          input_digest: run.inputDigest,
          idempotency_key: run.idempotencyKey,
          scopes: run.scopes,
          turn: run.turn,
          created_at: run.now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll(),
    )
    .with('turn_taken', (qb) =>
      qb
        .updateTable('session')
        .from('accepted')
        .whereRef('session.id', '=', 'accepted.session_id')
        .set({ next_turn: run.nextTurn, updated_at: run.now }),
    )
    .with('asked', (qb) =>
      qb
        .insertInto('step')
        .columns([...INPUT_COLUMNS])
        .expression((eb) =>
          eb
            .selectFrom('accepted')
            .select([
              'accepted.id',
              'accepted.session_id',
              'accepted.turn',
              'accepted.input',
              sql.lit(0).as('index'),
              sql`${run.stepId}::uuid`.as('step_id'),
              sql.lit('input').as('kind'),
              sql.lit('COMPLETED').as('status'),
              sql`${run.now}::timestamptz`.as('created_at'),
              sql`${run.now}::timestamptz`.as('started_at'),
              sql`${run.now}::timestamptz`.as('finished_at'),
            ]),
        ),
    )
    .selectFrom('accepted')
    .selectAll(),
);

const INPUT_COLUMNS = [
  'run_id',
  'session_id',
  'turn',
  'content',
  'index',
  'id',
  'kind',
  'status',
  'created_at',
  'started_at',
  'finished_at',
] as const;
