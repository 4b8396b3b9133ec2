import { NotFoundError } from '../../src/errors.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { claimRun } from '../../src/store/claim-run.ts';
import { type Database } from '../../src/store/database.ts';
import { endRun, type RunEnd, type RunEnded } from '../../src/store/end-run.ts';
import { insertRun, type NewRun } from '../../src/store/insert-run.ts';
import { type RunRow } from '../../src/store/run-row.ts';
import { insertSession, lockSession, type NewSession, type SessionRow } from '../../src/store/session.ts';

export const NOW = new Date('2026-01-02T03:04:05.678Z');
export const NO_METRICS = {
  inputTokens: 0,
  outputTokens: 0,
  modelCalls: 0,
  toolCalls: 0,
  timeToFirstTokenMs: null,
};

/** Writes rows as the engine does, each step a transaction, with values that a test does not care about filled in. */
export class StoreFixture {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor(database: Database, now = () => NOW) {
    this.#database = database;
    this.#now = now;
  }

  async session(values: Partial<NewSession> = {}): Promise<SessionRow> {
    const defaults = { id: uuidV7(), agentId: 'agent', owner: 'ada', name: null, now: this.#now() };
    return await insertSession(this.#database.db, { ...defaults, ...values });
  }

  async queued(session: Pick<SessionRow, 'id'>, values: Partial<NewRun> = {}): Promise<RunRow> {
    const run = await this.tryQueue(session, values);
    if (run === null) throw new Error('The id of the run is taken.');
    return run;
  }

  async tryQueue(session: Pick<SessionRow, 'id'>, values: Partial<NewRun> = {}): Promise<RunRow | null> {
    const run = {
      id: uuidV7(),
      stepId: uuidV7(),
      startedBy: 'ada',
      input: 'Hello',
      inputDigest: 'digest',
      scopes: ['agents:run'],
      now: this.#now(),
      ...values,
    };
    return await this.#database.db.transaction().execute(async (trx) => {
      const locked = await lockSession(trx, 'all', session.id);
      if (locked === null) throw new NotFoundError('Session');
      return await insertRun(trx, locked, run);
    });
  }

  async claim(runId: string, leaseOwner = this.#database.nodeId): Promise<RunRow | null> {
    const claim = { runId, leaseOwner, model: 'model-1', now: () => this.#now() };
    return await this.#database.db.transaction().execute((trx) => claimRun(trx, claim));
  }

  /** A run of a new session, claimed. */
  async running(session?: SessionRow): Promise<RunRow> {
    const run = await this.claim((await this.queued(session ?? (await this.session()))).id);
    if (run === null) throw new Error('The run cannot be claimed.');
    return run;
  }

  async end(runId: string, epoch: number | null, values: Partial<RunEnd> = {}): Promise<RunEnded> {
    const end = {
      runId,
      epoch,
      status: 'COMPLETED',
      output: null,
      error: null,
      metrics: NO_METRICS,
      now: this.#now(),
    } as const;
    return await this.#database.db.transaction().execute((trx) => endRun(trx, { ...end, ...values }));
  }
}
