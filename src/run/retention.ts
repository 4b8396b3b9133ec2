import { isDoneWithin } from '../lib/is-done-within.ts';
import type { Logger } from '../lib/logger.ts';
import { deleteOldAuditEvents } from '../store/audit-event.ts';
import {
  compactLogs,
  deleteFullPaces,
  deleteOldRuns,
  dropLogs,
  type RetentionBatch,
  tryRetentionLock,
} from '../store/retain.ts';
import { deleteOldRevocations } from '../store/revocation.ts';
import type { Db } from '../store/tables.ts';

export interface RetentionOptions {
  readonly db: Db;
  /** How long after its end a run's deltas are joined; 0: never. */
  readonly compactAfterMs: number;
  /** How long after its end its events are deleted; 0: never. */
  readonly keepEventsMs: number;
  /** How long after its end the run is deleted; 0: never. */
  readonly keepRunsMs: number;
  /** How long an event of the audit log is kept; 0: for ever. */
  readonly keepAuditMs: number;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Runs of one transaction. */
const BATCH = 20;
/** Audit events of one transaction. */
const AUDIT_BATCH = 1000;
const INTERVAL_MS = 60_000;

type Step = (trx: Db, batch: RetentionBatch) => Promise<number>;

/**
 * Does once what is due: old runs go, then events, then deltas are joined, then old audit events go, in small transactions.
 * It ends early when another node is at it, or when the signal aborts.
 */
export async function retain(options: RetentionOptions, signal: AbortSignal): Promise<void> {
  const { db, now, keepRunsMs, keepEventsMs, compactAfterMs, keepAuditMs } = options;
  const steps: readonly [number, Step, limit: number][] = [
    [keepRunsMs, deleteOldRuns, BATCH],
    [keepEventsMs, dropLogs, BATCH],
    [compactAfterMs, compactLogs, BATCH],
    [keepAuditMs, deleteOldAuditEvents, AUDIT_BATCH],
  ];
  for (const [ageMs, step, limit] of steps) {
    if (ageMs === 0) continue;
    const batch = { before: new Date(now().getTime() - ageMs), limit };
    let done = limit;
    while (done === limit && !signal.aborted) done = await transact(db, (trx) => step(trx, batch));
  }
  if (!signal.aborted) await deleteFullPaces(db, now());
  if (!signal.aborted) await deleteOldRevocations(db, now());
}

/** How long a stop waits for a transaction under way. */
const STOP_MS = 2000;

/** Begins to do, once a minute, what is due. Returns what ends it, which waits a little for a transaction under way. */
export function startRetention(options: RetentionOptions, intervalMs = INTERVAL_MS): () => Promise<void> {
  const ending = new AbortController();
  let underWay: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    try {
      await retain(options, ending.signal);
    } catch (error) {
      options.log.warn({ err: error }, 'old runs could not be tidied up; it is tried again');
    }
  };
  const timer = setInterval(() => {
    underWay ??= look().finally(() => (underWay = null));
  }, intervalMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    ending.abort();
    if (underWay !== null) await isDoneWithin(underWay, STOP_MS);
  };
}

async function transact(db: Db, act: (trx: Db) => Promise<number>): Promise<number> {
  return await db.transaction().execute(async (trx) => ((await tryRetentionLock(trx)) ? await act(trx) : 0));
}
