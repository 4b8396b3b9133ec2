import { UnavailableError } from '../errors.ts';
import { callIn } from '../lib/call-in.ts';
import { delay } from '../lib/delay.ts';
import { isDoneWithin } from '../lib/is-done-within.ts';
import type { Logger } from '../lib/logger.ts';
import { uuidV7 } from '../lib/uuid-v7.ts';
import type { AuditEventRow } from '../store/audit-event.ts';
import type { AuditEntry } from './audit-entry.ts';
import { type CleanEntry, cleanEntry } from './clean-entry.ts';
import type { CleanOptions } from './clean-id.ts';
import { DenialJoiner } from './denial-joiner.ts';

export interface AuditLogOptions {
  /** Stores rows in one statement, those that are stored already a second time without effect. */
  readonly insert: (rows: readonly AuditEventRow[]) => Promise<void>;
  readonly nodeId: string;
  readonly clean: CleanOptions;
  readonly now: () => Date;
  readonly log: Logger;
  /** How long an event that nobody waits for may wait for others. Default: 100. */
  readonly intervalMs?: number;
  /** Default: 60,000. See `DenialJoiner`, as for the next two. */
  readonly windowMs?: number;
  /** Default: 30. */
  readonly kindsPerUser?: number;
  /** Default: 1,000. */
  readonly kinds?: number;
  /** Events held while the database is away. Default: 10,000. */
  readonly capacity?: number;
  /** How long `store` waits. Default: 5,000. */
  readonly storeTimeoutMs?: number;
  /** How long a stop waits for the last events. Default: 2,000. */
  readonly closeTimeoutMs?: number;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Rows of one statement: a parameter for each of their columns, of 65,535 at most. */
const BATCH = 500;
const RETRY_MS = 250;
/** The greatest integer of a column. */
const MAX_COUNT = 2 ** 31 - 1;

/**
 * Writes audit events without making anybody wait who does not ask for it.
 *
 * 1. `record` and `store` clean an entry and queue its row. Denials pass the joiner first.
 * 2. One statement at a time writes what is queued, in order: at once when somebody waits in `store`, else after
 *    `intervalMs`. What comes meanwhile goes into the next one, so the busier it is the more rows share a statement.
 * 3. While the database is away the queue is kept and the statement tried again, and who waits is told. A queue that is full
 *    takes no more: what came first is the evidence, and a flood must not push it out. What is left out is counted, and told
 *    as one event DROPPED.
 * 4. A statement that is refused is tried row by row, and only the guilty row is dropped.
 */
export class AuditLog implements AsyncDisposable {
  readonly #options: AuditLogOptions;
  readonly #joiner: DenialJoiner;
  readonly #capacity: number;
  #queue: AuditEventRow[] = [];
  readonly #waiters = new Map<string, Waiter>();
  #dropped: { count: number; readonly firstAt: Date } | null = null;
  #timer: { readonly callOff: () => void; readonly dueAt: number } | null = null;
  #writing: Promise<void> | null = null;
  #isAway = false;
  #isClosed = false;

  constructor(options: AuditLogOptions) {
    const { windowMs = 60_000, kindsPerUser = 30, kinds = 1000, capacity = 10_000 } = options;
    this.#options = { ...options, windowMs };
    this.#capacity = capacity;
    this.#joiner = new DenialJoiner({ windowMs, kindsPerUser, kinds });
  }

  /** Queues an entry. Never throws, and never waits. */
  record(entry: AuditEntry): void {
    if (this.#isClosed) return;
    const at = this.#options.now();
    this.#takeJoined(at);
    const clean = cleanEntry(entry, this.#options.clean);
    const kept = clean.outcome === 'DENIED' ? this.#joiner.add(clean, at) : clean;
    if (kept !== null) this.#enqueue(this.#toRow(kept, { at, firstAt: at, count: 1 }));
    this.#arm();
  }

  /**
   * Resolves when the entry is in the database.
   * @throws UnavailableError when it is not, or that cannot be said in time; it may be there all the same, now or later.
   */
  async store(entry: AuditEntry): Promise<void> {
    const at = this.#options.now();
    const clean = cleanEntry(entry, this.#options.clean);
    const row = this.#toRow(clean, { at, firstAt: at, count: 1 });
    if (this.#isClosed || !this.#enqueue(row)) throw unavailable();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiters.set(row.id, { resolve, reject });
    const timeout = setTimeout(() => reject(unavailable()), this.#options.storeTimeoutMs ?? 5000);
    this.#arm();
    try {
      await promise;
    } finally {
      clearTimeout(timeout);
      this.#waiters.delete(row.id);
    }
  }

  /** Writes what there is, joined denials included, as far as the database takes it in time. Nothing is taken in afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#takeJoined(this.#options.now(), true);
    this.#timer?.callOff();
    const over = new AbortController();
    await isDoneWithin(this.#writeRest(over.signal), this.#options.closeTimeoutMs ?? 2000);
    over.abort();
    const left = this.#queue.reduce((sum, { count }) => sum + count, this.#dropped?.count ?? 0);
    if (left > 0) this.#options.log.error({ events: left }, 'the last events of the audit log are lost');
    for (const { reject } of this.#waiters.values()) reject(unavailable());
  }

  async #writeRest(signal: AbortSignal): Promise<void> {
    await this.#writing;
    while (!signal.aborted && (this.#queue.length > 0 || this.#dropped !== null)) {
      await this.#write();
      if (this.#isAway) await delay(RETRY_MS, signal).catch(() => undefined);
    }
  }

  #toRow(entry: CleanEntry, when: Pick<AuditEventRow, 'at' | 'firstAt' | 'count'>): AuditEventRow {
    return { ...entry, ...when, id: uuidV7(when.at.getTime()), nodeId: this.#options.nodeId };
  }

  #takeJoined(at: Date, all = false): void {
    for (const joined of all ? this.#joiner.takeAll() : this.#joiner.take(at)) {
      this.#enqueue(this.#toRow(joined.entry, joined));
    }
  }

  #enqueue(row: AuditEventRow): boolean {
    if (this.#queue.length >= this.#capacity) {
      this.#drop(row);
      return false;
    }
    this.#queue.push(row);
    return true;
  }

  #drop({ count, firstAt }: Pick<AuditEventRow, 'count' | 'firstAt'>): void {
    if (this.#dropped === null) this.#dropped = { count, firstAt };
    else this.#dropped.count += count;
  }

  /** Sets the timer for the next statement; while one is under way, its end does so. */
  #arm(): void {
    if (this.#writing !== null || this.#isClosed) return;
    const dueInMs = this.#dueInMs();
    const dueAt = performance.now() + dueInMs;
    if (dueInMs === Infinity || (this.#timer !== null && this.#timer.dueAt <= dueAt)) return;
    this.#timer?.callOff();
    this.#timer = { callOff: callIn(dueInMs, () => this.#start()), dueAt };
  }

  #dueInMs(): number {
    const { intervalMs = 100, windowMs = 0 } = this.#options;
    if (this.#queue.length === 0 && this.#dropped === null) {
      return this.#joiner.hasJoined ? Math.min(windowMs, 2 ** 30) : Infinity;
    }
    if (this.#isAway) return RETRY_MS;
    return this.#waiters.size > 0 || this.#queue.length >= BATCH ? 0 : intervalMs;
  }

  #start(): void {
    this.#timer = null;
    this.#takeJoined(this.#options.now());
    this.#writing = this.#write().finally(() => {
      this.#writing = null;
      this.#arm();
    });
  }

  async #write(): Promise<void> {
    this.#tellDropped();
    const batch = this.#queue.slice(0, BATCH);
    try {
      await this.#insert(batch);
      if (this.#isAway) this.#options.log.info('the audit log is written again');
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway)
        this.#options.log.warn({ err: error }, 'the audit log cannot be written; events wait');
      this.#isAway = true;
      // Whoever waits is not to wait for the database to come back; the event stays.
      for (const { id } of batch) this.#waiters.get(id)?.reject(error);
      return;
    }
    const written = new Set(batch);
    this.#queue = this.#queue.filter((row) => !written.has(row));
    for (const { id } of batch) this.#waiters.get(id)?.resolve();
  }

  /** @throws UnavailableError */
  async #insert(rows: readonly AuditEventRow[]): Promise<void> {
    try {
      await this.#options.insert(rows);
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      if (rows.length > 1) for (const row of rows) await this.#insert([row]);
      else if (rows[0] !== undefined) this.#refuse(rows[0], error);
    }
  }

  #refuse(row: AuditEventRow, error: unknown): void {
    if (row.outcome === 'DROPPED') throw unavailable(error);
    this.#options.log.error({ err: error }, 'the audit log refused an event');
    this.#queue = this.#queue.filter((queued) => queued !== row);
    this.#drop(row);
    this.#waiters.get(row.id)?.reject(unavailable());
  }

  /** Queues the event that tells of those that were left out, once the database is there again. */
  #tellDropped(): void {
    const dropped = this.#dropped;
    if (dropped === null || this.#isAway) return;
    this.#dropped = null;
    const count = Math.min(dropped.count, MAX_COUNT);
    const when = { ...dropped, count, at: this.#options.now() };
    this.#queue.push(this.#toRow({ ...NOTHING, outcome: 'DROPPED' }, when));
  }
}

const NOTHING: Omit<CleanEntry, 'outcome'> = {
  correlationId: null,
  transport: null,
  userId: null,
  code: null,
  reason: 'So many events could not be kept.',
  operationName: null,
  field: null,
  path: [],
  ids: {},
  required: [],
  grants: [],
};

function unavailable(cause?: unknown): UnavailableError {
  return new UnavailableError('What is asked cannot be written into the audit log now.', { cause });
}
