import { runsCancelHelp } from './help/runs-cancel-help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { withServer } from './with-server.ts';

const CANCEL = 'mutation Cancel($runId: ID!) { cancelRun(runId: $runId) { id status } }';

interface Answer {
  readonly cancelRun: { readonly id: string; readonly status: string } | null;
}

/** `ambit runs cancel <run>`: cancels a run and says how it ended. */
export async function cancelRun(args: string[]): Promise<void> {
  const [runId = ''] = parseCommandLine(runsCancelHelp, args).positionals;
  const { cancelRun: run } = await withServer((client) =>
    client.request<Answer, { runId: string }>(CANCEL, { runId }),
  );
  process.stdout.write(`The run is ${run?.status ?? 'over'}.\n`);
}
