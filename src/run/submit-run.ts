import { createHash } from 'node:crypto';
import { AmbitError, ConflictError, NotFoundError } from '../errors.ts';
import { uuidV7 } from '../lib/uuid-v7.ts';
import { type Identity, readableOwners, type TokenMark } from '../scope/principal.ts';
import { requireActable } from '../scope/require-owner.ts';
import { revoked } from '../scope/revocation-list.ts';
import { insertRun } from '../store/insert-run.ts';
import { holdRevocations, isRevoked } from '../store/revocation.ts';
import { findRequestedRuns } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import { findSession, insertSession, lockSession, type SessionRow } from '../store/session.ts';
import type { Db } from '../store/tables.ts';
import type { TraceContext } from '../trace/trace-context.ts';
import type { Dispatch } from './dispatch.ts';
import { countUserRun, NO_USER_LIMITS, type UserLimits } from '../store/user-limits.ts';

const COORDINATE = 'Mutation.runAgent';
const TAKEN = 'The run id or the idempotency key is taken by another request.';

export interface SubmitOptions {
  readonly db: Db;
  readonly dispatch: Dispatch;
  /** Default: none. */
  readonly limits?: UserLimits;
}

export interface RunRequest {
  readonly starter: Identity & TokenMark;
  readonly agentId: string;
  readonly message: string;
  /** In lower case; `null`: a new session. */
  readonly sessionId: string | null;
  /** Whose the run is to be; `null`: the session's owner's, and the starter's in a new session. */
  readonly userId: string | null;
  /** A UUID of the caller's choosing, in lower case; `null`: one of ours. */
  readonly runId: string | null;
  /** The starter's own, for as long as the run is kept; `null`: none. */
  readonly idempotencyKey: string | null;
  /** What becomes of the run when its session has one that has not ended. */
  readonly onBusy: 'ENQUEUE' | 'REJECT';
  /** Of the request. Default: it is not traced. */
  readonly trace?: TraceContext | null;
  readonly now: Date;
}

/**
 * Stores a run, QUEUED, in its session or a new one, and its wake-up, in one transaction. `replayed`: the caller has made
 * this very request before, and `run` is what came of it; the caller must still be allowed to make it, and no limit counts it
 * again.
 * @throws NotFoundError when the session is unknown or not the caller's to read; MissingScopeError when it is not the
 * caller's to act in, or to act for the user; ConflictError when it is another agent's or another user's, or busy and that is
 * refused, or the run's id or key is taken by another request; LimitExceededError when the starter starts too many;
 * UnauthenticatedError when the starter's token is revoked.
 */
export async function submitRun(
  { db, dispatch, limits = NO_USER_LIMITS }: SubmitOptions,
  request: RunRequest,
): Promise<{ run: RunRow; replayed: boolean }> {
  if (request.userId !== null) requireActable(request.starter, request.userId, COORDINATE);
  const known = await findKnown(db, request);
  if (known !== null) return await replay(db, known, request);
  try {
    const run = await db.transaction().execute(async (trx) => {
      const inserted = await insert(trx, request, limits);
      await dispatch.enqueue(trx, inserted.id);
      return inserted;
    });
    return { run, replayed: false };
  } catch (error) {
    // The same request may have been stored meanwhile, and have made the session busy or used the limit up.
    const taken = error instanceof AmbitError ? await findKnown(db, request) : null;
    if (taken === null) throw error;
    return await replay(db, taken, request);
  }
}

/** The run that a request of this id and key has made; a request that names both must have made one run with both. */
async function findKnown(db: Db, { starter, runId, idempotencyKey }: RunRequest): Promise<RunRow | null> {
  if (runId === null && idempotencyKey === null) return null;
  const runs = await findRequestedRuns(db, { id: runId, startedBy: starter.id, idempotencyKey });
  const [run, other] = runs;
  if (run === undefined) return null;
  const isOther = runId !== null && run.id !== runId;
  const isOtherKey = idempotencyKey !== null && run.idempotencyKey !== idempotencyKey;
  if (other !== undefined || isOther || isOtherKey) throw new ConflictError(TAKEN);
  return run;
}

/** Throws when the id or the key was taken meanwhile, so that nothing of the transaction stays. */
async function insert(trx: Db, request: RunRequest, limits: UserLimits): Promise<RunRow> {
  const { starter, now } = request;
  // A revocation that is not seen here waits for the run, and cancels it.
  await holdRevocations(trx);
  if (await isRevoked(trx, starter)) throw revoked();
  await countUserRun(trx, limits, { userId: starter.id, now });
  const session =
    request.sessionId === null
      ? await newSession(trx, request)
      : requireFit(await lockSession(trx, readableOwners(starter), request.sessionId), request);
  const run = await insertRun(trx, session, {
    id: request.runId ?? uuidV7(now.getTime()),
    stepId: uuidV7(now.getTime()),
    startedBy: starter.id,
    token: starter,
    input: request.message,
    inputDigest: digest(request),
    idempotencyKey: request.idempotencyKey,
    rejectIfBusy: request.onBusy === 'REJECT',
    scopes: starter.grants.scopes,
    trace: request.trace ?? null,
    now,
  });
  if (run === null) throw new ConflictError(TAKEN);
  return run;
}

async function newSession(trx: Db, { agentId, userId, starter, now }: RunRequest): Promise<SessionRow> {
  const owner = userId ?? starter.id;
  return await insertSession(trx, { id: uuidV7(now.getTime()), agentId, owner, name: null, now });
}

/** Requires that the request may be made in the session that it names. */
function requireFit(session: SessionRow | null, { agentId, userId, starter }: RunRequest): SessionRow {
  if (session === null) throw new NotFoundError('Session');
  requireActable(starter, session.owner, COORDINATE);
  if (session.agentId !== agentId) throw new ConflictError('The session belongs to another agent.');
  if (userId !== null && session.owner !== userId)
    throw new ConflictError('The session belongs to another user.');
  return session;
}

async function replay(db: Db, run: RunRow, request: RunRequest): Promise<{ run: RunRow; replayed: true }> {
  if (run.startedBy !== request.starter.id || run.inputDigest !== digest(request))
    throw new ConflictError(TAKEN);
  if (request.sessionId !== null)
    requireFit(await findSession(db, readableOwners(request.starter), request.sessionId), request);
  return { run, replayed: true };
}

/** Tells a repeated request from another one under the same id or key. What to do when the session is busy is no part of it. */
function digest({ agentId, message, sessionId, userId }: RunRequest): string {
  const told = [agentId, message, sessionId, ...(userId === null ? [] : [userId])];
  return createHash('sha256').update(JSON.stringify(told)).digest('hex');
}
