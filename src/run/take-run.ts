import type { AgentRegistry } from '../agent/agent-registry.ts';
import type { EventHub } from '../event/event-hub.ts';
import { claimRun } from '../store/claim-run.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Db } from '../store/tables.ts';

export interface TakeOptions {
  readonly db: Db;
  readonly nodeId: string;
  readonly agents: AgentRegistry;
  readonly hub: EventHub;
  /** Whether other nodes live. Left out: none. */
  readonly lease: { readonly hasPeers?: boolean };
  readonly now: () => Date;
}

/** So long after it was accepted a run whose agent this node does not serve is left to others: they may be of a newer version. */
const LEFT_TO_OTHERS_MS = 60_000;

/**
 * Takes a run for this process to execute; `null`: it is not ready, or not to be had. With `isRetry`, which says that an answer was
 * lost, a run that is RUNNING under this process' own lease is taken as it is: its claim was stored.
 */
export async function takeRun(
  options: TakeOptions,
  run: RunRow,
  { isRetry }: { readonly isRetry: boolean },
): Promise<RunRow | null> {
  if (run.status === 'RUNNING') return isRetry && run.leaseOwner === options.nodeId ? run : null;
  return run.status === 'QUEUED' ? await claim(options, run) : null;
}

async function claim(options: TakeOptions, queued: RunRow): Promise<RunRow | null> {
  const { db, nodeId, agents, hub, now } = options;
  const { id: runId, agentId } = queued;
  const agent = agents.find(agentId);
  if (agent === null && isLeftToOthers(options, queued)) return null;
  const model = agent === null ? '' : agents.modelOf(agent);
  let at = now();
  const run = await db
    .transaction()
    .execute((trx) => claimRun(trx, { runId, leaseOwner: nodeId, model, now: () => (at = now()) }));
  if (run === null) return null;
  const payload = { attempt: run.attempt, model };
  hub.publish(runId, [{ runId, seq: run.lastSeq, at, type: 'RunStarted', payload }]);
  return run;
}

function isLeftToOthers({ lease, now }: TakeOptions, { createdAt }: RunRow): boolean {
  return lease.hasPeers === true && now().getTime() - createdAt.getTime() < LEFT_TO_OTHERS_MS;
}
