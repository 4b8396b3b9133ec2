import type { AgentRegistry } from '../agent/agent-registry.ts';
import type { EventHub } from '../event/event-hub.ts';
import type { Flusher } from '../event/flusher.ts';
import type { RunWriter } from '../event/run-writer.ts';
import { delay } from '../lib/delay.ts';
import type { Logger } from '../lib/logger.ts';
import { GrantSet } from '../scope/grant-set.ts';
import { claimRun } from '../store/claim-run.ts';
import { endRun, type RunEnd, type RunEnded } from '../store/end-run.ts';
import { findOpenRuns, findRunById, requestCancel } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Owners } from '../store/owner.ts';
import type { Db } from '../store/tables.ts';
import type { ActiveRun } from './active-run.ts';
import { executeRun, type RunOutcome } from './execute-run.ts';
import type { Model } from './model.ts';
import { RunProgress } from './run-progress.ts';
import { cancelled, interrupted, type RunStop, timedOut } from './run-stop.ts';
import { untilAvailable } from './until-available.ts';

export interface RunEngineOptions {
  readonly db: Db;
  /** Names this process as the holder of leases. */
  readonly nodeId: string;
  readonly agents: AgentRegistry;
  readonly model: Model;
  readonly flusher: Flusher;
  readonly hub: EventHub;
  readonly adminScope: string;
  /** Runs at once; more of them wait QUEUED. */
  readonly maxRuns: number;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Between two looks for queued runs that nobody was woken for. */
const SWEEP_MS = 15_000;

/**
 * Executes runs in this process. A wake-up carries a run's id and nothing else: the row is the truth, and only the claim
 * decides. A wake-up that comes too early is not lost, since the end of a run wakes the next one of its session.
 */
export class RunEngine {
  readonly #options: RunEngineOptions;
  readonly #queue = new Set<string>();
  readonly #active = new Map<string, { readonly controller: AbortController; done: Promise<void> }>();
  /** Aborted when nothing is waited for any longer. */
  readonly #stopping = new AbortController();
  #closed = false;
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: RunEngineOptions) {
    this.#options = options;
    this.#sweeper = setInterval(() => void this.wakeQueued(), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Says that a run may be ready to be claimed. */
  wake(runId: string): void {
    this.#queue.add(runId);
    this.#pump();
  }

  /** Wakes the first queued run of every session that has none active. */
  async wakeQueued(): Promise<void> {
    try {
      const bySession = Map.groupBy(await findOpenRuns(this.#options.db), ({ sessionId }) => sessionId);
      for (const runs of bySession.values()) {
        const first = runs[0];
        if (first !== undefined && runs.every(({ status }) => status === 'QUEUED')) this.wake(first.id);
      }
    } catch (error) {
      this.#options.log.debug({ err: error }, 'looking for queued runs failed');
    }
  }

  /**
   * Asks a run to stop, for good: it ends CANCELLED unless it ends otherwise first. A run that waits ends at once; one that is
   * executed ends as soon as its model request and tools are aborted. Nothing happens to a run that has ended.
   */
  async cancel(owners: Owners, runId: string): Promise<void> {
    const run = await requestCancel(this.#options.db, owners, { id: runId, now: this.#options.now() });
    if (run === null) return;
    if (run.status !== 'RUNNING') {
      const { metrics, output } = run;
      const end = {
        runId,
        epoch: null,
        status: 'CANCELLED',
        output: output ?? '',
        error: null,
        metrics,
      } as const;
      if ((await this.#end({ ...end, now: this.#options.now() })).ended) return;
    }
    this.#active.get(runId)?.controller.abort(cancelled());
  }

  /** How many runs this process executes now. */
  get size(): number {
    return this.#active.size;
  }

  /** Ends what is being executed as INTERRUPTED, claims nothing more, and waits until all is stored, at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    const stopped = interrupted('The server was stopped while the run was executed.');
    for (const { controller } of this.#active.values()) controller.abort(stopped);
    const all = Promise.all([...this.#active.values()].map(({ done }) => done));
    const bound = new AbortController();
    await Promise.race([all, delay(graceMs, bound.signal).catch(() => undefined)]);
    bound.abort();
    this.#stopping.abort(stopped);
  }

  #pump(): void {
    for (const runId of this.#queue) {
      if (this.#closed || this.#active.size >= this.#options.maxRuns) return;
      this.#queue.delete(runId);
      if (!this.#active.has(runId)) this.#start(runId);
    }
  }

  #start(runId: string): void {
    const entry = { controller: new AbortController(), done: Promise.resolve() };
    this.#active.set(runId, entry);
    entry.done = this.#run(runId, entry.controller)
      .catch((error: unknown) =>
        this.#options.log.error({ err: error, runId }, 'a run could not be executed'),
      )
      .finally(() => {
        this.#active.delete(runId);
        this.#pump();
      });
  }

  async #run(runId: string, controller: AbortController): Promise<void> {
    const run = await untilAvailable(() => this.#claim(runId), this.#stopping.signal);
    if (run === null) return;
    const outcome = await this.#execute(run, controller);
    const end = { runId, epoch: run.leaseEpoch, ...outcome, now: this.#options.now() };
    const ended = await untilAvailable(() => this.#end(end), this.#stopping.signal);
    if (!ended.ended) await this.wakeQueued();
  }

  async #claim(runId: string): Promise<RunRow | null> {
    const { db, nodeId, agents, now, hub } = this.#options;
    const queued = await findRunById(db, runId);
    if (queued === null || queued.status !== 'QUEUED') return null;
    const agent = agents.find(queued.agentId);
    const claim = {
      runId,
      leaseOwner: nodeId,
      model: agent === null ? '' : agents.modelOf(agent),
      now: now(),
    };
    const run = await db.transaction().execute((trx) => claimRun(trx, claim));
    if (run === null) return null;
    const { attempt, lastSeq } = run;
    const payload = { attempt, model: claim.model };
    hub.publish(runId, [{ runId, seq: lastSeq, at: claim.now, type: 'RunStarted', payload }]);
    return run;
  }

  async #execute(run: RunRow, controller: AbortController): Promise<RunOutcome> {
    const { agents, flusher } = this.#options;
    const agent = agents.find(run.agentId);
    if (agent === null) return agentGone(run);
    const stop = (reason: RunStop): void => controller.abort(reason);
    const { maxSeconds } = agent.limits;
    const timer = setTimeout(() => stop(timedOut(maxSeconds)), Math.min(maxSeconds * 1000, 2_147_483_647));
    const writer = flusher.open(
      { id: run.id, epoch: run.leaseEpoch, lastSeq: run.lastSeq },
      {
        onCancelRequested: () => stop(cancelled()),
        onStalled: () => stop(interrupted('The database was away for too long.')),
        onClosed: () => stop(interrupted('The events of the run could not be stored.')),
      },
    );
    try {
      const outcome = await executeRun(this.#toActive(run, { agent, writer, signal: controller.signal }));
      await this.#drain(writer);
      return outcome;
    } finally {
      clearTimeout(timer);
      flusher.release(writer);
    }
  }

  #toActive(run: RunRow, parts: Pick<ActiveRun, 'agent' | 'writer' | 'signal'>): ActiveRun {
    const { db, agents, model, adminScope, now, log } = this.#options;
    return {
      ...parts,
      run,
      starter: { id: run.startedBy, grants: new GrantSet(run.scopes, adminScope) },
      model,
      modelName: agents.modelOf(parts.agent),
      db,
      lease: { runId: run.id, epoch: run.leaseEpoch },
      progress: new RunProgress({ startedAt: run.startedAt ?? now(), nextIndex: 1, now }),
      now,
      log: log.child({ runId: run.id, agentId: run.agentId }),
    };
  }

  /** Everything the run said is in the log before it ends. A writer that was closed has nothing left to say. */
  async #drain(writer: RunWriter): Promise<void> {
    const { signal } = this.#stopping;
    await Promise.race([writer.drain().catch(() => undefined), aborted(signal)]);
  }

  async #end(end: RunEnd): Promise<RunEnded> {
    const { db, hub } = this.#options;
    const ended = await db.transaction().execute((trx) => endRun(trx, end));
    if (!ended.ended) return ended;
    hub.publish(end.runId, [
      { runId: end.runId, seq: ended.lastSeq, at: end.now, type: 'RunFinished', payload: {} },
    ]);
    if (ended.nextRunId !== null) this.wake(ended.nextRunId);
    return ended;
  }
}

function agentGone(run: RunRow): RunOutcome {
  const message = 'The agent of the run is no longer served.';
  return { status: 'FAILED', output: '', error: { code: 'AGENT_GONE', message }, metrics: run.metrics };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
