import type { Agent } from '../agent/agent.ts';
import type { AgentRegistry } from '../agent/agent-registry.ts';
import type { EventHub } from '../event/event-hub.ts';
import type { Flusher } from '../event/flusher.ts';
import { type RunWriter, WriterClosedError } from '../event/run-writer.ts';
import type { Logger } from '../lib/logger.ts';
import { orAborted } from '../lib/or-aborted.ts';
import type { Metrics } from '../metric/metrics.ts';
import { GrantSet } from '../scope/grant-set.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Db } from '../store/tables.ts';
import type { ActiveRun } from './active-run.ts';
import { executeRun, type RunOutcome } from './execute-run.ts';
import type { Model } from './model.ts';
import { RunProgress } from './run-progress.ts';
import { cancelled, HandOver, interrupted, timedOut } from './run-stop.ts';
import { RunWatch } from './run-watch.ts';

export interface PerformOptions {
  readonly db: Db;
  readonly agents: AgentRegistry;
  readonly model: Model;
  readonly flusher: Flusher;
  readonly hub: EventHub;
  /** How long an approval is waited for, unless its tool says otherwise. Default: 86,400. */
  readonly approvalSeconds?: number;
  readonly adminScope: string;
  /** Default: nobody counts. */
  readonly metrics?: Metrics | undefined;
  readonly now: () => Date;
  readonly log: Logger;
}

export interface RunControl {
  /** Aborted with a `RunStop` when the run must stop. */
  readonly controller: AbortController;
  /** Aborted when the database is waited for no longer. */
  readonly patience: AbortSignal;
}

const DEFAULT_APPROVAL_SECONDS = 86_400;
/** The longest delay that a timer of Node takes. */
const MAX_DELAY_MS = 2_147_483_647;

/**
 * Executes a run that this process has claimed, from where it stands, within its time, and returns when everything it said is
 * in the log. What never gets there has not been said: the run does not end with it, and goes on elsewhere from what is
 * there. `null`: it goes on elsewhere, or waits for approvals. Never throws.
 */
export async function performRun(
  options: PerformOptions,
  run: RunRow,
  control: RunControl,
): Promise<RunOutcome | null> {
  const agent = options.agents.find(run.agentId);
  if (agent === null) return agentGone(run);
  const { controller, patience } = control;
  const { maxSeconds } = agent.limits;
  const stop = (): void => controller.abort(timedOut(maxSeconds));
  const timer = setTimeout(stop, Math.min(timeLeft(run, maxSeconds, options.now()), MAX_DELAY_MS));
  const writer = openWriter(options.flusher, run, controller);
  const active = toActiveRun(options, run, { agent, writer, control });
  let told: RunOutcome | null = null;
  try {
    const outcome = await active.watch.within(() => executeRun(active));
    const unsaid = await orAborted(writer.drain(), patience).then(
      () => null,
      (reason: unknown) => ({ reason }),
    );
    told = unsaid === null ? outcome : withoutWords(outcome, unsaid.reason);
    return told;
  } finally {
    clearTimeout(timer);
    options.flusher.release(writer);
    tellEnd(active, told);
  }
}

/** One line for each attempt, and whatever is told of it elsewhere. */
function tellEnd({ watch, progress, signal, log }: ActiveRun, outcome: RunOutcome | null): void {
  const status = outcome?.status ?? (signal.aborted ? 'HANDED_OVER' : 'PAUSED');
  const end = { status, errorCode: outcome?.error?.code ?? null, metrics: progress.metrics };
  watch.end(end);
  log.info(end, 'an attempt at a run ended');
}

/** Events that the log refuses it refuses always: elsewhere it would go no better. */
function withoutWords(outcome: RunOutcome | null, reason: unknown): RunOutcome | null {
  const isRefused = reason instanceof WriterClosedError && reason.cause !== undefined;
  if (outcome === null || !isRefused || outcome.status === 'FAILED') return isRefused ? outcome : null;
  const error = { code: 'INTERRUPTED', message: 'The events of the run could not be stored.' };
  return { ...outcome, status: 'FAILED', error };
}

/** Milliseconds, over all attempts; time spent waiting for approvals is not counted. */
function timeLeft({ startedAt, pausedMs }: RunRow, maxSeconds: number, now: Date): number {
  const since = startedAt === null ? 0 : now.getTime() - startedAt.getTime() - pausedMs;
  return Math.max(0, maxSeconds * 1000 - since);
}

function openWriter(flusher: Flusher, run: RunRow, controller: AbortController): RunWriter {
  return flusher.open(
    { id: run.id, epoch: run.leaseEpoch, lastSeq: run.lastSeq },
    {
      onCancelRequested: () => controller.abort(cancelled()),
      onStalled: () => controller.abort(new HandOver('The database was away for too long.')),
      onClosed: () => controller.abort(interrupted('The events of the run could not be stored.')),
    },
  );
}

function toActiveRun(
  options: PerformOptions,
  run: RunRow,
  { agent, writer, control }: { agent: Agent; writer: RunWriter; control: RunControl },
): ActiveRun {
  const { db, agents, model, hub, adminScope, approvalSeconds, metrics, now, log } = options;
  const modelName = agents.modelOf(agent);
  const watch = new RunWatch({ run, agent, model: modelName, metrics });
  return {
    run,
    agent,
    writer,
    hub,
    approvalSeconds: approvalSeconds ?? DEFAULT_APPROVAL_SECONDS,
    signal: control.controller.signal,
    patience: control.patience,
    starter: { id: run.startedBy, grants: new GrantSet(run.scopes, adminScope) },
    model,
    modelName,
    db,
    lease: { runId: run.id, epoch: run.leaseEpoch },
    progress: new RunProgress({ startedAt: run.startedAt ?? now(), nextIndex: 1, now }),
    watch,
    now,
    log: log.child({
      runId: run.id,
      sessionId: run.sessionId,
      agentId: run.agentId,
      attempt: run.attempt,
      ...(watch.traceId !== null && { traceId: watch.traceId }),
    }),
  };
}

function agentGone(run: RunRow): RunOutcome {
  const message = 'The agent of the run is no longer served.';
  const error = { code: 'AGENT_GONE', message } as const;
  return { status: 'FAILED', output: '', error, metrics: run.metrics, isUnread: run.attempt > 1 };
}
