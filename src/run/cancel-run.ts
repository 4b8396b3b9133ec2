import { NotFoundError, UnavailableError } from '../errors.ts';
import { deleteIdleSession } from '../store/delete-idle-session.ts';
import type { Owners } from '../store/owner.ts';
import { listRuns, OPEN_STATUSES } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Db } from '../store/tables.ts';
import type { RunEngine } from './run-engine.ts';
import type { RunReader } from './run-reader.ts';

export interface CancelOptions {
  readonly engine: Pick<RunEngine, 'cancel'>;
  readonly reader: Pick<RunReader, 'waitForEnd'>;
  /** How long to wait for the run to end. Default: 60,000. */
  readonly timeoutMs?: number;
}

/**
 * Cancels a run of `owners` and gives it when it is over, or as it is when that takes too long or the server stops; a run that
 * has ended already, as it is.
 * @throws NotFoundError when the run is deleted meanwhile.
 */
export async function cancelRun(
  options: CancelOptions,
  cancelled: { owners: Owners; run: RunRow },
): Promise<RunRow> {
  const over = await cancel(options, cancelled);
  if (over === null) throw new NotFoundError('Run');
  return over;
}

/**
 * Cancels a run of `owners` and waits until it is over, or deleted.
 * @throws UnavailableError when it does not end in time.
 */
export async function endRunOf(
  options: CancelOptions,
  cancelled: { owners: Owners; run: RunRow },
): Promise<void> {
  const over = await cancel(options, cancelled);
  if (over !== null && over.finishedAt === null) throw new UnavailableError('A run has not ended yet.');
}

/** `null`: it is deleted. */
async function cancel(
  { engine, reader, timeoutMs = 60_000 }: CancelOptions,
  { owners, run }: { owners: Owners; run: RunRow },
): Promise<RunRow | null> {
  if (run.finishedAt !== null) return run;
  await engine.cancel(owners, run.id);
  return await reader.waitForEnd(run, timeoutMs);
}

/**
 * Deletes a session of `owners` once all its runs are over, which are cancelled for it; whether there was one.
 * @throws UnavailableError when a run does not end in time.
 */
export async function deleteSessionWithRuns(
  db: Db,
  options: CancelOptions,
  { owners, sessionId }: { owners: Owners; sessionId: string },
): Promise<boolean> {
  for (;;) {
    await cancelSessionRuns(db, options, { owners, sessionId });
    const result = await db.transaction().execute((trx) => deleteIdleSession(trx, owners, sessionId));
    if (result !== 'busy') return result === 'deleted';
  }
}

/** The last ones first, so that none begins meanwhile. */
async function cancelSessionRuns(
  db: Db,
  options: CancelOptions,
  { owners, sessionId }: { owners: Owners; sessionId: string },
): Promise<void> {
  const query = { sessionId, status: OPEN_STATUSES, page: { first: 100 } };
  for (;;) {
    const { rows } = await listRuns(db, owners, query);
    if (rows.length === 0) return;
    for (const run of rows.toSorted((a, b) => b.turn - a.turn)) await endRunOf(options, { owners, run });
  }
}
