import type { EventHub } from '../event/event-hub.ts';
import type { Logger } from '../lib/logger.ts';
import type { Database } from '../store/database.ts';
import { endRun, type RunEnded } from '../store/end-run.ts';
import { lockRun } from '../store/lock-run.ts';
import { findRunningRuns } from '../store/run.ts';
import type { RunMetricsRow, RunRow } from '../store/run-row.ts';
import { listRunSteps } from '../store/step.ts';
import type { StepRow } from '../store/step-row.ts';
import type { Db } from '../store/tables.ts';
import { closeSteps } from './close-steps.ts';

export interface RecoveryOptions {
  readonly database: Pick<Database, 'db' | 'deadOwners'>;
  readonly hub: EventHub;
  readonly now: () => Date;
  readonly log: Logger;
  /** Only runs of these processes, if they are dead, are ended. Left out: of all that are dead. */
  readonly suspects?: ReadonlySet<string>;
}

/**
 * Ends the runs that a dead process left RUNNING as FAILED (INTERRUPTED), with the text that reached the log. Runs that wait
 * QUEUED lost nothing and stay. Gives the dead processes that it found runs of.
 */
export async function recoverRuns(options: RecoveryOptions): Promise<ReadonlySet<string>> {
  const { database, suspects } = options;
  const running = await findRunningRuns(database.db);
  const owners = new Set(running.flatMap(({ leaseOwner }) => leaseOwner ?? []));
  const dead = new Set(await database.deadOwners([...owners]));
  for (const run of running) {
    const owner = run.leaseOwner ?? '';
    if (dead.has(owner) && suspects?.has(owner) !== false) await recover(options, run);
  }
  return dead;
}

async function recover({ database, hub, now, log }: RecoveryOptions, run: RunRow): Promise<void> {
  const at = now();
  const ended = await database.db.transaction().execute((trx) => interrupt(trx, run, at));
  if (!ended.ended) return;
  hub.publish(run.id, [{ runId: run.id, seq: ended.lastSeq, at, type: 'RunFinished', payload: {} }]);
  log.warn({ runId: run.id }, 'a run was left open by a process that died; it ended FAILED (INTERRUPTED)');
}

/** Locks first: another process may be about to do the same. */
async function interrupt(trx: Db, { id: runId, leaseEpoch: epoch }: RunRow, now: Date): Promise<RunEnded> {
  await lockRun(trx, runId);
  await closeSteps(trx, { runId, epoch }, { status: 'FAILED', now });
  const steps = await listRunSteps(trx, runId);
  const texts = steps.flatMap(({ kind, content }) => (kind === 'model' && content !== '' ? [content] : []));
  const error = { code: 'INTERRUPTED', message: 'The server died while the run was executed.' };
  const output = texts.at(-1) ?? '';
  return await endRun(trx, {
    runId,
    epoch,
    status: 'FAILED',
    output,
    error,
    metrics: sumMetrics(steps),
    now,
  });
}

function sumMetrics(steps: readonly StepRow[]): RunMetricsRow {
  const turns = steps.filter((step) => step.kind === 'model');
  return {
    inputTokens: turns.reduce((sum, { inputTokens }) => sum + (inputTokens ?? 0), 0),
    outputTokens: turns.reduce((sum, { outputTokens }) => sum + (outputTokens ?? 0), 0),
    modelCalls: turns.length,
    toolCalls: steps.filter((step) => step.kind === 'tool').length,
    timeToFirstTokenMs: null,
  };
}
