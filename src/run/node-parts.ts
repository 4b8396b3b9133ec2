import type { AgentRegistry } from '../agent/agent-registry.ts';
import type { Config } from '../config.ts';
import { UnavailableError } from '../errors.ts';
import { EventHub } from '../event/event-hub.ts';
import { Flusher } from '../event/flusher.ts';
import { toRunEvent } from '../event/run-event.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../metric/metrics.ts';
import { RevocationList } from '../scope/revocation-list.ts';
import type { Database } from '../store/database.ts';
import { appendEvents, readEventsAfter } from '../store/event.ts';
import { ResourceStack } from '../store/resource-stack.ts';
import { findMissingRuns, findQueuedRuns, findRunState } from '../store/run.ts';
import type { HeldLease } from './hold-lease.ts';
import type { JobQueue } from './job-queue.ts';
import type { Model } from './model.ts';
import { Notifier } from './notifier.ts';
import { type JobPuller, startPulling } from './pull-jobs.ts';
import { RevocationWatch } from './revocation-watch.ts';
import { RunEngine } from './run-engine.ts';
import { sweepRuns, takeOverRuns } from './sweep-runs.ts';

export interface NodePartsOptions {
  readonly database: Database;
  readonly agents: AgentRegistry;
  readonly model: Model;
  readonly config: Config;
  /** Kept as the database has it. Default: one of its own. */
  readonly revocations?: RevocationList;
  readonly queue: JobQueue;
  readonly lease: HeldLease;
  /** Default: nobody counts. */
  readonly metrics?: Metrics | undefined;
  readonly now: () => Date;
  readonly log: Logger;
}

/** How long runs get to let go when the server stops. */
const STOP_RUNS_MS = 3_000;
/** Where nobody else enqueues, nothing needs to be looked for. */
const EMBEDDED_POLL_MS = 10_000;
const POLL_MS = 2_000;

/** What one node executes runs with, and how its parts tell each other and other nodes what they find. */
export class NodeParts {
  readonly hub: EventHub;
  readonly engine: RunEngine;
  readonly revocations: RevocationList;
  readonly watch: RevocationWatch;
  readonly notifier: Notifier;
  readonly #options: NodePartsOptions;
  readonly #flusher: Flusher;
  readonly #background = new ResourceStack();
  #puller: JobPuller | null = null;
  #isStopping = false;

  constructor(options: NodePartsOptions) {
    this.#options = options;
    this.revocations = options.revocations ?? new RevocationList();
    this.notifier = this.#createNotifier();
    this.hub = this.#createHub();
    this.#flusher = this.#createFlusher();
    this.engine = this.#createEngine();
    this.watch = this.#createWatch();
  }

  /** Lets go of everything: the lease is lost. */
  lose(): void {
    this.engine.abandon();
    this.#flusher.closeAll();
  }

  /** Takes up what waits, and from then on what others tell of. */
  async begin(): Promise<void> {
    const { database, config, queue, now, log } = this.#options;
    const { db, nodeId } = database;
    const { engine, hub } = this;
    const listener = database.listen(
      (text) => this.#hear(text),
      () => this.#lookAgain(),
    );
    this.#background.defer(() => listener[Symbol.asyncDispose]());
    if (this.#executesRuns) this.#startPulling();
    const sweep = { db, nodeId, hub, dispatch: queue, engine, now, log };
    await takeOverRuns(sweep);
    await engine.wakeQueued();
    this.#background.defer(sweepRuns({ ...sweep, intervalMs: config.leaseSeconds * 250 }));
  }

  /** Hands over what is executed, and ends every reader. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.watch[Symbol.dispose]();
    const stopped = this.engine.stop(STOP_RUNS_MS);
    await this.#background[Symbol.asyncDispose]();
    await stopped;
    await this.notifier.flush();
    this.#flusher[Symbol.dispose]();
    this.hub[Symbol.dispose]();
  }

  /** As `Flusher.lagMs`. */
  get flushLagMs(): number {
    return this.#flusher.lagMs;
  }

  get #executesRuns(): boolean {
    return this.#options.config.role !== 'api';
  }

  #startPulling(): void {
    const { database, queue, log } = this.#options;
    const pulling = startPulling({
      queue,
      engine: this.engine,
      findQueued: (ids) => findQueuedRuns(database.db, ids),
      log,
      pollMs: database.kind === 'pglite' ? EMBEDDED_POLL_MS : POLL_MS,
    });
    this.#puller = pulling;
    this.#background.defer(() => pulling[Symbol.asyncDispose]());
  }

  #hear(text: string): void {
    const hint = this.notifier.parse(text);
    if (hint === null) return;
    this.hub.look(hint.runIds);
    if (hint.hasJobs) this.#puller?.pull();
    if (hint.hasRevocations) void this.watch.look();
    this.#lookForCancels(hint.runIds);
  }

  /** Something may have been told that was not heard. */
  #lookAgain(): void {
    this.hub.look();
    this.#puller?.pull();
    void this.watch.look();
    this.#lookForCancels();
  }

  #lookForCancels(runIds?: Iterable<string>): void {
    const { log } = this.#options;
    this.engine.lookForCancels(runIds).catch((error: unknown) => log.debug({ err: error }, 'a look failed'));
  }

  #createNotifier(): Notifier {
    const { database, lease, log } = this.#options;
    return new Notifier({
      nodeId: database.nodeId,
      send: (text) => database.notify(text),
      // Who has begun since the last renewal is not known yet, and what is handed over must not wait for them to look.
      hasPeers: () => this.#isStopping || lease.hasPeers,
      log,
    });
  }

  #createHub(): EventHub {
    const { database, log } = this.#options;
    const { db } = database;
    return new EventHub({
      readAfter: async (cursors, limit) => (await readEventsAfter(db, cursors, limit)).map(toRunEvent),
      findGone: (runIds) => findMissingRuns(db, runIds),
      onPublished: (runId) => this.notifier.tellRun(runId),
      log,
    });
  }

  /** A node that has lost its lease, or finds so just now, writes nothing. */
  #createFlusher(): Flusher {
    const { database, lease, metrics, now, log } = this.#options;
    const { db } = database;
    return new Flusher({
      append: async (events) => {
        if (!lease.isHeld) throw new UnavailableError('The lease of this node is lost.');
        return await appendEvents(database.vital, events);
      },
      readLastSeq: async (runId) => (await findRunState(db, 'all', runId))?.lastSeq ?? 0,
      publish: (runId, events) => this.hub.publish(runId, events),
      onFlush: ({ isWritten, ...flush }) => (isWritten ? metrics?.flushed(flush) : metrics?.flushFailed()),
      now,
      log,
    });
  }

  #createEngine(): RunEngine {
    const { database, agents, model, config, queue, lease, metrics, now, log } = this.#options;
    return new RunEngine({
      db: database.db,
      nodeId: database.nodeId,
      lease,
      agents,
      model,
      flusher: this.#flusher,
      hub: this.hub,
      dispatch: queue,
      adminScope: config.jwt.adminScope,
      approvalSeconds: config.approvalSeconds,
      maxRuns: this.#executesRuns ? config.maxRuns : 0,
      metrics,
      onNoSlot: () => this.notifier.tellJobs(),
      onSlot: () => this.#puller?.pull(),
      onCancelElsewhere: (runId) => this.notifier.tellRun(runId),
      now,
      log,
    });
  }

  #createWatch(): RevocationWatch {
    const { database, now, log } = this.#options;
    return new RevocationWatch({
      db: database.vital,
      list: this.revocations,
      // Whoever has stored it ends what waits.
      onFound: () => this.#lookForCancels(),
      now,
      log,
      ...(database.kind === 'pglite' && { pollMs: null }),
    });
  }
}
