import type { Logger } from '../lib/logger.ts';
import type { Job, JobQueue } from './job-queue.ts';
import type { RunEngine } from './run-engine.ts';

export interface PullOptions {
  readonly queue: Pick<JobQueue, 'fetch' | 'settle'>;
  readonly engine: Pick<RunEngine, 'freeSlots' | 'offer'>;
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
 * wake-up that this process dies with is another's after a while. What finds no slot stays in the queue for others.
 */
export function startPulling({ queue, engine, log, pollMs = 2_000 }: PullOptions): JobPuller {
  let isWanted = false;
  let isStopped = false;
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    while (isWanted && !isStopped) {
      isWanted = false;
      const limit = Math.min(MAX_JOBS, engine.freeSlots);
      const jobs = limit > 0 ? await queue.fetch(limit) : [];
      for (const job of jobs) settleWhenDecided(job);
      // More may wait than were asked for.
      isWanted ||= jobs.length > 0 && jobs.length === limit;
    }
  };
  const decided = new Set<Job>();
  const settle = async (): Promise<void> => {
    const jobs = [...decided];
    decided.clear();
    await queue.settle(jobs).catch((error: unknown) => {
      log.debug({ err: error }, 'wake-ups could not be settled');
    });
  };
  /** Those that are decided together are settled together. */
  function settleWhenDecided(job: Job): void {
    void engine.offer(job.runId).then((isDecided) => {
      if (!isDecided) return;
      if (decided.size === 0) setImmediate(() => void settle());
      decided.add(job);
    });
  }
  const pull = (): void => {
    isWanted = true;
    if (isStopped) return;
    looking ??= look()
      .catch((error: unknown) => log.debug({ err: error }, 'looking for wake-ups failed'))
      .finally(() => {
        looking = null;
        if (isWanted) pull();
      });
  };
  const timer = setInterval(pull, pollMs);
  timer.unref();
  return {
    pull,
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearInterval(timer);
      await looking;
    },
  };
}
