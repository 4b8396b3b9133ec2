import {
  anonymizeDecisions,
  anonymizeRuns,
  deletePace,
  listOpenRunsStartedBy,
} from '../store/erase-guest.ts';
import { listSessions } from '../store/session.ts';
import type { Db } from '../store/tables.ts';
import { type CancelOptions, deleteSessionWithRuns, endRunOf } from './cancel-run.ts';

export interface Erased {
  readonly userId: string;
  /** Sessions of the user's that were deleted, with all that was in them. */
  readonly deletedSessions: number;
  /** Runs in the sessions of others that the user had started and that name nobody any more. */
  readonly anonymizedRuns: number;
  /** Whether nothing is left; `false`: the time was up, and the same again goes on. */
  readonly isComplete: boolean;
}

export interface EraseOptions extends CancelOptions {
  readonly now: () => Date;
  /** After so long no more is begun. Default: 25,000. */
  readonly boundMs?: number;
}

const BATCH = 500;

/**
 * Erases what belongs to a user, in small steps, each for good: 1. the runs that the user started are cancelled; 2. the
 * user's sessions are deleted; 3. the runs that the user started in the sessions of others, which stay, name nobody, and
 * neither do decisions. What the user starts meanwhile goes too, as long as it is seen.
 * @throws UnavailableError when a run does not end in time; what was erased is.
 */
export async function eraseUser(db: Db, userId: string, options: EraseOptions): Promise<Erased> {
  const until = options.now().getTime() + (options.boundMs ?? 25_000);
  const isOver = (): boolean => options.now().getTime() >= until;
  let deletedSessions = 0;
  let anonymizedRuns = 0;
  let isComplete = false;
  while (!isComplete && !isOver()) {
    await cancelStarted(db, userId, options);
    const deleted = await deleteSessions(db, { userId, isOver }, options);
    const renamed = await anonymizeRuns(db, { userId, limit: BATCH });
    const decisions = await anonymizeDecisions(db, { userId, limit: BATCH });
    deletedSessions += deleted;
    anonymizedRuns += renamed;
    isComplete = deleted === 0 && renamed === 0 && decisions === 0;
  }
  await deletePace(db, userId);
  return { userId, deletedSessions, anonymizedRuns, isComplete };
}

async function cancelStarted(db: Db, userId: string, options: CancelOptions): Promise<void> {
  for (const run of await listOpenRunsStartedBy(db, userId)) await endRunOf(options, { owners: 'all', run });
}

/** A page of them, in their owner's name: a session that changed hands would not be touched. */
async function deleteSessions(
  db: Db,
  { userId, isOver }: { readonly userId: string; readonly isOver: () => boolean },
  options: CancelOptions,
): Promise<number> {
  const owners = [userId];
  const { rows } = await listSessions(db, owners, { page: { first: 100 } });
  let deleted = 0;
  for (const { id: sessionId } of rows) {
    if (isOver()) break;
    if (await deleteSessionWithRuns(db, options, { owners, sessionId })) deleted += 1;
  }
  return deleted;
}
