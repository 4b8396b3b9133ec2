import { CursorExpiredError } from '../errors.ts';
import { requireWhole } from '../event/check-cursor.ts';
import type { EventHub } from '../event/event-hub.ts';
import { toRunEvent } from '../event/run-event.ts';
import { Tail } from '../event/tail.ts';
import { signalWithin } from '../lib/signal-within.ts';
import { readEvents } from '../store/event.ts';
import { findRunById, findRunState } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Db } from '../store/tables.ts';
import { untilAvailable } from './until-available.ts';

export interface RunReader {
  /**
   * The run's events after a `seq`, to the end. When the process stops nothing more comes, and only the signal, or `return`,
   * ends it: whoever reads must not take that for the run's end. The caller has made sure that they may be read.
   */
  tail(cursor: { readonly runId: string; readonly after: number }, signal?: AbortSignal): Tail;
  /** As `waitForEnd`, and also when the run waits for approvals. */
  waitForAnswer(
    run: Pick<RunRow, 'id' | 'lastSeq'>,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<RunRow | null>;
  /**
   * Requires that an ended run's log can be read from that `seq` on.
   * @throws CursorExpiredError
   */
  requireReadable(cursor: { readonly runId: string; readonly after: number }): Promise<void>;
  /**
   * The run as it is when it has ended, or after `timeoutMs`, or when the signal aborts or the process stops; `null` when it
   * is gone.
   */
  waitForEnd(
    run: Pick<RunRow, 'id' | 'lastSeq'>,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<RunRow | null>;
}

/** Reads the log of runs, stored and live. A tail that has begun outlasts a database that is away for a while. */
export function createRunReader(db: Db, hub: EventHub): RunReader {
  const open = (
    { runId, after }: { readonly runId: string; readonly after: number },
    signal: AbortSignal | undefined,
    atClose: 'end' | 'wait',
  ): Tail =>
    new Tail(
      {
        runId,
        after,
        hub,
        atClose,
        read: async (cursor, limit, ending) => {
          const rows = await untilAvailable(() => readEvents(db, { ...cursor, limit }), ending);
          return rows.map(toRunEvent);
        },
        look: async (id, ending) => {
          const run = await untilAvailable(() => findRunState(db, 'all', id), ending);
          return run === null ? null : { lastSeq: run.lastSeq, ended: run.finishedAt !== null };
        },
      },
      signal,
    );
  const wait = async (
    { id, lastSeq }: Pick<RunRow, 'id' | 'lastSeq'>,
    bound: {
      readonly timeoutMs: number;
      readonly outer: AbortSignal | undefined;
      readonly untilPaused: boolean;
    },
  ): Promise<RunRow | null> => {
    const { signal, release } = signalWithin(bound.timeoutMs, bound.outer);
    const isOver = async (): Promise<boolean> =>
      bound.untilPaused && (await findRunState(db, 'all', id))?.status === 'PAUSED';
    const readToEnd = async (): Promise<RunRow | null> => {
      const events = open({ runId: id, after: lastSeq }, signal, 'end');
      // It may have paused before what the tail begins with.
      try {
        let isDone = await isOver();
        while (!isDone) {
          const { done, value } = await events.next();
          isDone = done === true || (value.type === 'ApprovalRequested' && (await isOver()));
        }
      } finally {
        await events.return();
      }
      return await findRunById(db, id);
    };
    try {
      return await untilAvailable(readToEnd, signal);
    } catch (error) {
      // Ended so long ago that its log is joined by now.
      if (!signal.aborted && !(error instanceof CursorExpiredError)) throw error;
      return await findRunById(db, id);
    } finally {
      release();
    }
  };
  return {
    tail: (cursor, signal) => open(cursor, signal, 'wait'),
    async requireReadable({ runId, after }) {
      const [next] = (await readEvents(db, { runId, after, limit: 1 })).map(toRunEvent);
      requireWhole(after, null, next);
    },
    waitForEnd: (run, timeoutMs, outer) => wait(run, { timeoutMs, outer, untilPaused: false }),
    waitForAnswer: (run, timeoutMs, outer) => wait(run, { timeoutMs, outer, untilPaused: true }),
  };
}
