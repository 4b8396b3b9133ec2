import type { EventHub } from '../event/event-hub.ts';
import { delay } from '../lib/delay.ts';
import type { RunEnd, RunEnded } from '../store/end-run.ts';
import { findRunsToWake } from '../store/find-runs-to-wake.ts';
import type { Owners } from '../store/owner.ts';
import { findRunById, requestCancel } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import { finishRun } from './finish-run.ts';
import { performRun, type PerformOptions } from './perform-run.ts';
import { cancelled, interrupted, RunStop } from './run-stop.ts';
import { takeRun } from './take-run.ts';
import { untilAvailable } from './until-available.ts';

export interface RunEngineOptions extends PerformOptions {
  /** Names this process as the holder of leases. */
  readonly nodeId: string;
  readonly hub: EventHub;
  /** Runs at once; more of them wait QUEUED. */
  readonly maxRuns: number;
}

/**
 * Executes runs in this process. A wake-up carries a run's id and nothing else: the row is the truth, and only the claim
 * decides. A wake-up that comes too early is not lost, since the end of a run wakes the next one of its session; one that comes
 * while the run has a slot is looked at again when the slot is free.
 */
export class RunEngine {
  readonly #options: RunEngineOptions;
  readonly #queue = new Set<string>();
  readonly #active = new Map<string, { readonly controller: AbortController; done: Promise<void> }>();
  /** Aborted when nothing more is claimed. */
  readonly #closing = new AbortController();
  /** Aborted when the database is waited for no longer. */
  readonly #patience = new AbortController();

  constructor(options: RunEngineOptions) {
    this.#options = options;
  }

  /** Says that a run may be ready to be claimed. */
  wake(runId: string): void {
    this.#queue.add(runId);
    this.#pump();
  }

  /** Wakes every run that this process could go on with. A database that is away is no error: it is looked at again later. */
  async wakeQueued(): Promise<void> {
    try {
      for (const id of await findRunsToWake(this.#options.db, this.#options.nodeId)) this.wake(id);
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
    if (run.status === 'RUNNING') this.#active.get(runId)?.controller.abort(cancelled());
    else await this.#end(this.#toCancelled(run));
  }

  /** How many runs this process executes now. */
  get size(): number {
    return this.#active.size;
  }

  /** Ends what is being executed as INTERRUPTED, claims nothing more, and waits until all is stored, at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    const stopped = interrupted('The server was stopped while the run was executed.');
    this.#closing.abort(stopped);
    for (const { controller } of this.#active.values()) controller.abort(stopped);
    const all = Promise.all([...this.#active.values()].map(({ done }) => done));
    const bound = new AbortController();
    await Promise.race([all, delay(graceMs, bound.signal).catch(() => undefined)]);
    bound.abort();
    this.#patience.abort(stopped);
  }

  #pump(): void {
    for (const runId of this.#queue) {
      if (this.#closing.signal.aborted || this.#active.size >= this.#options.maxRuns) return;
      // Its slot's end pumps again: a claim that fails now may be told of too early.
      if (this.#active.has(runId)) continue;
      this.#queue.delete(runId);
      this.#start(runId);
    }
  }

  #start(runId: string): void {
    const entry = { controller: new AbortController(), done: Promise.resolve() };
    this.#active.set(runId, entry);
    entry.done = this.#run(runId, entry.controller)
      .catch((error: unknown) => this.#logFailure(error, runId))
      .finally(() => {
        this.#active.delete(runId);
        this.#pump();
      });
  }

  async #run(runId: string, controller: AbortController): Promise<void> {
    const run = await untilAvailable(() => this.#take(runId), this.#closing.signal);
    if (run === null) return;
    const patience = this.#patience.signal;
    const outcome = await performRun(this.#options, run, { controller, patience });
    if (outcome === null) return;
    const end = { runId, epoch: run.leaseEpoch, ...outcome, now: this.#options.now() };
    const ended = await untilAvailable(() => this.#end(end), patience);
    // Ended by another, or by a try whose answer was lost: the session's next run was not named.
    if (!ended.ended) await this.wakeQueued();
  }

  /** A cancellation that was asked for and not carried out, since the database went away between, is carried out here. */
  async #take(runId: string): Promise<RunRow | null> {
    const run = await findRunById(this.#options.db, runId);
    if (run?.status === 'QUEUED' && run.cancelRequestedAt !== null) await this.#end(this.#toCancelled(run));
    return run === null ? null : await takeRun(this.#options, run);
  }

  async #end(end: RunEnd): Promise<RunEnded> {
    const ended = await finishRun(this.#options, end);
    if (ended.ended && ended.nextRunId !== null) this.wake(ended.nextRunId);
    return ended;
  }

  #toCancelled({ id: runId, output, metrics }: RunRow): RunEnd {
    const now = this.#options.now();
    return { runId, epoch: null, status: 'CANCELLED', output: output ?? '', error: null, metrics, now };
  }

  /** The run stays as it is stored: QUEUED for the next process, or RUNNING until a process recovers it. */
  #logFailure(error: unknown, runId: string): void {
    const { log } = this.#options;
    if (error instanceof RunStop) log.warn({ err: error, runId }, 'the end of a run could not be stored');
    else log.error({ err: error, runId }, 'a run could not be executed');
  }
}
