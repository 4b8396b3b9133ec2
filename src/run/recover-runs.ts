import type { EventHub } from '../event/event-hub.ts';
import type { Logger } from '../lib/logger.ts';
import type { Database } from '../store/database.ts';
import { endRun } from '../store/end-run.ts';
import { readEvents } from '../store/event.ts';
import { findOpenRuns } from '../store/run.ts';
import type { RunMetricsRow, RunRow } from '../store/run-row.ts';
import { listRunSteps, updateStep } from '../store/step.ts';
import type { StepRow } from '../store/step-row.ts';
import type { Db, JsonObject } from '../store/tables.ts';

export interface RecoveryOptions {
  readonly database: Database;
  readonly hub: EventHub;
  readonly now: () => Date;
  readonly log: Logger;
}

const PAGE_SIZE = 1000;

/**
 * Ends the runs that a dead process left RUNNING as FAILED (INTERRUPTED), with the text that reached the log. A tool call that
 * was under way may have happened: it becomes UNKNOWN unless it only reads. Gives how many there were. Runs that wait QUEUED
 * lost nothing and stay.
 */
export async function recoverRuns({ database, hub, now, log }: RecoveryOptions): Promise<number> {
  const running = (await findOpenRuns(database.db)).filter(({ status }) => status === 'RUNNING');
  const dead = new Set(await database.deadOwners(running.flatMap(({ leaseOwner }) => leaseOwner ?? [])));
  const orphans = running.filter(({ leaseOwner }) => leaseOwner === null || dead.has(leaseOwner));
  for (const run of orphans) {
    const at = now();
    const ended = await database.db.transaction().execute((trx) => interrupt(trx, run, at));
    if (!ended.ended) continue;
    hub.publish(run.id, [{ runId: run.id, seq: ended.lastSeq, at, type: 'RunFinished', payload: {} }]);
    log.warn({ runId: run.id }, 'a run was left open by a process that died; it ended FAILED (INTERRUPTED)');
  }
  return orphans.length;
}

async function interrupt(trx: Db, run: RunRow, at: Date) {
  const steps = await listRunSteps(trx, run.id);
  let output = '';
  for (const step of steps) {
    const text = step.kind === 'model' ? await closeModelStep(trx, { run, step, at }) : '';
    if (text !== '') output = text;
    if (step.kind === 'tool' && step.finishedAt === null) await closeToolStep(trx, { run, step, at });
  }
  return await endRun(trx, {
    runId: run.id,
    epoch: run.leaseEpoch,
    status: 'FAILED',
    output,
    error: { code: 'INTERRUPTED', message: 'The server died while the run was executed.' },
    metrics: sumMetrics(steps),
    now: at,
  });
}

interface OpenStep<TKind> {
  readonly run: RunRow;
  readonly step: Extract<StepRow, { kind: TKind }>;
  readonly at: Date;
}

/** Gives the text of the step; of one that was broken off, what reached the log. */
async function closeModelStep(trx: Db, { run, step, at }: OpenStep<'model'>): Promise<string> {
  if (step.status !== 'RUNNING') return step.content;
  const content = await readText(trx, run.id, step.id);
  const key = { runId: run.id, epoch: run.leaseEpoch, index: step.index };
  await updateStep(trx, key, { status: 'FAILED', content, finishedAt: at });
  return content;
}

async function closeToolStep(trx: Db, { run, step, at }: OpenStep<'tool'>): Promise<void> {
  const known = step.effect === 'read';
  const error = known ? 'The call was interrupted.' : 'Whether the call took effect is not known.';
  const key = { runId: run.id, epoch: run.leaseEpoch, index: step.index };
  await updateStep(trx, key, {
    status: known ? 'CANCELLED' : 'UNKNOWN',
    content: error,
    error,
    finishedAt: at,
  });
}

async function readText(trx: Db, runId: string, messageId: string): Promise<string> {
  const parts: string[] = [];
  for (let after = 0; ;) {
    const events = await readEvents(trx, { runId, after, limit: PAGE_SIZE });
    const ofMessage = events.filter(
      ({ type, payload }) => type === 'TextDelta' && payload['messageId'] === messageId,
    );
    parts.push(...ofMessage.map(({ payload }) => deltaOf(payload)));
    const last = events.at(-1);
    if (last === undefined || events.length < PAGE_SIZE) return parts.join('');
    after = last.seq;
  }
}

function deltaOf(payload: JsonObject): string {
  const { delta } = payload;
  return typeof delta === 'string' ? delta : '';
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
