import { AmbitError } from '../errors.ts';
import type { Metrics } from '../metric/metrics.ts';
import type { RunMetricsRow, RunRow } from '../store/run-row.ts';
import { RunSpan } from '../trace/run-span.ts';
import type { ToolOutcome } from './execute-tool.ts';
import type { ModelTurn, ModelUsage } from './model.ts';
import { HandOver, RunStop } from './run-stop.ts';

export interface RunWatchOptions {
  readonly run: RunRow;
  readonly agent: { readonly id: string; readonly name: string };
  readonly model: string;
  /** `undefined`: nobody counts. */
  readonly metrics: Metrics | undefined;
}

/** What an attempt at a run came to. */
export interface WatchedEnd {
  /** The run's status; of a run that goes on, PAUSED or HANDED_OVER. */
  readonly status: string;
  readonly errorCode: string | null;
  readonly metrics: RunMetricsRow;
}

/** Tells traces and figures of one attempt at a run. Nothing of what is said goes through here, and nothing is done per token. */
export class RunWatch {
  readonly #options: RunWatchOptions;
  readonly #span: RunSpan;
  readonly #startedAt = performance.now();

  constructor(options: RunWatchOptions) {
    const { run, agent, model } = options;
    this.#options = options;
    this.#span = new RunSpan({
      runId: run.id,
      sessionId: run.sessionId,
      agent,
      model,
      attempt: run.attempt,
      nodeId: run.leaseOwner ?? '',
      parent: run.trace,
    });
  }

  /** `null`: the run is not traced. */
  get traceId(): string | null {
    return this.#span.traceId;
  }

  /** Performs the attempt. */
  within<TResult>(perform: () => TResult): TResult {
    return this.#span.within(perform);
  }

  /** Asks the model. `ask` is given what is to be called when the model says something; only the first time counts. */
  async askModel(model: string, ask: (heard: () => void) => Promise<ModelTurn>): Promise<ModelTurn> {
    const span = this.#span.chat(model);
    const startedAt = performance.now();
    let firstTokenMs: number | null = null;
    const heard = (): void => {
      firstTokenMs ??= performance.now() - startedAt;
    };
    const count = (outcome: string): void =>
      this.#options.metrics?.modelAnswered({
        model,
        outcome,
        ms: performance.now() - startedAt,
        firstTokenMs,
      });
    try {
      const turn = await span.within(() => ask(heard));
      const { finishReason, usage, responseId = null, responseModel = null } = turn;
      span.end({ finishReason, usage, responseId, responseModel, firstTokenMs });
      count('ok');
      return turn;
    } catch (error) {
      const errorType = toErrorType(error);
      span.fail(errorType);
      count(errorType);
      throw error;
    }
  }

  /** Counts what a turn cost, as the run does: estimated where the endpoint says nothing. */
  countTokens(model: string, usage: ModelUsage): void {
    this.#options.metrics?.tokensUsed(model, usage);
  }

  /** Calls a tool, which never throws. `callId` is ours. */
  async callTool(
    { name, callId }: { readonly name: string; readonly callId: string },
    call: () => Promise<ToolOutcome>,
  ): Promise<ToolOutcome> {
    const span = this.#span.tool({ name, callId });
    const startedAt = performance.now();
    const outcome = await span.within(call);
    span.end(outcome.status);
    this.#options.metrics?.toolCalled({
      tool: name,
      status: outcome.status,
      ms: performance.now() - startedAt,
    });
    return outcome;
  }

  end({ status, errorCode, metrics }: WatchedEnd): void {
    const { run, agent } = this.#options;
    const { inputTokens, outputTokens, timeToFirstTokenMs } = metrics;
    this.#span.end({ status, errorCode, inputTokens, outputTokens });
    this.#options.metrics?.attemptEnded({
      agent: agent.id,
      status,
      ms: performance.now() - this.#startedAt,
      waitedMs: run.attempt === 1 ? (run.startedAt?.getTime() ?? 0) - run.createdAt.getTime() : null,
      timeToFirstTokenMs,
    });
  }
}

/** A stable word of a few. */
function toErrorType(error: unknown): string {
  if (error instanceof HandOver) return 'HANDED_OVER';
  if (error instanceof RunStop) return error.failure?.code ?? error.status;
  return error instanceof AmbitError ? error.code : 'INTERNAL_ERROR';
}
