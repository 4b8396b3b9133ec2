import type { Logger } from '../lib/logger.ts';
import type { Database } from '../store/database.ts';
import { registerNode, removeNode } from '../store/node.ts';
import { NodeLease } from './node-lease.ts';

/** That this process counts as alive, as far as others look at it. */
export type HeldLease = Pick<NodeLease, 'isHeld' | 'hasPeers' | 'ageMs' | 'stop'>;

export interface HoldLeaseOptions {
  readonly database: Pick<Database, 'vital' | 'kind' | 'nodeId'>;
  readonly leaseSeconds: number;
  readonly onLost: () => void;
  /** It is held again, having been lost. */
  readonly onHeld: () => void;
  readonly log: Logger;
}

const CENTURY_SECONDS = 3_153_600_000;

/**
 * Registers this process as a node, whose lease is renewed from then on. On the embedded database there is nobody who could take over: a
 * lease without an end.
 * @throws UnavailableError when the database is away.
 */
export async function holdLease({
  database: { vital: db, kind, nodeId },
  leaseSeconds,
  onLost,
  onHeld,
  log,
}: HoldLeaseOptions): Promise<HeldLease> {
  if (kind === 'pglite') {
    await registerNode(db, nodeId, CENTURY_SECONDS);
    return { isHeld: true, hasPeers: false, ageMs: 0, stop: () => removeNode(db, nodeId) };
  }
  let isFirst = true;
  const lease: NodeLease = new NodeLease({
    db,
    nodeId,
    leaseSeconds,
    onLost,
    onHeld: () => (isFirst ? (isFirst = false) : onHeld()),
    log,
  });
  await lease.start();
  return lease;
}
