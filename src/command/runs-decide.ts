import type { ApprovalDecision } from '../client.ts';
import { toPrintableText } from '../lib/to-printable-text.ts';
import { askDecision, type Decision } from './follow/ask-decision.ts';
import { runsDecideHelp } from './help/runs-decide-help.ts';
import { parseCommandLine, usageError } from './parse-command-line.ts';
import { findPendingCalls, type PendingCall } from './pending-calls.ts';
import { UsageError } from './usage-error.ts';
import { withServer } from './with-server.ts';

/** `ambit runs decide <run> --approve`: decides the calls that a run waits for, as the options say or as the terminal is told. */
export async function decideRun(args: string[]): Promise<void> {
  const { positionals, values } = parseCommandLine(runsDecideHelp, args);
  const [runId = ''] = positionals;
  const given = readGiven(values);
  await withServer(async (client) => {
    const calls = await findPendingCalls(client, runId);
    if (calls.length === 0) throw new UsageError('The run waits for no approval.');
    const decisions: ApprovalDecision[] = [];
    for (const call of calls) decisions.push({ toolCallId: call.id, ...(await decide(call, given)) });
    await client.resumeRun(runId).decide(decisions);
  });
  process.stdout.write('The run goes on.\n');
}

/** `null`: who sits at the terminal is asked. */
function readGiven(values: {
  readonly approve: boolean;
  readonly refuse: boolean;
  readonly note?: string | undefined;
}): Decision | null {
  const { approve, refuse, note = null } = values;
  if (approve !== refuse) return { approve, note };
  const mayAsk = !approve && note === null && process.stdin.isTTY && process.stderr.isTTY;
  if (!mayAsk) throw usageError(runsDecideHelp, 'Say --approve or --refuse.');
  return null;
}

async function decide({ name, arguments: given }: PendingCall, decision: Decision | null): Promise<Decision> {
  process.stderr.write(`${toPrintableText(`${name} ${JSON.stringify(given)}`)}\n`);
  const decided = decision ?? (await askDecision());
  // The question stands there unanswered.
  if (decided === null) throw new UsageError('\nNothing was decided.');
  return decided;
}
