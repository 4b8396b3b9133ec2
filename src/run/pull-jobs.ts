import { isDoneWithin } from '../lib/is-done-within.ts';
import type { Logger } from '../lib/logger.ts';
import type { Job, JobQueue } from './job-queue.ts';
import type { RunEngine } from './run-engine.ts';

export interface PullOptions {
  readonly queue: Pick<JobQueue, 'fetch' | 'settle' | 'giveBack'>;
  readonly engine: Pick<RunEngine, 'freeSlots' | 'offer'>;
  /** Those of the runs that wait to be claimed: a wake-up of any other has nothing to do. */
  readonly findQueued: (runIds: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly log: Logger;
  /** Between two looks that nothing asks for. Default: 2,000. */
  readonly pollMs?: number;
}

export interface JobPuller extends AsyncDisposable {
  /** Looks now, or as soon as the look under way is over. */
  pull(): void;
}

const MAX_JOBS = 100;

/**
 * Fetches as many wake-ups as the engine has free slots, and settles each once its run has been claimed or proved not to be had: a
 * wake-up that this process dies with is another's after a while. What finds no slot goes back to the queue, for others.
 */
export function startPulling(options: PullOptions): JobPuller {
  return new Puller(options);
}

/** How long a stop waits for a look under way, and for what is given back. */
const STOP_MS = 2000;

class Puller implements JobPuller {
  readonly #options: PullOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #decided = new Set<Job>();
  #isWanted = false;
  #isStopped = false;
  #looking: Promise<void> | null = null;
  readonly #returning = new Set<Promise<void>>();

  constructor(options: PullOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.pull(), options.pollMs ?? 2_000);
    this.#timer.unref();
  }

  pull(): void {
    this.#isWanted = true;
    if (this.#isStopped || this.#looking !== null) return;
    this.#looking = this.#look()
      .catch((error: unknown) => this.#options.log.debug({ err: error }, 'looking for wake-ups failed'))
      .finally(() => {
        this.#looking = null;
        if (this.#isWanted) this.pull();
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    // A database that has fallen silent answers neither.
    if (this.#looking !== null) await isDoneWithin(this.#looking, STOP_MS);
    await isDoneWithin(Promise.all(this.#returning), STOP_MS);
  }

  async #look(): Promise<void> {
    const { queue, engine } = this.#options;
    this.#isWanted = false;
    const limit = Math.min(MAX_JOBS, engine.freeSlots);
    const jobs = limit > 0 ? await queue.fetch(limit) : [];
    const queued = await this.#findQueued(jobs);
    for (const job of jobs) {
      if (queued.has(job.runId)) void this.#settleWhenDecided(job);
      else this.#settleSoon(job);
    }
    // More may wait than were asked for.
    this.#isWanted ||= jobs.length > 0 && jobs.length === limit;
  }

  /** Those that are decided together are settled together. */
  async #settleWhenDecided(job: Job): Promise<void> {
    if (await this.#options.engine.offer(job.runId)) return this.#settleSoon(job);
    const returned = this.#giveBack(job).finally(() => this.#returning.delete(returned));
    this.#returning.add(returned);
  }

  async #giveBack(job: Job): Promise<void> {
    try {
      await this.#options.queue.giveBack(job);
    } catch (error) {
      // It comes back by itself after a minute.
      this.#options.log.debug({ err: error }, 'a wake-up could not be given back');
    }
  }

  async #findQueued(jobs: readonly Job[]): Promise<ReadonlySet<string>> {
    return jobs.length === 0 ? new Set() : await this.#options.findQueued(jobs.map(({ runId }) => runId));
  }

  #settleSoon(job: Job): void {
    if (this.#decided.size === 0) setImmediate(() => void this.#settle());
    this.#decided.add(job);
  }

  async #settle(): Promise<void> {
    const jobs = [...this.#decided];
    this.#decided.clear();
    try {
      await this.#options.queue.settle(jobs);
    } catch (error) {
      // They come back, and prove not to be had.
      this.#options.log.debug({ err: error }, 'wake-ups could not be settled');
    }
  }
}
