import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { singleFlight } from '../lib/single-flight.ts';
import { registerVitals, type Vitals } from './vitals.ts';

/** What a scraper is given. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** Bounds of buckets, in seconds: of what takes milliseconds, and of what a model takes. */
const QUICK = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SLOW = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120, 300, 600];

let ofProcess: Registry | null = null;

/** Memory, CPU, garbage collection and the event loop: of the process, however many servers are in it. */
function processFigures(): Registry {
  if (ofProcess !== null) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return ofProcess;
}

/**
 * The figures of this process, as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/. Names are ours:
 * OpenTelemetry's for generative AI are in development and change, and dashboards must not. Labels are of few values each: agents, models
 * and tools of the app, statuses and codes of ours; never a user, a session or a run.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #attempts = this.#counter('run_attempts_total', 'Attempts at runs that ended here, by how.', [
    'agent',
    'status',
  ]);
  readonly #attemptSeconds = this.#histogram(
    'run_attempt_duration_seconds',
    'From the claim of a run to the end of the attempt.',
    { labels: ['agent', 'status'], buckets: SLOW },
  );
  readonly #waitSeconds = this.#histogram('run_wait_seconds', 'From acceptance to the first claim.', {
    labels: ['agent'],
    buckets: SLOW,
  });
  readonly #firstTokenSeconds = this.#histogram(
    'run_time_to_first_token_seconds',
    'From the first claim of a run to the first piece of its text.',
    { labels: ['agent'], buckets: SLOW },
  );
  readonly #modelRequests = this.#counter(
    'model_requests_total',
    'Requests to models, all tries of one together; the outcome is ok or a code.',
    ['model', 'outcome'],
  );
  readonly #modelSeconds = this.#histogram(
    'model_request_duration_seconds',
    'From a request to a model to the end of its answer.',
    { labels: ['model', 'outcome'], buckets: SLOW },
  );
  readonly #modelFirstTokenSeconds = this.#histogram(
    'model_time_to_first_token_seconds',
    'From a request to a model to the first thing it said.',
    { labels: ['model'], buckets: SLOW },
  );
  readonly #tokens = this.#counter(
    'model_tokens_total',
    'Tokens read (input) and written (output) by models.',
    ['model', 'type'],
  );
  readonly #toolCalls = this.#counter('tool_calls_total', 'Calls of tools, by how they ended.', [
    'tool',
    'status',
  ]);
  readonly #toolSeconds = this.#histogram('tool_call_duration_seconds', 'How long calls of tools took.', {
    labels: ['tool'],
    buckets: SLOW,
  });
  readonly #events = this.#counter('events_flushed_total', 'Events written into the log of runs.', []);
  readonly #flushSeconds = this.#histogram(
    'flush_duration_seconds',
    'How long the statements took that write events into the log.',
    { labels: [], buckets: QUICK },
  );
  readonly #flushFailures = this.#counter(
    'flush_failures_total',
    'Statements that failed to write events.',
    [],
  );
  readonly #operations = this.#counter(
    'operations_total',
    'GraphQL operations, by type (unknown: what cannot be read) and the code of their first error (ok: none).',
    ['type', 'code'],
  );
  readonly #operationSeconds = this.#histogram(
    'operation_duration_seconds',
    'From reading a GraphQL operation to its answer; of a subscription, until it is ready.',
    { labels: ['type'], buckets: QUICK },
  );
  readonly #denials = this.#counter('denials_total', 'What was denied, as the audit log has it, by code.', [
    'code',
  ]);
  readonly #limits = this.#counter(
    'limits_reached_total',
    'Refusals because a limit was reached, by its name.',
    ['limit'],
  );

  constructor({ version, role }: { readonly version: string; readonly role: string }) {
    const info = new Gauge({
      name: 'ambit_build_info',
      help: 'Always 1: which version this is, and in what role.',
      labelNames: ['version', 'role'],
      registers: [this.#registry],
    });
    info.set({ version, role }, 1);
    // From now on, not from the first scrape on.
    processFigures();
  }

  /** Adds what is looked at when somebody asks. To be called once. */
  watch(vitals: Vitals): void {
    registerVitals(this.#registry, vitals);
  }

  /** All figures as they are now. Who asks at the same time shares an answer: a gauge that one has just reset is not told to another. */
  readonly read = singleFlight(() => this.#read());

  async #read(): Promise<Exposition> {
    const texts = [await this.#registry.metrics(), await processFigures().metrics()];
    return { contentType: this.#registry.contentType, text: texts.join('\n') };
  }

  attemptEnded(end: {
    readonly agent: string;
    readonly status: string;
    readonly ms: number;
    /** `null`: it was not the first attempt. */
    readonly waitedMs: number | null;
    /** `null`: nothing was said. */
    readonly timeToFirstTokenMs: number | null;
  }): void {
    const { agent, status } = end;
    this.#attempts.inc({ agent, status });
    this.#attemptSeconds.observe({ agent, status }, end.ms / 1000);
    if (end.waitedMs === null) return;
    this.#waitSeconds.observe({ agent }, Math.max(0, end.waitedMs) / 1000);
    if (end.timeToFirstTokenMs !== null)
      this.#firstTokenSeconds.observe({ agent }, end.timeToFirstTokenMs / 1000);
  }

  modelAnswered(answer: {
    readonly model: string;
    readonly outcome: string;
    readonly ms: number;
    readonly firstTokenMs: number | null;
  }): void {
    const { model, outcome, ms, firstTokenMs } = answer;
    this.#modelRequests.inc({ model, outcome });
    this.#modelSeconds.observe({ model, outcome }, ms / 1000);
    if (firstTokenMs !== null) this.#modelFirstTokenSeconds.observe({ model }, firstTokenMs / 1000);
  }

  tokensUsed(
    model: string,
    { inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number },
  ): void {
    this.#tokens.inc({ model, type: 'input' }, inputTokens);
    this.#tokens.inc({ model, type: 'output' }, outputTokens);
  }

  toolCalled({
    tool,
    status,
    ms,
  }: {
    readonly tool: string;
    readonly status: string;
    readonly ms: number;
  }): void {
    this.#toolCalls.inc({ tool, status });
    this.#toolSeconds.observe({ tool }, ms / 1000);
  }

  flushed({ events, ms }: { readonly events: number; readonly ms: number }): void {
    this.#events.inc(events);
    this.#flushSeconds.observe(ms / 1000);
  }

  flushFailed(): void {
    this.#flushFailures.inc();
  }

  operationEnded({
    type,
    code,
    ms,
  }: {
    readonly type: string;
    readonly code: string;
    readonly ms: number;
  }): void {
    this.#operations.inc({ type, code });
    this.#operationSeconds.observe({ type }, ms / 1000);
  }

  denied(code: string): void {
    this.#denials.inc({ code });
  }

  limitReached(limit: string): void {
    this.#limits.inc({ limit });
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name: `ambit_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #histogram(
    name: string,
    help: string,
    { labels, buckets }: { readonly labels: readonly string[]; readonly buckets: readonly number[] },
  ): Histogram {
    return new Histogram({
      name: `ambit_${name}`,
      help,
      labelNames: labels,
      buckets: [...buckets],
      registers: [this.#registry],
    });
  }
}
