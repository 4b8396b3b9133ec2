import { once } from 'node:events';
import { type AgentRun, type AmbitClient, AmbitClientError, type AmbitRun } from '../../client.ts';
import { toPrintableJson } from '../../lib/to-printable-json.ts';
import { ApprovalDesk } from './approval-desk.ts';
import { askDecision } from './ask-decision.ts';
import { INTERRUPTED, Interruption } from './interruption.ts';
import type { Progress } from './progress.ts';
import { Screen } from './screen.ts';
import { showEvent } from './show-event.ts';

export interface FollowRunOptions {
  readonly run: AgentRun;
  readonly client: AmbitClient;
  readonly progress: Progress;
  /** Each event as a line of JSON, in place of what people read. */
  readonly json: boolean;
  /** What the first Ctrl-C does in place of cancelling the run. */
  readonly leave?: () => void;
}

const TICK_MS = 1_000;

/**
 * Shows a run on stdout and stderr to its end, and sets the exit code: 130 for one that Ctrl-C has cancelled or left, 1 for one that
 * ended otherwise than COMPLETED. Throws `AmbitClientError`.
 */
export async function followRun(options: FollowRunOptions): Promise<void> {
  const { run, client, json, leave } = options;
  const screen = new Screen({ out: process.stdout, err: process.stderr });
  const mayAsk = !json && process.stdin.isTTY && process.stderr.isTTY;
  const desk = new ApprovalDesk({ run, client, screen, ask: mayAsk ? askDecision : null });
  const act = leave ?? (() => cancel(run, screen));
  const interruption = new Interruption({ screen, runId: run.id, act });
  const stopTelling = tellOfBrokenPipe(screen, run.id);
  try {
    await showRun(options, { screen, desk });
    desk.close();
    if (leave !== undefined && interruption.hasCome) process.exitCode = INTERRUPTED;
    else finish(await run.result, { screen, json, wasInterrupted: interruption.hasCome });
  } catch (error) {
    if (!(error instanceof AmbitClientError)) throw error;
    if (!interruption.hasCome || error.code !== 'ABORTED') {
      if (run.cursor > 0) screen.note(`The run may go on. To see: ${toWatchCommand(run)}`);
      throw error;
    }
    screen.note('Nothing was started.');
    process.exitCode = INTERRUPTED;
  } finally {
    desk.close();
    screen.end();
    interruption.stop();
    stopTelling();
  }
}

interface Terminal {
  readonly screen: Screen;
  readonly desk: ApprovalDesk;
}

/** Every event as it comes, and between them how far the run is. */
async function showRun({ run, progress, json }: FollowRunOptions, { screen, desk }: Terminal): Promise<void> {
  const tick = (): void => {
    if (!json && !desk.isAsking) screen.progress(progress.describe());
  };
  const timer = setInterval(tick, TICK_MS);
  run.started.then(
    () => progress.accept(),
    () => undefined, // the iteration throws it too
  );
  try {
    tick();
    for await (const event of run) {
      progress.apply(event);
      if (json) process.stdout.write(`${toPrintableJson(event)}\n`);
      else showEvent(screen, event);
      if (event.__typename === 'ApprovalRequested') desk.request();
      if (event.__typename === 'ApprovalResolved') desk.withdraw(event.toolCall.id);
      if (event.__typename !== 'RunFinished') tick();
      // Whoever reads slowly is waited for, and the events stay in the server's log.
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
    }
  } finally {
    clearInterval(timer);
  }
}

function cancel(run: AgentRun, screen: Screen): void {
  screen.note('Cancelling the run … Ctrl-C once more leaves at once.');
  run.cancel().catch((error: unknown) => {
    if (!(error instanceof AmbitClientError)) throw error;
    // The iteration says so.
    if (error.code !== 'ABORTED') screen.note(`It cannot be cancelled: ${error.message}`);
  });
}

function finish(
  { status, error, sessionId, metrics }: AmbitRun,
  { screen, json, wasInterrupted }: { screen: Screen; json: boolean; wasInterrupted: boolean },
): void {
  screen.end();
  if (status === 'COMPLETED') {
    const seconds = ((metrics.durationMs ?? 0) / 1000).toFixed(1);
    const counts = `${metrics.totalTokens} tokens · tools: ${metrics.toolCalls}`;
    if (!json) screen.aside(`${seconds} s · ${counts} · session ${sessionId}`);
    return;
  }
  const reason = error === null ? '' : `: ${error.message}`;
  screen.note(`The run ended ${status}${reason}${/[.!?]$/.test(reason) ? '' : '.'}`);
  process.exitCode = status === 'CANCELLED' && wasInterrupted ? INTERRUPTED : 1;
}

function toWatchCommand({ id, cursor }: AgentRun): string {
  return `ambit runs watch ${id} --after ${cursor}`;
}

/** The program ends then, and the run does not. */
function tellOfBrokenPipe(screen: Screen, runId: string): () => void {
  const tell = (): void => screen.note(`The answer can be written no longer. The run goes on: ${runId}`);
  process.stdout.prependListener('error', tell);
  return () => void process.stdout.off('error', tell);
}
