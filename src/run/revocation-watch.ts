import type { Logger } from '../lib/logger.ts';
import type { RevocationList } from '../scope/revocation-list.ts';
import { listRevocations } from '../store/revocation.ts';
import type { Db } from '../store/tables.ts';

export interface RevocationWatchOptions {
  readonly db: Db;
  /** What is found is added to it. */
  readonly list: RevocationList;
  /** Called when something was found that others have stored. */
  readonly onFound: () => void;
  readonly now: () => Date;
  readonly log: Logger;
  /** Between two looks; `null`: nobody else stores any. Default: 500. */
  readonly pollMs?: number | null;
}

const PAGE = 10_000;
const PRUNE_MS = 60_000;

/**
 * Keeps a list of revocations as the database has it: from `load` on it looks for those after the last `seq` that it knows, when others
 * have said that there are some, and in any case twice a second. A database that is away is no error: what is known holds, and what is
 * new is found when it is back.
 */
export class RevocationWatch implements Disposable {
  readonly #options: RevocationWatchOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #seq = 0;
  #isLoaded = false;
  #isDisposed = false;
  #current = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(options: RevocationWatchOptions) {
    this.#options = options;
    const { list, now, pollMs = 500 } = options;
    this.#timers.push(setInterval(() => list.prune(now()), PRUNE_MS).unref());
    if (pollMs !== null) this.#timers.push(setInterval(() => this.#poll(), pollMs).unref());
  }

  /**
   * Reads all there are.
   * @throws UnavailableError when the database is away.
   */
  async load(): Promise<void> {
    await this.#read();
    this.#isLoaded = true;
  }

  /** Finds what was stored before the call. One look at a time; all who ask while one is under way share the next. */
  look(): Promise<void> {
    this.#next ??= this.#current.then(() => {
      this.#next = null;
      return (this.#current = this.#tryRead());
    });
    return this.#next;
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#isDisposed = true;
  }

  #poll(): void {
    if (this.#isLoaded && this.#next === null) void this.look();
  }

  async #tryRead(): Promise<void> {
    try {
      if (!this.#isDisposed && (await this.#read())) this.#options.onFound();
    } catch (error) {
      this.#options.log.debug({ err: error }, 'looking for revocations failed');
    }
  }

  async #read(): Promise<boolean> {
    const { db, list } = this.#options;
    const before = this.#seq;
    for (let isMore = true; isMore;) {
      const page = await listRevocations(db, { after: this.#seq, limit: PAGE });
      this.#seq = page.at(-1)?.seq ?? this.#seq;
      list.add(page.map(({ revocation }) => revocation));
      isMore = page.length === PAGE;
    }
    return this.#seq !== before;
  }
}
