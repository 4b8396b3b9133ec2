import type { AgentRegistry } from '../agent/agent-registry.ts';
import type { Config } from '../config.ts';
import { UnavailableError } from '../errors.ts';
import { EventHub } from '../event/event-hub.ts';
import { Flusher } from '../event/flusher.ts';
import { toRunEvent } from '../event/run-event.ts';
import type { Logger } from '../lib/logger.ts';
import { RevocationList } from '../scope/revocation-list.ts';
import type { Revocation } from '../scope/revocation.ts';
import type { Database } from '../store/database.ts';
import { appendEvents, readEventsAfter } from '../store/event.ts';
import { registerNode, removeNode } from '../store/node.ts';
import { ResourceStack } from '../store/resource-stack.ts';
import { findMissingRuns, findQueuedRuns, findRunState } from '../store/run.ts';
import type { Dispatch } from './dispatch.ts';
import { type JobQueue, openJobQueue } from './job-queue.ts';
import type { Model } from './model.ts';
import { NodeLease } from './node-lease.ts';
import { Notifier } from './notifier.ts';
import { type JobPuller, startPulling } from './pull-jobs.ts';
import { RunEngine } from './run-engine.ts';
import { RevocationWatch } from './revocation-watch.ts';
import { revokeTokens } from './revoke-tokens.ts';
import { createRunReader, type RunReader } from './run-reader.ts';
import { sweepRuns, takeOverRuns } from './sweep-runs.ts';

export interface ExecutionOptions {
  readonly database: Database;
  readonly agents: AgentRegistry;
  readonly model: Model;
  readonly config: Config;
  /** Kept as the database has it. Default: one of its own. */
  readonly revocations?: RevocationList;
  readonly now: () => Date;
  readonly log: Logger;
}

/** What executes runs in this process, and keeps and reads their logs. */
export interface Execution {
  readonly engine: RunEngine;
  readonly reader: RunReader;
  readonly hub: EventHub;
  readonly dispatch: Dispatch;
  /** Revokes tokens for good, on all nodes, and cancels their open runs: how many. */
  revoke(revocation: Revocation, revokedBy: string): Promise<number>;
  /** Takes up what waits: runs are executed from here on. */
  begin(): Promise<void>;
  /** Hands over what is executed and ends every reader. Calling again waits for the same end. */
  stop(): Promise<void>;
}

/** How long runs get to let go when the server stops. */
const STOP_RUNS_MS = 3_000;
/** Where nobody else enqueues, nothing needs to be looked for. */
const EMBEDDED_POLL_MS = 10_000;
const POLL_MS = 2_000;

type Lease = Pick<NodeLease, 'isHeld' | 'hasPeers' | 'stop'>;

/**
 * Registers this process as a node and puts together what executes its runs; nothing is executed before `begin`. When it returns, the
 * revocations are known.
 * @throws UnavailableError when the database is away.
 */
export async function startExecution(options: ExecutionOptions): Promise<Execution> {
  const resources = new ResourceStack();
  try {
    return await start(options, resources);
  } catch (error) {
    await resources[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(options: ExecutionOptions, resources: ResourceStack): Promise<Execution> {
  const { database, config, log } = options;
  const queue = await openJobQueue({ database, schema: config.database.schema, log });
  resources.defer(() => queue[Symbol.asyncDispose]());
  const lease = await holdLease(options, { onLost: () => parts.lose(), onHeld: () => parts.engine.resume() });
  resources.defer(() => lease.stop());
  const parts = createParts(options, { queue, lease });
  resources.defer(() => parts.stop());
  await parts.watch.load();
  let stopped: Promise<void> | null = null;
  return {
    engine: parts.engine,
    reader: createRunReader(database.db, parts.hub),
    hub: parts.hub,
    dispatch: queue,
    revoke: (revocation, revokedBy) => revokeTokens(parts, revocation, revokedBy),
    begin: () => parts.begin(),
    stop: () => (stopped ??= resources[Symbol.asyncDispose]()),
  };
}

/** On the embedded database there is nobody who could take over: a lease without an end. */
async function holdLease(
  { database, config, log }: ExecutionOptions,
  { onLost, onHeld }: { readonly onLost: () => void; readonly onHeld: () => void },
): Promise<Lease> {
  const { db, nodeId } = database;
  if (database.kind === 'pglite') {
    await registerNode(db, nodeId, CENTURY_SECONDS);
    return { isHeld: true, hasPeers: false, stop: () => removeNode(db, nodeId) };
  }
  let isFirst = true;
  const lease: NodeLease = new NodeLease({
    db,
    nodeId,
    leaseSeconds: config.leaseSeconds,
    onLost,
    onHeld: () => (isFirst ? (isFirst = false) : onHeld()),
    log,
  });
  await lease.start();
  return lease;
}

const CENTURY_SECONDS = 3_153_600_000;

function createParts(options: ExecutionOptions, { queue, lease }: { queue: JobQueue; lease: Lease }) {
  const { database, agents, model, config, now, log } = options;
  const { db, nodeId } = database;
  let isStopping = false;
  const notifier = new Notifier({
    nodeId,
    send: (text) => database.notify(text),
    // Who has begun since the last renewal is not known yet, and what is handed over must not wait for them to look.
    hasPeers: () => isStopping || lease.hasPeers,
    log,
  });
  const hub = new EventHub({
    readAfter: async (cursors, limit) => (await readEventsAfter(db, cursors, limit)).map(toRunEvent),
    findGone: (runIds) => findMissingRuns(db, runIds),
    onPublished: (runId) => notifier.tellRun(runId),
    log,
  });
  const flusher = createFlusher(options, { hub, lease });
  const executesRuns = config.role !== 'api';
  let puller: JobPuller | null = null;
  const engine = new RunEngine({
    db,
    nodeId,
    lease,
    agents,
    model,
    flusher,
    hub,
    dispatch: queue,
    adminScope: config.jwt.adminScope,
    approvalSeconds: config.approvalSeconds,
    maxRuns: executesRuns ? config.maxRuns : 0,
    onNoSlot: () => notifier.tellJobs(),
    onSlot: () => puller?.pull(),
    onCancelElsewhere: (runId) => notifier.tellRun(runId),
    now,
    log,
  });
  const logLook = (error: unknown): void => log.debug({ err: error }, 'a look failed');
  const list = options.revocations ?? new RevocationList();
  const watch = new RevocationWatch({
    db,
    list,
    // Whoever has stored it ends what waits.
    onFound: () => void engine.lookForCancels().catch(logLook),
    now,
    log,
    ...(database.kind === 'pglite' && { pollMs: null }),
  });
  const sweep = { db, nodeId, hub, dispatch: queue, engine, now, log };
  const background = new ResourceStack();
  const lookAgain = (): void => {
    hub.look();
    puller?.pull();
    void watch.look();
    void engine.lookForCancels().catch(logLook);
  };
  const hear = (text: string): void => {
    const hint = notifier.parse(text);
    if (hint === null) return;
    hub.look(hint.runIds);
    if (hint.hasJobs) puller?.pull();
    if (hint.hasRevocations) void watch.look();
    void engine.lookForCancels(hint.runIds).catch(logLook);
  };
  return {
    hub,
    engine,
    watch,
    db,
    list,
    notifier,
    now,
    lose(): void {
      engine.abandon();
      flusher.closeAll();
    },
    async begin(): Promise<void> {
      const listener = database.listen(hear, lookAgain);
      background.defer(() => listener[Symbol.asyncDispose]());
      const pollMs = database.kind === 'pglite' ? EMBEDDED_POLL_MS : POLL_MS;
      if (executesRuns) {
        const pulling = startPulling({
          queue,
          engine,
          findQueued: (ids) => findQueuedRuns(db, ids),
          log,
          pollMs,
        });
        puller = pulling;
        background.defer(() => pulling[Symbol.asyncDispose]());
      }
      await takeOverRuns(sweep);
      await engine.wakeQueued();
      background.defer(sweepRuns({ ...sweep, intervalMs: config.leaseSeconds * 250 }));
    },
    async stop(): Promise<void> {
      isStopping = true;
      watch[Symbol.dispose]();
      const stopped = engine.stop(STOP_RUNS_MS);
      await background[Symbol.asyncDispose]();
      await stopped;
      await notifier.flush();
      flusher[Symbol.dispose]();
      hub[Symbol.dispose]();
    },
  };
}

/** A node that has lost its lease, or finds so just now, writes nothing. */
function createFlusher(
  { database, now, log }: ExecutionOptions,
  { hub, lease }: { hub: EventHub; lease: Lease },
) {
  const { db } = database;
  return new Flusher({
    append: async (events) => {
      if (!lease.isHeld) throw new UnavailableError('The lease of this node is lost.');
      return await appendEvents(db, events);
    },
    readLastSeq: async (runId) => (await findRunState(db, 'all', runId))?.lastSeq ?? 0,
    publish: (runId, events) => hub.publish(runId, events),
    now,
    log,
  });
}
