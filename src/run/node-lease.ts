import type { Logger } from '../lib/logger.ts';
import { signalWithin } from '../lib/signal-within.ts';
import { orAborted } from '../lib/or-aborted.ts';
import { registerNode, removeNode, renewNode } from '../store/node.ts';
import type { Db } from '../store/tables.ts';

export interface NodeLeaseOptions {
  readonly db: Db;
  readonly nodeId: string;
  readonly leaseSeconds: number;
  /** The lease is lost: whatever is executed under it must stop now, and write nothing more. */
  readonly onLost: () => void;
  /** The lease is held, again after a loss. */
  readonly onHeld?: () => void;
  readonly log: Logger;
  /** A clock that nobody sets, in milliseconds. Default: the process' own. */
  readonly monotonicNow?: () => number;
}

/**
 * Says in the database that this process lives, and knows when it must take itself for dead.
 *
 * 1. Every fifth of the lease it is renewed, counted from before the statement was sent: the database's count begins later.
 * 2. A fifth before it would run out, unless it was renewed, it is lost: `onLost`. Others take over only after its end.
 * 3. A renewal that finds the lease run out, as after a freeze, is a loss too, though timers had no time to tell.
 * 4. After a loss it goes on to try; the node then begins anew under its old name, with nothing under way.
 */
export class NodeLease {
  readonly #options: NodeLeaseOptions;
  readonly #leaseMs: number;
  readonly #now: () => number;
  #renewedAt = -Infinity;
  #isRegistered = false;
  #peers = 0;
  #timer: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: NodeLeaseOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseSeconds * 1000;
    this.#now = options.monotonicNow ?? (() => performance.now());
  }

  /** Registers the node, and from then on renews its lease. @throws UnavailableError when the database is away. */
  async start(): Promise<void> {
    await this.#register();
    this.#schedule();
  }

  /** Whether what is done under the lease may go on. Asking finds a loss that no timer has told yet. */
  get isHeld(): boolean {
    this.#check();
    return this.#isRegistered;
  }

  /** Whether other nodes live, as far as is known. */
  get hasPeers(): boolean {
    return this.#peers > 0;
  }

  /** Since the lease was renewed, in milliseconds; endless before the first time. */
  get ageMs(): number {
    return this.#now() - this.#renewedAt;
  }

  /** Takes the node off, so that nobody waits for the end of its lease. A database that is away is left alone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    if (!this.#isRegistered) return;
    await this.#bounded(removeNode(this.#options.db, this.#options.nodeId)).catch((error: unknown) =>
      this.#options.log.debug({ err: error }, 'the node could not be taken off'),
    );
  }

  /** Renews now. Called by its timer; for whoever cannot wait for it. */
  async renew(): Promise<void> {
    const { db, nodeId, leaseSeconds, log } = this.#options;
    if (!this.isHeld) return await this.#register();
    const sentAt = this.#now();
    const renewal = await this.#bounded(renewNode(db, nodeId, leaseSeconds));
    // Lost meanwhile: the next try registers.
    if (!this.#isRegistered) return;
    if (renewal === null) {
      log.warn('the lease of this node had run out');
      this.#lose();
      return await this.#register();
    }
    this.#peers = renewal.peers;
    this.#hold(sentAt);
  }

  async #register(): Promise<void> {
    const { db, nodeId, leaseSeconds } = this.#options;
    const sentAt = this.#now();
    await this.#bounded(registerNode(db, nodeId, leaseSeconds));
    if (this.#isStopped) return;
    this.#isRegistered = true;
    this.#hold(sentAt);
    this.#options.onHeld?.();
  }

  #hold(sentAt: number): void {
    this.#renewedAt = sentAt;
    clearTimeout(this.#watch);
    const leftMs = this.#leaseMs * 0.8 - (this.#now() - sentAt);
    this.#watch = setTimeout(() => this.#check(), Math.max(0, leftMs) + 1).unref();
  }

  #check(): void {
    if (this.#isRegistered && this.#now() - this.#renewedAt >= this.#leaseMs * 0.8) this.#lose();
  }

  #lose(): void {
    this.#isRegistered = false;
    clearTimeout(this.#watch);
    this.#options.log.warn('this node lost its lease: what it executes goes on elsewhere');
    this.#options.onLost();
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.renew()
        .catch((error: unknown) => this.#options.log.debug({ err: error }, 'the lease could not be renewed'))
        .finally(() => this.#schedule());
    }, this.#leaseMs / 5).unref();
  }

  /** A database that has fallen silent is asked again, on another connection. */
  async #bounded<TResult>(work: Promise<TResult>): Promise<TResult> {
    const { signal, release } = signalWithin(this.#leaseMs * 0.4);
    return await orAborted(work, signal).finally(release);
  }
}
