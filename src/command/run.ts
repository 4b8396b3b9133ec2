import { followRun } from './follow/follow-run.ts';
import { Progress } from './follow/progress.ts';
import { runHelp } from './help/run-help.ts';
import { parseCommandLine, usageError } from './parse-command-line.ts';
import { withServer } from './with-server.ts';

/** `ambit run <agent> <message>`: streams the answer to stdout, and what happens besides to stderr. */
export async function run(args: string[]): Promise<void> {
  const { positionals, values } = parseCommandLine(runHelp, args);
  const [agentId = '', ...words] = positionals;
  const message = await readMessage(words.join(' '));
  const { session: sessionId, user: userId, json } = values;
  const progress = new Progress(agentId);
  await withServer(
    async (client) => {
      // A run is asked for with patience; whether there is a server is to be known at once.
      await client.request('{ __typename }');
      const started = client.runAgent({
        agentId,
        message,
        ...(sessionId !== undefined && { sessionId }),
        ...(userId !== undefined && { userId }),
      });
      await followRun({ run: started, client, progress, json });
    },
    { onRetry: () => progress.lose() },
  );
}

/** @throws UsageError when there is nothing to be said. */
async function readMessage(text: string): Promise<string> {
  const message = text === '-' ? (await readStdin()).replace(/\r?\n$/, '') : text;
  if (message.trim() === '') throw usageError(runHelp, 'The message is empty.');
  return message;
}

async function readStdin(): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of process.stdin) text += decoder.decode(chunk as Buffer, { stream: true });
  return text + decoder.decode();
}
