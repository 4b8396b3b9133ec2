import { toPrintableText } from '../lib/to-printable-text.ts';
import { createGraphqlClient } from './graphql-client.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runHelp } from './run-help.ts';
import { UsageError } from './usage-error.ts';
import { type WatchedEvent, watchRun } from './watch-run.ts';

const START = `mutation Start($agentId: ID!, $message: String!) {
  runAgent(input: { agentId: $agentId, message: $message, background: true }) { id }
}`;

/** `ambit run <agent> <message>`: streams the answer to stdout, and what happens besides to stderr. */
export async function run(args: string[]): Promise<void> {
  const { positionals } = parseCommandLine(runHelp, args);
  const [agentId = '', ...words] = positionals;
  const client = createGraphqlClient();
  const variables = { agentId, message: words.join(' ') };
  const { runAgent } = await client.request<{ runAgent: { id: string } }>(START, variables);
  try {
    await showEvents(watchRun(client.socket, runAgent.id));
  } finally {
    await client.socket.dispose();
  }
}

async function showEvents(events: AsyncIterable<WatchedEvent>): Promise<void> {
  try {
    for await (const event of events) show(event);
  } catch (error) {
    // What the server answered in an `error` message.
    if (Array.isArray(error)) throw new UsageError(error.map((one: Error) => one.message).join('\n'));
    throw error;
  }
}

function show({ __typename, delta, toolCall, approved, run: finished }: WatchedEvent): void {
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
