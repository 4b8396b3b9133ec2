import { createHash } from 'node:crypto';
import { ConflictError, NotFoundError } from '../errors.ts';
import { uuidV7 } from '../lib/uuid-v7.ts';
import { type Identity, readableOwners } from '../scope/principal.ts';
import { requireActable } from '../scope/require-owner.ts';
import { insertRun } from '../store/insert-run.ts';
import { findRunById } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import { findSession, insertSession } from '../store/session.ts';
import type { Db } from '../store/tables.ts';
import type { Dispatch } from './dispatch.ts';

const ID_TAKEN = 'The run id is taken by another request.';

export interface RunRequest {
  readonly starter: Identity;
  readonly agentId: string;
  readonly message: string;
  /** In lower case; `null`: a new session. */
  readonly sessionId: string | null;
  /** A UUID of the caller's choosing, in lower case; `null`: one of ours. */
  readonly runId: string | null;
  readonly now: Date;
}

/**
 * Stores a run, QUEUED, in its session or a new one, and its wake-up, in one transaction. `replayed`: the caller has made this very request
 * before, and `run` is what came of it; the caller must still be allowed to make it.
 * @throws NotFoundError when the session is unknown or not the caller's to read; MissingScopeError when it is not the caller's
 * to act in; ConflictError when it is another agent's, or the run's id is taken by another request.
 */
export async function submitRun(
  { db, dispatch }: { readonly db: Db; readonly dispatch: Dispatch },
  request: RunRequest,
): Promise<{ run: RunRow; replayed: boolean }> {
  const id = request.runId ?? uuidV7(request.now.getTime());
  const known = request.runId === null ? null : await findRunById(db, id);
  if (known !== null) return await replay(db, known, request);
  try {
    const run = await db.transaction().execute(async (trx) => {
      const inserted = await insert(trx, id, request);
      await dispatch.enqueue(trx, id);
      return inserted;
    });
    return { run, replayed: false };
  } catch (error) {
    const taken = error instanceof ConflictError ? await findRunById(db, id) : null;
    if (taken === null) throw error;
    return await replay(db, taken, request);
  }
}

/** Throws when the id was taken meanwhile, so that nothing of the transaction stays. */
async function insert(trx: Db, id: string, request: RunRequest): Promise<RunRow> {
  const { starter, now } = request;
  const sessionId =
    request.sessionId === null ? await newSession(trx, request) : await oldSession(trx, request);
  const run = await insertRun(trx, readableOwners(starter), {
    id,
    stepId: uuidV7(now.getTime()),
    sessionId,
    startedBy: starter.id,
    input: request.message,
    inputDigest: digest(request),
    scopes: starter.grants.scopes,
    now,
  });
  if (run === null) throw new ConflictError(ID_TAKEN);
  return run;
}

async function newSession(trx: Db, { agentId, starter, now }: RunRequest): Promise<string> {
  const id = uuidV7(now.getTime());
  await insertSession(trx, { id, agentId, owner: starter.id, name: null, now });
  return id;
}

async function oldSession(trx: Db, { sessionId, agentId, starter }: RunRequest): Promise<string> {
  const session = await findSession(trx, readableOwners(starter), sessionId ?? '');
  if (session === null) throw new NotFoundError('Session');
  requireActable(starter, session.owner, 'Mutation.runAgent');
  if (session.agentId !== agentId) throw new ConflictError('The session belongs to another agent.');
  return session.id;
}

async function replay(db: Db, run: RunRow, request: RunRequest): Promise<{ run: RunRow; replayed: true }> {
  if (run.startedBy !== request.starter.id || run.inputDigest !== digest(request))
    throw new ConflictError(ID_TAKEN);
  if (request.sessionId !== null) await oldSession(db, request);
  return { run, replayed: true };
}

/** Tells a repeated request from another one under the same id. */
function digest({ agentId, message, sessionId }: RunRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([agentId, message, sessionId]))
    .digest('hex');
}
