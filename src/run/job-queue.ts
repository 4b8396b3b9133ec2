import { fromKysely, PgBoss } from 'pg-boss';

import { hashText } from '../lib/hash-text.ts';
import { createLogger, type Logger } from '../lib/logger.ts';
import type { Database } from '../store/database.ts';
import { toStoreError } from '../store/to-store-error.ts';
import type { Dispatch } from './dispatch.ts';

/** A wake-up that this process has fetched and not settled. */
export interface Job {
  readonly id: string;
  readonly runId: string;
}

export interface JobQueueOptions {
  readonly database: Pick<Database, 'kind' | 'execute'>;
  /** The schema of our own tables; those of the jobs are beside it. */
  readonly schema: string;
  readonly log: Logger;
}

/** Wake-ups in the database, by pg-boss. Disposing of it leaves them there. */
export interface JobQueue extends Dispatch, AsyncDisposable {
  /** At most `limit` wake-ups, which nobody else gets until they are settled, or for a minute. */
  fetch(limit: number): Promise<Job[]>;
  /** Removes wake-ups that have been looked at. */
  settle(jobs: readonly Job[]): Promise<void>;
  /** Leaves a wake-up to whoever fetches next. */
  giveBack(job: Job): Promise<void>;
}

const QUEUE = 'run';
/** After so long a wake-up that was fetched is given to another process. */
const EXPIRE_SECONDS = 60;
const DAY_SECONDS = 86_400;

/**
 * The queue, with its tables made where they are missing.
 * @throws UnavailableError when the database is away.
 */
export async function openJobQueue(options: JobQueueOptions): Promise<JobQueue> {
  const boss = createBoss(options);
  return await translated(async () => {
    await boss.start();
    // It is known from here on: to look it up in the middle of a transaction would be to wait for its connection.
    await boss.createQueue(QUEUE, {
      expireInSeconds: EXPIRE_SECONDS,
      // A wake-up is tried until it is settled; deciding what a run comes to is not the queue's matter.
      retryLimit: 1_000_000,
      retryDelay: 0,
      retentionSeconds: 30 * DAY_SECONDS,
    });
    return toJobQueue(boss);
  });
}

/** Makes the queue's tables where they are missing. */
export async function installJobQueue(database: JobQueueOptions['database'], schema: string): Promise<void> {
  const queue = await openJobQueue({ database, schema, log: createLogger('silent') });
  await queue[Symbol.asyncDispose]();
}

/**
 * Nothing of pg-boss' own is used but the queue: no schedules, no flows, no listening. What it looks after in the background is one
 * look a minute for wake-ups whose process died.
 */
function createBoss({ database, schema, log }: JobQueueOptions): PgBoss {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.execute(text, values ?? []) },
    ...(database.kind === 'pglite' ? { backend: 'pglite' as const } : {}),
    schema: toJobSchema(schema),
    schedule: false,
    registerInstance: false,
    persistWarnings: false,
    monitorVacuum: false,
    reindex: database.kind === 'postgres',
    openTelemetry: { enabled: false },
    superviseIntervalSeconds: 60,
    queueCacheIntervalSeconds: DAY_SECONDS,
    bamIntervalSeconds: DAY_SECONDS,
    flowIntervalSeconds: DAY_SECONDS,
  });
  boss.on('error', (error) => log.warn({ err: error }, 'the job queue failed in the background'));
  boss.on('warning', (warning) => log.debug({ warning }, 'the job queue warns'));
  return boss;
}

function toJobQueue(boss: PgBoss): JobQueue {
  return {
    async enqueue(trx, runId) {
      await translated(() => boss.send(QUEUE, { runId }, { db: fromKysely(trx) }));
    },
    async fetch(limit) {
      const jobs = await translated(() => boss.fetch<{ runId: string }>(QUEUE, { batchSize: limit }));
      return jobs.map(({ id, data }) => ({ id, runId: data.runId }));
    },
    async settle(jobs) {
      if (jobs.length === 0) return;
      const ids = jobs.map(({ id }) => id);
      await translated(() => boss.deleteJob(QUEUE, ids));
    },
    async giveBack({ id }) {
      // As a try that failed, which is tried again at once.
      await translated(() => boss.fail(QUEUE, id));
    },
    [Symbol.asyncDispose]: () => boss.stop({ graceful: false, close: false }),
  };
}

/** The schema of the jobs, beside ours. The longest name that Postgres keeps is 63 bytes, as many as the letters of our schema's. */
export function toJobSchema(schema: string): string {
  return `${schema.length <= 58 ? schema : `${schema.slice(0, 49)}_${hashText(schema).toString(16).padStart(8, '0')}`}_jobs`;
}

async function translated<TResult>(act: () => Promise<TResult>): Promise<TResult> {
  try {
    return await act();
  } catch (error) {
    throw toStoreError(error);
  }
}
