import { type AgentRun, type AmbitClient, AmbitClientError, type ApprovalDecision } from '../../client.ts';
import { findPendingCalls, type PendingCall } from '../pending-calls.ts';
import type { Decision } from './ask-decision.ts';
import type { Screen } from './screen.ts';

/** Asks about one call; `null`: there is no answer. */
type Ask = (signal: AbortSignal) => Promise<Decision | null>;

export interface ApprovalDeskOptions {
  readonly run: AgentRun;
  readonly client: AmbitClient;
  readonly screen: Screen;
  /** `null`: nobody can be asked here. */
  readonly ask: Ask | null;
}

/**
 * Asks about the calls that a run waits for, one after the other, and sends the decisions together, as the server wants them. What
 * others decide meanwhile is asked about no longer.
 */
export class ApprovalDesk {
  readonly #options: ApprovalDeskOptions;
  #isBusy = false;
  #hasMore = false;
  #isClosed = false;
  #question: { readonly toolCallId: string; readonly withdrawal: AbortController } | null = null;

  constructor(options: ApprovalDeskOptions) {
    this.#options = options;
  }

  /** Whether a question stands on the terminal. */
  get isAsking(): boolean {
    return this.#question !== null;
  }

  /** Some call waits for an approval. */
  request(): void {
    const { ask, run, screen } = this.#options;
    if (ask === null) return screen.note(howToDecide(run.id));
    this.#hasMore = true;
    if (!this.#isBusy) void this.#work(ask);
  }

  /** The call is decided. */
  withdraw(toolCallId: string): void {
    if (this.#question?.toolCallId === toolCallId) this.#question.withdrawal.abort();
  }

  /** The run is over, or nobody follows it any more. */
  close(): void {
    this.#isClosed = true;
    this.#question?.withdrawal.abort();
  }

  async #work(ask: Ask): Promise<void> {
    this.#isBusy = true;
    while (this.#hasMore && !this.#isClosed) {
      this.#hasMore = false;
      await this.#decide(ask).catch((error: unknown) => this.#tell(error));
    }
    this.#isBusy = false;
  }

  async #decide(ask: Ask): Promise<void> {
    const { run, client, screen } = this.#options;
    const decisions: ApprovalDecision[] = [];
    const calls = await findPendingCalls(client, run.id);
    for (const call of calls) {
      // A single one stands right above.
      if (calls.length > 1) screen.note(`${call.name} ${JSON.stringify(call.arguments)}`);
      const decision = await this.#ask(call, ask);
      if (decision === 'withdrawn') return;
      if (decision === null) return screen.note(howToDecide(run.id));
      decisions.push({ toolCallId: call.id, ...decision });
    }
    if (decisions.length > 0) await run.decide(decisions);
  }

  async #ask({ id }: PendingCall, ask: Ask): Promise<Decision | 'withdrawn' | null> {
    if (this.#isClosed) return 'withdrawn';
    const { screen } = this.#options;
    const withdrawal = new AbortController();
    this.#question = { toolCallId: id, withdrawal };
    screen.question(true);
    const decision = await ask(withdrawal.signal).finally(() => (this.#question = null));
    if (withdrawal.signal.aborted) return 'withdrawn';
    // Who has answered has ended the line.
    if (decision !== null) screen.question(false);
    return decision;
  }

  /** The answer may come after the end of the run that goes on by it. */
  #tell(error: unknown): void {
    const { screen, run } = this.#options;
    if (!(error instanceof AmbitClientError)) throw error;
    if (this.#isClosed) return;
    screen.note(`[it was not decided: ${error.message}]`);
    if (error.code !== 'CONFLICT') screen.note(howToDecide(run.id));
  }
}

function howToDecide(runId: string): string {
  return `To decide it: ambit runs decide ${runId} --approve, or --refuse.`;
}
