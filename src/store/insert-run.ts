import { type Selectable } from 'kysely';

import { ConflictError, NotFoundError } from '../errors.ts';
import { isUuid } from '../lib/is-uuid.ts';
import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import { type TokenMark } from '../scope/principal.ts';
import { hasOpenRun } from './has-open-run.ts';
import { jsonText } from './json-text.ts';
import { type Owners, ownedBy } from './owner.ts';
import { type RunRow, toRun } from './run-row.ts';
import { type Db, type RunTable, type SessionTable } from './tables.ts';

export interface NewRun {
  readonly id: string;
  /** The id of the step, and so of the message, that holds the input. */
  readonly stepId: string;
  readonly sessionId: string;
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
  readonly now: Date;
}

/**
 * Stores a run, QUEUED as the next turn of its session, with its input as the first step; agent and owner are the session's.
 * `trx` must be a transaction: 1. the session's row is locked, so turns have the order of acceptance and no gaps; 2. the run is
 * inserted; 3. the turn is used up and the input's step written. Indexes: session_pkey, run_pkey, run_idempotency_key,
 * run_session_turn_key.
 * @returns `null` when a run of that id exists already, whoever's it is, or one of the starter's under that key; nothing is changed
 * then.
 * @throws NotFoundError when the session is unknown or not of `owners`; ConflictError when it is busy and that is to be refused.
 */
export async function insertRun(trx: Db, owners: Owners, run: NewRun): Promise<RunRow | null> {
  const session = await lockSession(trx, owners, run.sessionId);
  if (run.rejectIfBusy === true && (await hasOpenRun(trx, session.id))) {
    throw new ConflictError('The session has a run that has not ended.');
  }
  const row = await trx
    .insertInto('run')
    .values({
      id: run.id,
      session_id: session.id,
      agent_id: session.agent_id,
      owner: session.owner,
      started_by: run.startedBy,
      token_id: run.token?.tokenId ?? null,
      token_issued_at: run.token?.issuedAt ?? null,
      status: 'QUEUED',
      input: toWellFormedText(run.input),
      input_digest: run.inputDigest,
      idempotency_key: run.idempotencyKey ?? null,
      scopes: jsonText(run.scopes),
      turn: session.next_turn,
      created_at: run.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return null;
  await insertInput(trx, run, row);
  return toRun(row, 0);
}

async function lockSession(trx: Db, owners: Owners, id: string): Promise<Selectable<SessionTable>> {
  const session = isUuid(id)
    ? await trx
        .selectFrom('session')
        .selectAll()
        .where('id', '=', id)
        .where(ownedBy('session', owners))
        .forUpdate()
        .executeTakeFirst()
    : undefined;
  if (session === undefined) throw new NotFoundError('Session');
  return session;
}

async function insertInput(trx: Db, { stepId, now }: NewRun, row: Selectable<RunTable>): Promise<void> {
  await trx
    .with('turn_taken', (qb) =>
      qb
        .updateTable('session')
        .set({ next_turn: row.turn + 1, updated_at: now })
        .where('id', '=', row.session_id)
        .returning('id'),
    )
    .insertInto('step')
    .values({
      run_id: row.id,
      index: 0,
      id: stepId,
      session_id: row.session_id,
      turn: row.turn,
      kind: 'input',
      status: 'COMPLETED',
      content: row.input,
      created_at: now,
      started_at: now,
      finished_at: now,
    })
    .execute();
}
