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

/** What another node has told: runs of which something is new, whether wake-ups wait, and whether tokens were revoked. */
export interface Hint {
  readonly runIds: readonly string[];
  readonly hasJobs: boolean;
  readonly hasRevocations: boolean;
}

/** A notification holds less than 8,000 bytes; a run's id is 36 of them. */
const MAX_IDS = 200;
const NOTHING = { hasJobs: false, hasRevocations: false };

/**
 * Tells other nodes of what is new, many things at once: one notification every `intervalMs` at most. A hint only: whoever misses it
 * finds out a little later.
 */
export class Notifier implements Disposable {
  readonly #options: NotifierOptions;
  readonly #runIds = new Set<string>();
  #hasJobs = false;
  #hasRevocations = false;
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

  /** Tokens were revoked. Told whoever is known to be there, at once. */
  tellRevocations(): void {
    this.#hasRevocations = true;
    void this.flush();
  }

  /** Tells what is still to be told. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const ids = [...this.#runIds];
    const first = { hasJobs: this.#hasJobs, hasRevocations: this.#hasRevocations };
    this.#runIds.clear();
    this.#hasJobs = false;
    this.#hasRevocations = false;
    try {
      const hints = Math.max(first.hasJobs || first.hasRevocations ? 1 : 0, Math.ceil(ids.length / MAX_IDS));
      for (let index = 0; index < hints; index += 1) {
        const runIds = ids.slice(index * MAX_IDS, (index + 1) * MAX_IDS);
        await this.#options.send(this.#format({ ...(index === 0 ? first : NOTHING), runIds }));
      }
    } catch (error) {
      this.#options.log.debug({ err: error }, 'other nodes could not be told');
    }
  }

  /** What a notification says; `null`: it is one of this node's own, or none of ours. */
  parse(text: string): Hint | null {
    const [nodeId, words = '', ids] = text.split(' ');
    if (nodeId === this.#options.nodeId || ids === undefined) return null;
    const told = new Set(words.split('+'));
    return {
      runIds: ids === '' ? [] : ids.split(','),
      hasJobs: told.has('jobs'),
      hasRevocations: told.has('revoked'),
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #format({ runIds, hasJobs, hasRevocations }: Hint): string {
    const words = [...(hasJobs ? ['jobs'] : []), ...(hasRevocations ? ['revoked'] : [])];
    return `${this.#options.nodeId} ${words.join('+') || '-'} ${runIds.join(',')}`;
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.intervalMs ?? 20).unref();
  }
}
