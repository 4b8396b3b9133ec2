import { isDoneWithin } from '../lib/is-done-within.ts';
import type { RunEnded } from '../store/end-run.ts';
import { findRunsToWake } from '../store/find-runs-to-wake.ts';
import type { Owners } from '../store/owner.ts';
import { findCancelRequested, findRunById } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Lease } from '../store/step.ts';
import { cancelWaiting, endAllCancelled, endCancelled } from './cancel-waiting.ts';
import { closeAndPublish } from './close-run.ts';
import type { Dispatch } from './dispatch.ts';
import { finishRun } from './finish-run.ts';
import type { NodeLease } from './node-lease.ts';
import { performRun, type PerformOptions } from './perform-run.ts';
import { releaseRun } from './release-run.ts';
import { cancelled, HandOver, RunStop } from './run-stop.ts';
import { takeRun } from './take-run.ts';
import { untilAvailable } from './until-available.ts';

export interface RunEngineOptions extends PerformOptions {
  /** Names this process as the holder of leases. */
  readonly nodeId: string;
  readonly lease: Pick<NodeLease, 'isHeld'> & Partial<Pick<NodeLease, 'hasPeers'>>;
  readonly dispatch: Dispatch;
  /** Runs at once; more of them wait QUEUED. 0: this process executes none. */
  readonly maxRuns: number;
  /** Called when a run is ready for which this process has no slot. */
  readonly onNoSlot?: () => void;
  /** Called when this process has a slot again, after it had none. */
  readonly onSlot?: () => void;
  /** Called when a run that is executed elsewhere, perhaps, is to be cancelled. */
  readonly onCancelElsewhere?: (runId: string) => void;
}

interface Slot {
  readonly controller: AbortController;
  /** Resolves when the run has been claimed, or proved not to be had. */
  readonly decided: PromiseWithResolvers<void>;
  /** The lease, once it has been claimed. */
  lease: Lease | null;
  done: Promise<void>;
}

/** How long runs that are handed over get to let go by themselves. */
const LET_GO_MS = 500;
/** So long somebody waits for runs to be ended. */
const END_WAIT_MS = 1000;

/**
 * Executes runs in this process. A wake-up carries a run's id and nothing else: the row is the truth, and only the claim
 * decides. A wake-up that comes too early is not lost, since the end of a run wakes the next one of its session; one that comes
 * while the run has a slot is looked at again when the slot is free.
 */
export class RunEngine {
  readonly #options: RunEngineOptions;
  /** Ids of runs that may be ready, each with the row as it was accepted, where that is known. */
  readonly #queue = new Map<string, RunRow | null>();
  readonly #active = new Map<string, Slot>();
  /** Aborted when nothing more is claimed. */
  readonly #closing = new AbortController();
  /** Aborted when the database is waited for no longer. */
  readonly #patience = new AbortController();
  /** The ending of cancelled runs that is under way. */
  #ending: Promise<void> | null = null;

  constructor(options: RunEngineOptions) {
    this.#options = options;
  }

  /** Says that a run may be ready to be claimed. `accepted` is the row of one that was stored just now: it is not read again. */
  wake(runId: string, accepted: RunRow | null = null): void {
    if (this.#options.maxRuns === 0 || this.#closing.signal.aborted) return this.#options.onNoSlot?.();
    // Inputs may be large: those of runs that have to wait are not kept.
    this.#queue.set(runId, this.freeSlots === 0 ? null : accepted);
    this.#pump();
    if (!this.#active.has(runId)) this.#options.onNoSlot?.();
  }

  /** As `wake`, and resolves when the run has been claimed, or proved not to be had; `false`: there is no slot for it now. */
  async offer(runId: string): Promise<boolean> {
    if (this.freeSlots === 0) return false;
    this.#queue.set(runId, null);
    this.#pump();
    await this.#active.get(runId)?.decided.promise;
    return true;
  }

  /**
   * Wakes runs that anybody could go on with, as many as there are slots. A database that is away is no error: it is looked
   * at again later.
   */
  async wakeQueued(): Promise<void> {
    if (this.freeSlots === 0) return;
    try {
      for (const id of await findRunsToWake(this.#options.db, this.freeSlots)) this.wake(id);
    } catch (error) {
      this.#options.log.debug({ err: error }, 'looking for queued runs failed');
    }
  }

  /**
   * Asks a run to stop, for good: it ends CANCELLED unless it ends otherwise first. A run that waits ends at once; one that is
   * executed, here or elsewhere, ends as soon as its model request and tools are aborted. Nothing happens to a run that has ended.
   */
  async cancel(owners: Owners, runId: string): Promise<void> {
    const { status, ended } = await cancelWaiting(this.#options, owners, runId);
    this.#wakeNext(ended);
    if (status === 'RUNNING' && !this.#abort(runId)) this.#options.onCancelElsewhere?.(runId);
  }

  /** Looks which runs of this process others have asked to stop; left out: of all. */
  async lookForCancels(runIds: Iterable<string> = this.#active.keys()): Promise<void> {
    const ids = [...runIds].filter((id) => this.#active.has(id));
    if (ids.length === 0) return;
    for (const id of await findCancelRequested(this.#options.db, ids)) this.#abort(id);
  }

  /**
   * Ends what is to be cancelled, whoever asked for it: runs that wait, and those that are executed here. Returns when that is done, or
   * after a second, and goes on. A failure is no error: the next look does what is left.
   */
  async endCancelled(): Promise<void> {
    this.#ending ??= this.#endCancelled()
      .catch((error: unknown) => this.#options.log.debug({ err: error }, 'ending cancelled runs failed'))
      .finally(() => (this.#ending = null));
    await isDoneWithin(this.#ending, END_WAIT_MS);
  }

  async #endCancelled(): Promise<void> {
    await this.lookForCancels();
    const all = endAllCancelled(this.#options, this.#closing.signal);
    for await (const ended of all) this.#wakeNext(ended);
  }

  /** How many runs this process executes now. */
  get size(): number {
    return this.#active.size;
  }

  /** How many runs more it could execute now. */
  get freeSlots(): number {
    if (this.#closing.signal.aborted || !this.#options.lease.isHeld) return 0;
    return Math.max(0, this.#options.maxRuns - this.#active.size);
  }

  /** Whether the run has a slot here. */
  executes(runId: string): boolean {
    return this.#active.has(runId);
  }

  /** Stops everything under way and writes nothing of it: the lease of this process is lost, and others go on with its runs. */
  abandon(): void {
    const lost = new LeaseLost('The lease of this process is lost.');
    for (const { controller } of this.#active.values()) controller.abort(lost);
  }

  /** Goes on with what waits, after a loss. */
  resume(): void {
    this.#pump();
  }

  /** Hands over what is being executed, claims nothing more, and waits until all is stored, at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    const stopped = new HandOver('The server was stopped while the run was executed.');
    this.#closing.abort(stopped);
    const slots = [...this.#active.values()];
    for (const { controller } of slots) controller.abort(stopped);
    const all = Promise.all([this.#ending, ...slots.map(({ done }) => done)]);
    const letGoMs = Math.min(LET_GO_MS, graceMs);
    if (!(await isDoneWithin(all, letGoMs))) {
      // A tool that does not heed its signal holds nobody up: what it still writes is refused.
      void this.#releaseRest();
      await isDoneWithin(all, graceMs - letGoMs);
    }
    this.#patience.abort(stopped);
  }

  async #releaseRest(): Promise<void> {
    for (const [runId, { lease }] of this.#active)
      if (lease !== null)
        await this.#release(lease).catch((error: unknown) => this.#logFailure(error, runId));
  }

  #pump(): void {
    for (const [runId, accepted] of this.#queue) {
      if (this.freeSlots === 0) return;
      // Its slot's end pumps again: a claim that fails now may be told of too early.
      if (this.#active.has(runId)) continue;
      this.#queue.delete(runId);
      this.#start(runId, accepted);
    }
  }

  #start(runId: string, accepted: RunRow | null): void {
    const slot: Slot = {
      controller: new AbortController(),
      decided: Promise.withResolvers(),
      lease: null,
      done: Promise.resolve(),
    };
    this.#active.set(runId, slot);
    slot.done = this.#run(runId, { slot, accepted })
      .catch((error: unknown) => this.#logFailure(error, runId))
      .finally(() => {
        const wasFull = this.freeSlots === 0;
        slot.decided.resolve();
        this.#active.delete(runId);
        this.#pump();
        if (wasFull && this.freeSlots > 0) this.#options.onSlot?.();
      });
  }

  async #run(
    runId: string,
    { slot, accepted }: { readonly slot: Slot; readonly accepted: RunRow | null },
  ): Promise<void> {
    const run = await this.#claim(runId, accepted);
    slot.decided.resolve();
    if (run === null) return;
    slot.lease = { runId, epoch: run.leaseEpoch };
    const { controller } = slot;
    const patience = this.#patience.signal;
    const outcome = await performRun(this.#options, run, { controller, patience });
    if (outcome === null) return await this.#letGo(slot.lease, controller.signal);
    const now = this.#options.now();
    const end = { ...slot.lease, ...outcome, now };
    const ended = await untilAvailable(
      () =>
        outcome.isUnread === true
          ? closeAndPublish(this.#options, { ...end, from: ['RUNNING'] })
          : finishRun(this.#options, end),
      patience,
    );
    this.#wakeNext(ended);
    // Ended by another, or by a try whose answer was lost: the session's next run was not named.
    if (!ended.ended) await this.wakeQueued();
  }

  async #claim(runId: string, accepted: RunRow | null): Promise<RunRow | null> {
    let isRetry = false;
    const take = async (): Promise<RunRow | null> => {
      const run = isRetry || accepted === null ? await findRunById(this.#options.db, runId) : accepted;
      if (run?.status === 'QUEUED' && run.cancelRequestedAt !== null)
        this.#wakeNext(await endCancelled(this.#options, runId));
      if (run === null || !this.#options.lease.isHeld) return null;
      const known = isRetry;
      isRetry = true;
      return await takeRun(this.#options, run, { isRetry: known });
    };
    return await untilAvailable(take, this.#closing.signal);
  }

  /** What paused has been stored as it is; what lost its lease is another's. */
  async #letGo(lease: Lease, { aborted, reason }: AbortSignal): Promise<void> {
    if (!aborted || reason instanceof LeaseLost) return;
    await untilAvailable(() => this.#release(lease), this.#patience.signal);
  }

  async #release(lease: Lease): Promise<void> {
    const { queued, ended } = await releaseRun(this.#options, lease, { isRecovery: false });
    this.#wakeNext(ended);
    if (queued) this.wake(lease.runId);
  }

  #wakeNext(ended: RunEnded): void {
    if (ended.ended && ended.nextRunId !== null) this.wake(ended.nextRunId);
  }

  #abort(runId: string): boolean {
    const slot = this.#active.get(runId);
    slot?.controller.abort(cancelled());
    return slot !== undefined;
  }

  /** The run stays as it is stored: QUEUED for whoever claims it, or RUNNING until a sweep finds it. */
  #logFailure(error: unknown, runId: string): void {
    const { log } = this.#options;
    if (error instanceof RunStop || error instanceof HandOver)
      log.warn({ err: error, runId }, 'the end of a run could not be stored');
    else log.error({ err: error, runId }, 'a run could not be executed');
  }
}

/** Nothing of the run may be written any more, not even that it is let go. */
class LeaseLost extends HandOver {}
