import type { EventHub } from '../event/event-hub.ts';
import type { Revocation } from '../scope/revocation.ts';
import { ResourceStack } from '../store/resource-stack.ts';
import type { Dispatch } from './dispatch.ts';
import { type HeldLease, holdLease } from './hold-lease.ts';
import { openJobQueue } from './job-queue.ts';
import { NodeParts, type NodePartsOptions } from './node-parts.ts';
import { revokeTokens } from './revoke-tokens.ts';
import type { RunEngine } from './run-engine.ts';
import { createRunReader, type RunReader } from './run-reader.ts';

export type ExecutionOptions = Omit<NodePartsOptions, 'queue' | 'lease'>;

/** What executes runs in this process, and keeps and reads their logs. */
export interface Execution {
  readonly engine: RunEngine;
  readonly reader: RunReader;
  readonly hub: EventHub;
  readonly dispatch: Dispatch;
  readonly lease: Pick<HeldLease, 'isHeld' | 'ageMs'>;
  /** Age in milliseconds of the oldest event that is not in the log yet; 0: there is none. */
  readonly flushLagMs: () => number;
  /** Revokes tokens for good, on all nodes, and cancels their open runs: how many. */
  revoke(revocation: Revocation, revokedBy: string): Promise<number>;
  /** Takes up what waits: runs are executed from here on. */
  begin(): Promise<void>;
  /** Hands over what is executed and ends every reader. Calling again waits for the same end. */
  stop(): Promise<void>;
}

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
  const { database, config, now, log } = options;
  const { db } = database;
  const queue = await openJobQueue({ database, schema: config.database.schema, log });
  resources.defer(() => queue[Symbol.asyncDispose]());
  const { leaseSeconds } = config;
  const onLost = (): void => parts.lose();
  const onHeld = (): void => parts.engine.resume();
  const lease = await holdLease({ database, leaseSeconds, onLost, onHeld, log });
  resources.defer(() => lease.stop());
  const parts = new NodeParts({ ...options, queue, lease });
  resources.defer(() => parts.stop());
  await parts.watch.load();
  const { engine, hub, notifier, revocations: list } = parts;
  let stopped: Promise<void> | null = null;
  return {
    engine,
    reader: createRunReader(db, hub),
    hub,
    dispatch: queue,
    lease,
    flushLagMs: () => parts.flushLagMs,
    revoke: (revocation, revokedBy) =>
      revokeTokens({ db, list, notifier, engine, now }, revocation, revokedBy),
    begin: () => parts.begin(),
    stop: () => (stopped ??= resources[Symbol.asyncDispose]()),
  };
}
