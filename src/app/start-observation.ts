import { LoopLag } from '../health/loop-lag.ts';
import { Readiness, READINESS_LIMITS, type ReadinessLimits } from '../health/readiness.ts';
import type { Logger } from '../lib/logger.ts';
import { orAborted } from '../lib/or-aborted.ts';
import { signalWithin } from '../lib/signal-within.ts';
import { singleFlight } from '../lib/single-flight.ts';
import type { Vitals } from '../metric/vitals.ts';
import type { Execution } from '../run/start-execution.ts';
import type { Database } from '../store/database.ts';
import { countQueue, type QueueCounts } from '../store/queue-state.ts';
import type { ResourceStack } from '../store/resource-stack.ts';

const PING_MS = 2000;
/** Several scrapers, and the gauges of one scrape, share a look at the queue. */
const QUEUE_MS = 1000;

export interface ObservationOptions {
  readonly database: Database;
  readonly runs: Execution;
  readonly resources: ResourceStack;
  /** Default: `READINESS_LIMITS`. */
  readonly limits?: ReadinessLimits | undefined;
  readonly log: Logger;
}

/** What is seen of this process from outside. */
export interface Observation {
  /** Whether the database answers; who asks at the same time shares an answer. */
  answers(): Promise<boolean>;
  /** As `Readiness.hindrances`, shared likewise. */
  hindrances(): Promise<readonly string[]>;
  vitals(connections: Vitals['connections']): Vitals;
}

/** Looks after this process from now on, until the resources are closed. */
export function startObservation(options: ObservationOptions): Observation {
  const { database, runs, resources, limits = READINESS_LIMITS, log } = options;
  // Probes cost nothing to send, and are counted for nobody.
  const isAnswering = singleFlight(() => answers(database, log));
  const lag = new LoopLag();
  const readiness = new Readiness(
    {
      answers: isAnswering,
      isLeaseHeld: () => runs.lease.isHeld,
      flushLagMs: runs.flushLagMs,
      loopLagMs: () => lag.averageMs,
    },
    limits,
  );
  resources.defer(async () => {
    readiness[Symbol.dispose]();
    lag[Symbol.dispose]();
  });
  const hindrances = singleFlight(() => readiness.hindrances());
  // One that hangs is not joined by others, and keeps no scrape from the figures that need no database.
  const count = singleFlight(() => countQueue(database.db));
  const vitals = (connections: Vitals['connections']): Vitals => ({
    queue: keptFor(QUEUE_MS, () => within(PING_MS, count)),
    activeRuns: () => runs.engine.size,
    freeSlots: () => runs.engine.freeSlots,
    flushLagSeconds: () => runs.flushLagMs() / 1000,
    readers: () => runs.hub.readers,
    connections,
    pools: database.pools,
    isLeaseHeld: () => runs.lease.isHeld,
    leaseAgeSeconds: () => runs.lease.ageMs / 1000,
    loopLagSeconds: () => lag.averageMs / 1000,
    isReady: async () => (await hindrances()).length === 0,
  });
  return { answers: isAnswering, hindrances, vitals };
}

/** Whether the database answers, in bounded time. */
async function answers(database: Database, log: Logger): Promise<boolean> {
  try {
    await within(PING_MS, () => database.ping());
    return true;
  } catch (error) {
    log.debug({ err: error }, 'the database does not answer');
    return false;
  }
}

/** What `look` finds. Fails when that takes longer. */
async function within<TFound>(ms: number, look: () => Promise<TFound>): Promise<TFound> {
  const { signal, release } = signalWithin(ms);
  try {
    return await orAborted(look(), signal);
  } finally {
    release();
  }
}

/** `look`, whose answer serves for so long whoever asks. A look that fails serves as well: the database is not asked more often for it. */
function keptFor(ms: number, look: () => Promise<QueueCounts>): () => Promise<QueueCounts> {
  let kept: Promise<QueueCounts> | null = null;
  let until = -Infinity;
  return () => {
    const now = performance.now();
    if (kept !== null && now < until) return kept;
    until = now + ms;
    kept = look();
    return kept;
  };
}
