import { runAgentDocument } from './documents.ts';
import { type RunAgentInput, type RunPartsFragment } from './generated/graphql.ts';
import { type TestClient } from './test-client.ts';

/** Starts a run in the background: `hello` to the agent `bot`, unless the input says otherwise. */
export async function startRun(
  client: TestClient,
  input: Partial<RunAgentInput> = {},
): Promise<RunPartsFragment> {
  const { runAgent } = await client.query(runAgentDocument, {
    input: { agentId: 'bot', message: 'hello', background: true, ...input },
  });
  if (!runAgent) throw new Error('The run was refused.');
  return runAgent;
}
