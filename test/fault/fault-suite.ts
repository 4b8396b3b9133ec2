import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { mintToken } from '../../src/auth/mint-token.ts';
import { readConfig } from '../../src/config.ts';
import { ScopeCatalogue } from '../../src/scope/catalogue.ts';
import { startStreamingModel } from '../_util/streaming-model.ts';
import { checkRun } from './checker/check-run.ts';
import { type Problem, type RunEvidence } from './checker/evidence.ts';
import { readEvidence, readLogSummary } from './checker/read-evidence.ts';
import { createCounts, type FaultCounts } from './fault-counts.ts';
import { FaultNode } from './fault-node.ts';
import { injectFaults } from './fault-schedule.ts';
import { PostgresServer } from './postgres-server.ts';
import { Random } from './random.ts';
import { RunStory } from './run-story.ts';
import { SideEffects } from './side-effects.ts';

export interface FaultSuiteOptions {
  /** Of Postgres' server programs. */
  readonly programs: string;
  readonly seed: number;
  /** So long runs are started and faults injected. */
  readonly durationMs: number;
  /** Default 2. */
  readonly nodes?: number;
  /** Runs under way at a time; default 12. */
  readonly atOnce?: number;
  /** From one fault to the next; default 1 to 4 s. */
  readonly gapMs?: { readonly min: number; readonly max: number };
  /** Runs that are checked are forgotten, so that hours need no more memory than minutes. Default: no. */
  readonly forgets?: boolean;
  readonly onProblem?: (runId: string, problem: Problem) => void;
  readonly onProgress?: (counts: FaultCounts) => void;
}

/** `runId`: or the name of a node. */
export interface Found {
  readonly runId: string;
  readonly problem: Problem;
}

const SECRET = 'the-key-of-the-fault-suite-which-nobody-else-uses';
const SCOPES = ['agents:run', 'sessions:read'];
const LEASE_SECONDS = 2;
const TOKEN_MS = 20;
const TOOL_MS = 150;
/** When all is healed, what is under way has this long to end. */
const SETTLE_MS = 90_000;
const PROGRESS_MS = 30_000;
const CHECK_MS = 5000;
const CHUNK = 50;

/**
 * Nodes on a Postgres of their own that everything happens to, while runs are started, read and decided about. 1. Faults come by a seeded
 * schedule for as long as it was asked. 2. All is healed, and what is under way ends. 3. What is left is checked.
 */
export class FaultSuite implements AsyncDisposable {
  readonly counts = createCounts();
  readonly nodes: FaultNode[] = [];
  readonly #options: FaultSuiteOptions;
  readonly #resources: AsyncDisposableStack;
  readonly #postgres: PostgresServer;
  readonly #sideEffects: SideEffects;
  readonly #stories: RunStory[] = [];
  readonly #sessions: string[] = [];
  #token = '';
  #started = 0;

  private constructor(
    options: FaultSuiteOptions,
    parts: { resources: AsyncDisposableStack; postgres: PostgresServer; sideEffects: SideEffects },
  ) {
    this.#options = options;
    this.#resources = parts.resources;
    this.#postgres = parts.postgres;
    this.#sideEffects = parts.sideEffects;
  }

  static async start(options: FaultSuiteOptions): Promise<FaultSuite> {
    await using resources = new AsyncDisposableStack();
    const postgres = resources.use(await PostgresServer.start(options.programs));
    const sideEffects = resources.use(await SideEffects.start(TOOL_MS));
    const model = resources.use(await startStreamingModel({ intervalMs: TOKEN_MS }));
    const env = {
      JWT_VERIFICATION_KEY: SECRET,
      OPENAI_BASE_URL: model.baseUrl,
      COUNTER_URL: sideEffects.url,
      AMBIT_LEASE_SECONDS: String(LEASE_SECONDS),
      AMBIT_COMPACT_AFTER_MINUTES: '0',
      LOG_LEVEL: 'error',
    };
    const nodes: FaultNode[] = [];
    for (let index = 0; index < (options.nodes ?? 2); index += 1) {
      const name = `node ${index}`;
      nodes.push(resources.use(await FaultNode.start({ name, databaseUrl: postgres.url, env })));
    }
    const suite = new FaultSuite(options, { resources: resources.move(), postgres, sideEffects });
    suite.nodes.push(...nodes);
    const { jwt } = readConfig({ JWT_VERIFICATION_KEY: SECRET });
    suite.#token = await mintToken(jwt, {
      subject: 'ann',
      scopes: SCOPES,
      catalogue: new ScopeCatalogue(),
      hours: 24,
    });
    return suite;
  }

  /** Everything, to the end of the last run; ends by itself. */
  async run(): Promise<Found[]> {
    const { seed, durationMs, gapMs = { min: 1000, max: 4000 }, onProgress } = this.#options;
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), durationMs);
    const progress = setInterval(() => onProgress?.(this.counts), PROGRESS_MS);
    const found: Found[] = [];
    try {
      const faults = injectFaults(
        { nodes: this.nodes, postgres: this.#postgres, counts: this.counts },
        { random: new Random(seed), gapMs, signal: ending.signal },
      );
      const checking = this.#checkNowAndThen(ending.signal, found);
      await this.#keepBusy(ending.signal);
      await faults;
      await checking;
      await this.#settle();
      found.push(...(await this.check()), ...this.#checkNodes());
    } finally {
      ending.abort();
      clearTimeout(timer);
      clearInterval(progress);
    }
    this.#count(found);
    onProgress?.(this.counts);
    return found;
  }

  /** Looks at all runs that are not forgotten, and at the whole log. */
  async check(): Promise<Found[]> {
    return await this.withDatabase(async (client) => {
      const found = await this.#checkStories(client, this.#stories);
      const { broken } = await readLogSummary(client);
      const known = new Set(found.map(({ runId }) => runId));
      const text = 'its log changed after it had ended';
      const later = broken.filter((runId) => !known.has(runId));
      return [...found, ...later.map((runId): Found => ({ runId, problem: { kind: 'doubled', text } }))];
    });
  }

  /** Straight to the database, past every node and every fault. */
  async withDatabase<TResult>(act: (client: Client) => Promise<TResult>): Promise<TResult> {
    const client = new Client({ connectionString: this.#postgres.url });
    // The query that fails tells.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await act(client);
    } finally {
      await client.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const story of this.#stories) story.stop();
    for (const node of this.nodes) node.thaw();
    await this.#resources.disposeAsync();
  }

  /** Keeps as many runs under way as are wanted. */
  async #keepBusy(signal: AbortSignal): Promise<void> {
    const work = async (): Promise<void> => {
      while (!signal.aborted) await Promise.race([this.#startStory().done, aborted(signal)]);
    };
    await Promise.all(Array.from({ length: this.#options.atOnce ?? 12 }, work));
  }

  #startStory(): RunStory {
    this.#started += 1;
    const story = new RunStory({
      seed: this.#options.seed * 1_000_000 + this.#started,
      urls: this.nodes.map(({ url }) => url),
      token: this.#token,
      counts: this.counts,
      sideEffects: this.#sideEffects,
      sessions: this.#sessions,
    });
    this.#stories.push(story);
    return story;
  }

  async #settle(): Promise<void> {
    await Promise.race([
      Promise.all(this.#stories.map(({ done }) => done)),
      delay(SETTLE_MS, undefined, { ref: false }),
    ]);
    for (const story of this.#stories) story.stop();
  }

  /** Checks what is over while the rest goes on, and forgets it. */
  async #checkNowAndThen(signal: AbortSignal, found: Found[]): Promise<void> {
    if (this.#options.forgets !== true) return;
    while (!signal.aborted) {
      await delay(CHECK_MS, undefined, { signal }).catch(() => undefined);
      const over = this.#stories.filter((story) => story.isOver).slice(0, CHUNK);
      try {
        found.push(...(await this.withDatabase((client) => this.#checkStories(client, over))));
      } catch {
        // The database is being restarted: they are looked at later.
        continue;
      }
      const done = new Set(over);
      this.#stories.splice(0, Infinity, ...this.#stories.filter((story) => !done.has(story)));
    }
  }

  async #checkStories(client: Client, stories: readonly RunStory[]): Promise<Found[]> {
    const found: Found[] = [];
    const accepted = stories.filter((story) => story.isAccepted);
    for (let begin = 0; begin < accepted.length; begin += CHUNK) {
      const chunk = accepted.slice(begin, begin + CHUNK);
      const stored = await readEvidence(
        client,
        chunk.map(({ runId }) => runId),
      );
      for (const story of chunk) {
        const evidence = stored.get(story.runId);
        if (evidence !== undefined) found.push(...this.#checkStory(story, story.toEvidence(evidence)));
      }
    }
    return found;
  }

  #checkNodes(): Found[] {
    return this.nodes
      .filter(({ hungStarts }) => hungStarts > 0)
      .map(({ name, hungStarts }) => {
        const problem: Problem = {
          kind: 'end',
          text: `${hungStarts} of its processes neither served nor ended`,
        };
        this.#options.onProblem?.(name, problem);
        return { runId: name, problem };
      });
  }

  #checkStory(story: RunStory, evidence: RunEvidence): Found[] {
    this.#tally(evidence);
    const { run } = evidence;
    const state = `${run?.status} after ${run?.attempt} attempts`;
    const surprises = story.surprises.map((text): Problem => ({ kind: 'end', text }));
    return [...checkRun(evidence), ...surprises].map(({ kind, text }) => {
      const problem = { kind, text: `${text} (${state})` };
      this.#options.onProblem?.(story.runId, problem);
      return { runId: story.runId, problem };
    });
  }

  #tally({ run, log, views, sideEffects, approvals }: RunEvidence): void {
    const { counts } = this;
    if (run?.status === 'COMPLETED') counts.completed += 1;
    if (run?.status === 'CANCELLED') counts.cancelled += 1;
    if (run?.status === 'FAILED') counts.wornOut += 1;
    if (run?.status === 'PAUSED') counts.paused += 1;
    counts.events += log.length;
    counts.eventsSeen += views.reduce((sum, { events }) => sum + events.length, 0);
    counts.executions += sideEffects.length;
    counts.attempts += run?.attempt ?? 0;
    counts.superseded += log.filter(({ type }) => type === 'MessageSuperseded').length;
    counts.unknownOutcomes += approvals.filter(({ kind }) => kind === 'OUTCOME').length;
  }

  #count(found: readonly Found[]): void {
    for (const { problem } of found) this.counts.problems[problem.kind] += 1;
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
