import { followRun } from './follow/follow-run.ts';
import { Progress } from './follow/progress.ts';
import { runsWatchHelp } from './help/runs-watch-help.ts';
import { parseCommandLine, usageError } from './parse-command-line.ts';
import { withServer } from './with-server.ts';

/** `ambit runs watch <run>`: shows a run from the beginning, or from a cursor, to its end. */
export async function watchRun(args: string[]): Promise<void> {
  const { positionals, values } = parseCommandLine(runsWatchHelp, args);
  const [runId = ''] = positionals;
  if (!/^\d{1,9}$/.test(values.after))
    throw usageError(runsWatchHelp, '--after takes the number of an event.');
  const after = Number(values.after);
  const progress = new Progress('the run');
  await withServer(
    async (client) => {
      await client.request('{ __typename }');
      const reading = new AbortController();
      const run = client.resumeRun(runId, { after, signal: reading.signal });
      const leave = (): void => reading.abort();
      await followRun({ run, client, progress, json: values.json, leave });
    },
    { onRetry: () => progress.lose() },
  );
}
