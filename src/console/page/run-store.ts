import type { AgentRun } from '../../client/agent-run.ts';
import type { AmbitClient } from '../../client/ambit-client.ts';
import type { AmbitRun } from '../../client/run-event.ts';
import { applyEvent, emptyTranscript, type Transcript } from '../../client/transcript.ts';
import { Watched } from '../../page/browser/watched.ts';
import { toWords } from './error-words.ts';
import { onNextFrame } from './on-next-frame.ts';
import { transcriptOf } from './transcript-parts.ts';

/** A run as the page shows it. */
export interface RunState {
  /** What was asked. */
  readonly input: string;
  readonly transcript: Transcript;
  /** What the server said of the run last; `null`: nothing yet. */
  readonly run: AmbitRun | null;
  /** `known`: from the run alone; `following`: its events come; `told`: all of them have come. */
  readonly phase: 'known' | 'following' | 'told';
  /** It was not started. */
  readonly hasFailed: boolean;
  /** Why its events do not come, or what was asked of it failed, in words. */
  readonly problem: string | null;
}

const OVER: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED']);

export function isOver(status: string): boolean {
  return OVER.has(status);
}

/**
 * One run: its events put together as they come, and what may be done about it. Readers are told of changes once a frame, however
 * many events there were.
 */
export class RunStore extends Watched<RunState> {
  readonly id: string;
  /** Whether it was started by this page. */
  isNew = false;
  readonly #client: AmbitClient;
  readonly #reading = new AbortController();
  #agentRun: AgentRun | null = null;
  #next: RunState;
  #isFlushDue = false;

  /** A run that is known to the server; one that is not over is followed. */
  static of(client: AmbitClient, run: AmbitRun): RunStore {
    const store = new RunStore(client, run.id, {
      input: run.input,
      transcript: transcriptOf(run),
      run,
      phase: 'known',
      hasFailed: false,
      problem: null,
    });
    if (!isOver(run.status)) store.follow();
    return store;
  }

  /** A run that has just been started. */
  static start(client: AmbitClient, agentRun: AgentRun, input: string): RunStore {
    const store = new RunStore(client, agentRun.id, {
      input,
      transcript: emptyTranscript(),
      run: null,
      phase: 'following',
      hasFailed: false,
      problem: null,
    });
    store.isNew = true;
    agentRun.started.then(
      (run) => store.#change({ run }),
      () => store.#change({ hasFailed: true }), // why is told by the iteration
    );
    void store.#follow(agentRun);
    return store;
  }

  private constructor(client: AmbitClient, id: string, state: RunState) {
    super(state);
    this.#client = client;
    this.id = id;
    this.#next = state;
  }

  /** Reads the events from the first on, unless that is done or under way. */
  follow(): void {
    if (this.#next.phase !== 'known') return;
    void this.#follow(this.#client.resumeRun(this.id, { signal: this.#reading.signal }));
  }

  async cancel(): Promise<void> {
    await this.#attempt(async (run) => this.#change({ run: await run.cancel() }));
  }

  async decide(decisions: Parameters<AgentRun['decide']>[0]): Promise<void> {
    await this.#attempt((run) => run.decide(decisions));
  }

  /** Reads no further. The run goes on. */
  close(): void {
    this.#reading.abort();
    this.fallSilent();
  }

  /** What is known stays to be seen until there is as much to show. */
  async #follow(agentRun: AgentRun): Promise<void> {
    this.#agentRun = agentRun;
    this.#change({ phase: 'following', problem: null });
    let transcript = emptyTranscript();
    const known = this.#next.transcript;
    try {
      for await (const event of agentRun) {
        transcript = applyEvent(transcript, event);
        const isLess = isOver(known.status) && transcript.run === null;
        this.#change({
          transcript: isLess ? known : transcript,
          ...(transcript.run && { run: transcript.run }),
        });
      }
      if (transcript.run !== null) this.#change({ phase: 'told' });
    } catch (error) {
      if (!this.#reading.signal.aborted) this.#change({ problem: toWords(error), phase: 'known' });
    }
  }

  async #attempt(act: (run: AgentRun) => Promise<void>): Promise<void> {
    try {
      this.#change({ problem: null });
      await act((this.#agentRun ??= this.#client.resumeRun(this.id)));
    } catch (error) {
      this.#change({ problem: toWords(error) });
    }
  }

  #change(change: Partial<RunState>): void {
    this.#next = { ...this.#next, ...change };
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    onNextFrame(() => {
      this.#isFlushDue = false;
      this.set(this.#next);
    });
  }
}
