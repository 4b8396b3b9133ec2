import type { Owners } from '../store/owner.ts';
import { listRuns } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Db } from '../store/tables.ts';
import type { RunEngine } from './run-engine.ts';
import type { RunReader } from './run-reader.ts';

export interface CancelOptions {
  readonly engine: RunEngine;
  readonly reader: RunReader;
  /** How long to wait for the run to end. Default: 60,000. */
  readonly timeoutMs?: number;
}

/** Cancels a run of `owners` and gives it when it is over; a run that has ended already, as it is. */
export async function cancelRun(
  { engine, reader, timeoutMs = 60_000 }: CancelOptions,
  { owners, run }: { owners: Owners; run: RunRow },
): Promise<RunRow> {
  if (run.finishedAt !== null) return run;
  await engine.cancel(owners, run.id);
  return (await reader.waitForEnd(run, AbortSignal.timeout(timeoutMs))) ?? run;
}

/** Cancels every open run of a session, the last ones first, so that none begins meanwhile; returns when they are over. */
export async function cancelSessionRuns(
  db: Db,
  options: CancelOptions,
  session: { owners: Owners; sessionId: string },
): Promise<void> {
  const { owners, sessionId } = session;
  for (;;) {
    const query = { sessionId, status: ['QUEUED', 'RUNNING', 'PAUSED'] as const, page: { first: 100 } };
    const { rows } = await listRuns(db, owners, query);
    if (rows.length === 0) return;
    for (const run of rows.toSorted((a, b) => b.turn - a.turn)) await cancelRun(options, { owners, run });
  }
}
