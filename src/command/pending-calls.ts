import type { AmbitClient } from '../client.ts';

const PENDING = `query Pending($id: ID!) {
  run(id: $id) { pendingApprovals { id name arguments } }
}`;

/** A tool call that waits for an approval. */
export interface PendingCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

/** The calls that the run waits for now: all of one pause, or none. Throws `AmbitClientError`. */
export async function findPendingCalls(client: AmbitClient, runId: string): Promise<readonly PendingCall[]> {
  const { run } = await client.request<
    { run: { pendingApprovals: readonly PendingCall[] } | null },
    { id: string }
  >(PENDING, { id: runId });
  return run?.pendingApprovals ?? [];
}
