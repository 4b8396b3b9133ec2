import { parseArgs } from 'node:util';
import { toPrintableText } from '../lib/to-printable-text.ts';
import { createGraphqlClient } from './graphql-client.ts';
import { UsageError } from './usage-error.ts';

const START = `mutation Start($agentId: ID!, $message: String!) {
  runAgent(input: { agentId: $agentId, message: $message, background: true }) { id }
}`;

const EVENTS = `subscription Events($runId: ID!, $after: Int!) {
  runEvents(runId: $runId, after: $after) {
    __typename
    seq
    ... on TextDelta { delta }
    ... on ToolCallStarted { toolCall { name arguments } }
    ... on ToolCallFinished { toolCall { name status error } }
    ... on ApprovalRequested { toolCall { id name arguments } }
    ... on ApprovalResolved { toolCall { name status } approved }
    ... on MessageSuperseded { messageId }
    ... on RunFinished { run { status error { code message } } }
  }
}`;

interface ToolCall {
  readonly id?: string;
  readonly name: string;
  readonly arguments?: unknown;
  readonly status?: string;
  readonly error?: string | null;
}

interface RunEvent {
  readonly __typename: string;
  readonly seq: number;
  readonly delta?: string;
  readonly toolCall?: ToolCall;
  readonly approved?: boolean;
  readonly run?: {
    readonly status: string;
    readonly error: { readonly code: string; readonly message: string } | null;
  };
}

/** `ambit run <agent> <message>`: streams the answer to stdout, and what happens besides to stderr. */
export async function run(args: string[]): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [agentId, ...words] = positionals;
  if (agentId === undefined || words.length === 0) throw new UsageError('Usage: ambit run <agent> <message>');
  const client = createGraphqlClient();
  const variables = { agentId, message: words.join(' ') };
  const { runAgent } = await client.request<{ runAgent: { id: string } }>(START, variables);
  const events = client.socket.iterate<{ runEvents: RunEvent }>({
    query: EVENTS,
    variables: { runId: runAgent.id, after: 0 },
  });
  try {
    await showEvents(events);
  } finally {
    await client.socket.dispose();
  }
}

async function showEvents(
  events: AsyncIterable<{ data?: { runEvents: RunEvent } | null | undefined }>,
): Promise<void> {
  let lastSeq = 0;
  try {
    for await (const { data } of events) {
      // After a lost connection the client asks again from the start.
      if (!data || data.runEvents.seq <= lastSeq) continue;
      lastSeq = data.runEvents.seq;
      show(data.runEvents);
    }
  } catch (error) {
    // What the server answered in an `error` message.
    if (Array.isArray(error)) throw new UsageError(error.map((one: Error) => one.message).join('\n'));
    throw error;
  }
}

function show({ __typename, delta, toolCall, approved, run: finished }: RunEvent): void {
  if (delta !== undefined) process.stdout.write(process.stdout.isTTY ? toPrintableText(delta) : delta);
  if (toolCall?.arguments !== undefined) {
    tell(`\n[${toolCall.name} ${JSON.stringify(toolCall.arguments)}]\n`);
  }
  if (toolCall?.id !== undefined) tell(`[waits for a decision of continueRun on ${toolCall.id}]\n`);
  if (__typename === 'MessageSuperseded') tell('\n[the answer was broken off and begins anew]\n');
  if (approved !== undefined) tell(`[${toolCall?.name ?? ''}: ${approved ? 'approved' : 'refused'}]\n`);
  else if (toolCall?.status !== undefined) {
    tell(`[${toolCall.name}: ${toolCall.error ?? toolCall.status.toLowerCase()}]\n`);
  }
  if (finished === undefined) return;
  process.stdout.write('\n');
  if (finished.status === 'COMPLETED') return;
  tell(`The run ended ${finished.status}${finished.error ? `: ${finished.error.message}` : ''}.\n`);
  process.exitCode = 1;
}

/** What models and tools say is shown, and must not steer the terminal. */
function tell(text: string): void {
  process.stderr.write(toPrintableText(text));
}
