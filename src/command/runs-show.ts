import type { AmbitRun } from '../client.ts';
import { toPrintableJson } from '../lib/to-printable-json.ts';
import { toPrintableText } from '../lib/to-printable-text.ts';
import { runsShowHelp } from './help/runs-show-help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { withServer } from './with-server.ts';

/** `ambit runs show <run>`: what became of a run. */
export async function showRun(args: string[]): Promise<void> {
  const { positionals, values } = parseCommandLine(runsShowHelp, args);
  const [runId = ''] = positionals;
  const run = await withServer(async (client) => await client.resumeRun(runId).started);
  process.stdout.write(values.json ? `${toPrintableJson(run, 2)}\n` : toPrintableText(describe(run)));
}

function describe(run: AmbitRun): string {
  const { metrics, error, toolCalls } = run;
  const duration = metrics.durationMs === null ? '' : ` in ${(metrics.durationMs / 1000).toFixed(1)} s`;
  const facts = [
    ['run', run.id],
    ['agent', run.agentId],
    ['session', run.sessionId],
    ['user', run.userId],
    ['status', error === null ? run.status : `${run.status}: ${error.message} (${error.code})`],
    ['created', run.createdAt],
    ['finished', run.finishedAt ?? ''],
    ['used', `${metrics.totalTokens} tokens, ${metrics.modelCalls} model calls${duration}`],
    ...toolCalls.map((call) => [
      'tool',
      `${call.name} ${JSON.stringify(call.arguments)}: ${call.error ?? call.status.toLowerCase()}`,
    ]),
  ];
  const lines = facts.map(([name = '', text = '']) => `${name.padEnd(8)}  ${text}`.trimEnd());
  return `${lines.join('\n')}\n\n> ${run.input.replaceAll('\n', '\n> ')}\n\n${run.output ?? ''}\n`;
}
