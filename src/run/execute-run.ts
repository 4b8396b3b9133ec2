import { ModelError } from '../errors.ts';
import { WriterClosedError } from '../event/run-writer.ts';
import type { RunEnd } from '../store/end-run.ts';
import { listHistory, type Turn } from '../store/history.ts';
import type { ActiveRun } from './active-run.ts';
import { askModel } from './ask-model.ts';
import { withinBudget } from './budget.ts';
import { callTools } from './call-tools.ts';
import { buildHistory } from './history.ts';
import type { ModelMessage } from './model.ts';
import { resumeRun } from './resume-run.ts';
import { runLoop } from './run-loop.ts';
import { HandOver, Paused, RunStop } from './run-stop.ts';
import { untilAvailable } from './until-available.ts';

/** How the run ends, apart from when. */
export interface RunOutcome extends Pick<RunEnd, 'status' | 'output' | 'error' | 'metrics'> {
  /** It ends before it was read what earlier attempts have come to: text and metrics are those that its steps tell. */
  readonly isUnread?: boolean;
}

/** Turns are read so many at a time, as long as they fit. */
const HISTORY_PAGE = 8;

/**
 * Executes a claimed run to its end, from where it stands, or gives `null`: it goes on elsewhere, or waits for approvals.
 * Never throws: whatever happens is how the run ends.
 */
export async function executeRun(active: ActiveRun): Promise<RunOutcome | null> {
  const { run, progress, log } = active;
  let isUnread = run.attempt > 1;
  try {
    const history = await readMessages(active);
    const { ledger, ...start } = await resumeRun(active);
    isUnread = false;
    const output = await runLoop(
      active.agent,
      { ...start, messages: [...history, ...start.messages] },
      {
        askModel: (messages) => withinBudget(active, () => askModel(active, messages)),
        callTools: (turn) => callTools(active, turn, ledger),
      },
    );
    return { status: 'COMPLETED', output, error: null, metrics: progress.metrics };
  } catch (error) {
    if (error instanceof Paused || active.signal.reason instanceof HandOver) return null;
    // What aborted the run explains whatever else went wrong meanwhile.
    const stop = toStop(active.signal.aborted ? active.signal.reason : error);
    if (stop.failure?.code === 'INTERNAL_ERROR') log.error({ err: error }, 'a run failed');
    else if (stop.status === 'FAILED') log.warn({ err: error }, 'a run failed');
    return {
      status: stop.status,
      output: progress.textSoFar,
      error: stop.failure,
      metrics: progress.metrics,
      isUnread,
    };
  }
}

async function readMessages(active: ActiveRun): Promise<ModelMessage[]> {
  const { run, agent } = active;
  const history = await buildHistory(listTurns(active), agent.limits.maxHistoryTokens);
  return [...history, { role: 'user', content: run.input }];
}

/** The turns of the session before this run, newest first. */
async function* listTurns({ db, run, signal }: ActiveRun): AsyncGenerator<Turn, void, void> {
  for (let beforeTurn = run.turn; beforeTurn > 0;) {
    const query = { sessionId: run.sessionId, beforeTurn, limit: HISTORY_PAGE };
    const turns = await untilAvailable(() => listHistory(db, query), signal);
    yield* turns;
    beforeTurn = turns.at(-1)?.run.turn ?? 0;
  }
}

function toStop(error: unknown): RunStop {
  if (error instanceof RunStop) return error;
  if (error instanceof ModelError)
    return new RunStop('FAILED', { code: 'MODEL_ERROR', message: error.message });
  if (error instanceof WriterClosedError) {
    return new RunStop('FAILED', {
      code: 'INTERRUPTED',
      message: 'The events of the run could not be stored.',
    });
  }
  return new RunStop('FAILED', {
    code: 'INTERNAL_ERROR',
    message: 'The run failed for a reason of the server.',
  });
}
