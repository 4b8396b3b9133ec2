import { setTimeout as delay } from 'node:timers/promises';

import { type AnswerScript, toFinalText } from '../_util/answer-script.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { ask } from './ask.ts';
import { type RunEvidence, TERMINAL } from './checker/evidence.ts';
import { type Stored } from './checker/read-evidence.ts';
import { type FaultCounts } from './fault-counts.ts';
import { FaultReader } from './fault-reader.ts';
import { Random } from './random.ts';
import { type SideEffects } from './side-effects.ts';

export interface StoryOptions {
  readonly seed: number;
  readonly urls: readonly string[];
  readonly token: string;
  readonly counts: FaultCounts;
  readonly sideEffects: SideEffects;
  /** Sessions of earlier stories, for those that follow in one. */
  readonly sessions: string[];
}

interface RunAnswer {
  readonly status: string;
  readonly sessionId: string;
  readonly pendingApprovals: readonly { readonly id: string }[];
}

const FIELDS = '{ status sessionId pendingApprovals { id } }';
const RUN_AGENT = `mutation ($input: RunAgentInput!) { run: runAgent(input: $input) ${FIELDS} }`;
const CANCEL = `mutation ($runId: ID!) { run: cancelRun(runId: $runId) ${FIELDS} }`;
const CONTINUE = `mutation ($runId: ID!, $decisions: [ApprovalDecision!]!) {
  run: continueRun(runId: $runId, decisions: $decisions) ${FIELDS}
}`;
const RUN = `query ($runId: ID!) { run(id: $runId) ${FIELDS} }`;

const TOOLS = ['look', 'put', 'charge', 'charge', 'pay'];
const READERS = 3;

/** The life of one run as its clients see it: it is started, read, decided about, perhaps cancelled. */
export class RunStory {
  readonly runId = uuidV7();
  readonly done: Promise<void>;
  readonly #options: StoryOptions;
  readonly #random: Random;
  readonly #script: AnswerScript;
  readonly #told = new Set<string>();
  readonly #readers: FaultReader[] = [];
  /** The run is cancelled after so long; null: never. */
  readonly #cancelAfterMs: number | null;
  /** Nobody ever decides. */
  readonly #isLeftPaused: boolean;
  /** Answers for which there is no reason. */
  readonly #surprises: string[] = [];
  /** The server has answered that it has the run. */
  isAccepted = false;
  /** Nothing of it is under way any more. */
  isOver = false;
  #isDeciding = false;

  constructor(options: StoryOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    const random = this.#random;
    const tools = Array.from({ length: random.integer(0, 2) }, () => random.pick(TOOLS));
    this.#script = { seed: options.seed, words: random.integer(20, 100), tools };
    this.#cancelAfterMs = random.chance(0.1) ? random.integer(0, 4000) : null;
    this.#isLeftPaused = random.chance(0.02);
    this.done = this.#live();
  }

  /** Gives up what is still under way. */
  stop(): void {
    this.isOver = true;
    for (const reader of this.#readers) reader.stop();
  }

  toEvidence(stored: Stored): RunEvidence {
    return {
      ...stored,
      runId: this.runId,
      views: this.#readers.map(({ view }) => view),
      sideEffects: this.#options.sideEffects.of(this.runId),
      finalText: toFinalText(this.#script),
      toldStatuses: [...this.#told],
      cancelAsked: this.#cancelAfterMs !== null,
    };
  }

  /** What clients were answered and should not have been. */
  get surprises(): readonly string[] {
    const refused = this.#readers.flatMap(({ refusal }) => refusal);
    return [...this.#surprises, ...refused.map((code) => `a subscriber was refused with ${code}`)];
  }

  async #live(): Promise<void> {
    const accepted = await this.#submit();
    if (accepted === null || this.isOver) {
      this.isOver = true;
      return;
    }
    this.isAccepted = true;
    this.#options.counts.runs += 1;
    for (let index = 0; index < READERS; index += 1) this.#addReader(index);
    if (this.#cancelAfterMs !== null) void this.#cancel(this.#cancelAfterMs);
    await Promise.all(this.#readers.map(({ done }) => done));
    await this.#ask(RUN, { runId: this.runId });
    this.isOver = true;
  }

  /** Again and again until it is accepted, with the id that makes it the same run. */
  async #submit(): Promise<RunAnswer | null> {
    const { sessions } = this.#options;
    const sessionId = this.#random.chance(0.2) ? (sessions.shift() ?? null) : null;
    const input = { agentId: 'worker', message: JSON.stringify(this.#script), sessionId, background: true };
    const run = await this.#ask(RUN_AGENT, { input: { ...input, runId: this.runId } });
    if (run !== null && !this.#isLeftPaused) sessions.push(run.sessionId);
    return run;
  }

  #addReader(index: number): void {
    const { urls, token, counts, seed } = this.#options;
    const reader = new FaultReader({
      name: `reader ${index}`,
      runId: this.runId,
      token,
      urls,
      after: 0,
      random: new Random(seed * READERS + index),
      counts,
      onEvent: ({ __typename }) => {
        if (__typename === 'ApprovalRequested') void this.#decide();
      },
    });
    this.#readers.push(reader);
  }

  async #cancel(afterMs: number): Promise<void> {
    await delay(afterMs);
    await this.#ask(CANCEL, { runId: this.runId });
  }

  /** Decides all that is open, as often as it takes: somebody else may have been faster, and an answer may be lost. */
  async #decide(): Promise<void> {
    if (this.#isDeciding) return;
    this.#isDeciding = true;
    while (!this.isOver) {
      const run = await this.#ask(RUN, { runId: this.runId });
      if (run?.status !== 'PAUSED') break;
      if (this.#isLeftPaused && this.#cancelAfterMs === null) {
        this.stop();
        break;
      }
      const decisions = run.pendingApprovals.map(({ id }) => ({
        toolCallId: id,
        approve: this.#random.chance(0.7),
      }));
      await this.#ask(CONTINUE, { runId: this.runId, decisions });
      this.#options.counts.decisions += decisions.length;
    }
    this.#isDeciding = false;
  }

  /** Asks a node, and another until one answers. Null: the story is over, or there was a CONFLICT, which a lost answer explains. */
  async #ask(query: string, variables: object): Promise<RunAnswer | null> {
    const { urls, token } = this.#options;
    for (let tries = 0; tries === 0 || !this.isOver; tries += 1) {
      const url = this.#random.pick(urls);
      const { data, codes } = await ask<{ run: RunAnswer | null }>({ url, token, query, variables });
      const run = data?.run ?? null;
      if (run !== null) {
        if (TERMINAL.includes(run.status)) this.#told.add(run.status);
        return run;
      }
      if (query === CONTINUE && codes.includes('CONFLICT')) return null;
      if (!codes.every((code) => code === 'UNAVAILABLE' || code === 'NETWORK')) {
        this.#surprises.push(`${/\w+: (\w+)/.exec(query)?.[1] ?? 'run'} was answered with ${codes.join()}`);
        return null;
      }
      await delay(this.#random.integer(50, 500));
    }
    return null;
  }
}
