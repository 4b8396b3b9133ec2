import type { Logger } from '../lib/logger.ts';

export interface NotifierOptions {
  readonly nodeId: string;
  readonly send: (text: string) => Promise<void>;
  /** Whether anybody else is there to be told. */
  readonly hasPeers: () => boolean;
  readonly log: Logger;
  /** What is to be told is collected for so long. Default: 20. */
  readonly intervalMs?: number;
}

/** What another node has told: runs of which something is new, and whether wake-ups wait. */
export interface Hint {
  readonly runIds: readonly string[];
  readonly hasJobs: boolean;
}

/** A notification holds less than 8,000 bytes; a run's id is 36 of them. */
const MAX_IDS = 200;

/**
 * Tells other nodes of what is new, many things at once: one notification every `intervalMs` at most. A hint only: whoever misses it
 * finds out a little later.
 */
export class Notifier implements Disposable {
  readonly #options: NotifierOptions;
  readonly #runIds = new Set<string>();
  #hasJobs = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Something of the run is new: events, its end, a wish to cancel it. */
  tellRun(runId: string): void {
    if (!this.#options.hasPeers()) return;
    this.#runIds.add(runId);
    this.#arm();
  }

  /** A run waits for a node with a free slot. */
  tellJobs(): void {
    if (!this.#options.hasPeers()) return;
    this.#hasJobs = true;
    this.#arm();
  }

  /** Tells what is still to be told. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const ids = [...this.#runIds];
    const hasJobs = this.#hasJobs;
    this.#runIds.clear();
    this.#hasJobs = false;
    try {
      const hints = Math.max(hasJobs ? 1 : 0, Math.ceil(ids.length / MAX_IDS));
      for (let index = 0; index < hints; index += 1) {
        const runIds = ids.slice(index * MAX_IDS, (index + 1) * MAX_IDS);
        await this.#options.send(this.#format({ runIds, hasJobs: hasJobs && index === 0 }));
      }
    } catch (error) {
      this.#options.log.debug({ err: error }, 'other nodes could not be told');
    }
  }

  /** What a notification says; `null`: it is one of this node's own, or none of ours. */
  parse(text: string): Hint | null {
    const [nodeId, jobs, ids] = text.split(' ');
    if (nodeId === this.#options.nodeId || ids === undefined) return null;
    return { runIds: ids === '' ? [] : ids.split(','), hasJobs: jobs === 'jobs' };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #format({ runIds, hasJobs }: Hint): string {
    return `${this.#options.nodeId} ${hasJobs ? 'jobs' : '-'} ${runIds.join(',')}`;
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.intervalMs ?? 20).unref();
  }
}
