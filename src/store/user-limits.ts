import { sql, type SqlBool } from 'kysely';

import { LimitExceededError } from '../errors.ts';
import { type Db } from './tables.ts';

/** What one user may start, on all nodes together. 0: without a limit. */
export interface UserLimits {
  /** Runs that are QUEUED or RUNNING at once. */
  readonly maxRuns: number;
  /** A bucket of so many starts, which fills evenly within a minute. */
  readonly runsPerMinute: number;
}

export const NO_USER_LIMITS: UserLimits = { maxRuns: 0, runsPerMinute: 0 };

/** When an open run will end is not known. */
const RETRY_OPEN_MS = 1000;
const MINUTE_MS = 60_000;

/**
 * Counts one more run that `userId` starts against the limits. `trx` must be the transaction that then stores the run: whoever starts
 * another for the same user waits for its end, and when it is rolled back nothing was counted. To be called before the session is
 * locked. Indexes: run_starter_idx, user_pace_pkey.
 * @throws LimitExceededError naming `userRuns` or `userRunsPerMinute`.
 */
export async function countUserRun(
  trx: Db,
  { maxRuns, runsPerMinute }: UserLimits,
  { userId, now }: { readonly userId: string; readonly now: Date },
): Promise<void> {
  if (maxRuns > 0) await requireFewRuns(trx, userId, maxRuns);
  if (runsPerMinute > 0) await takeFromBucket(trx, { userId, runsPerMinute, now });
}

async function requireFewRuns(trx: Db, userId: string, maxRuns: number): Promise<void> {
  // Held until the transaction ends; the count is a statement of its own, so it sees what was committed until then.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`ambit user runs ${userId}`}, 0))`.execute(trx);
  const { count } = await trx
    .selectFrom('run')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('started_by', '=', userId)
    .where('status', 'in', ['QUEUED', 'RUNNING'])
    .executeTakeFirstOrThrow();
  if (count < maxRuns) return;
  throw new LimitExceededError('userRuns', `No more than ${maxRuns} of your runs may be open at once.`, {
    status: 429,
    retryAfterMs: RETRY_OPEN_MS,
  });
}

/** The conflict locks the user's row whether or not it is updated, so that the second statement sees what the first one judged. */
async function takeFromBucket(
  trx: Db,
  { userId, runsPerMinute, now }: { userId: string; runsPerMinute: number; now: Date },
): Promise<void> {
  const share = sql`make_interval(secs => ${60 / runsPerMinute}::double precision)`;
  const at = sql`${now}::timestamptz`;
  const taken = await trx
    .insertInto('user_pace')
    .values({ user_id: userId, full_at: sql`${at} + ${share}` })
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet({ full_at: sql`greatest(user_pace.full_at, ${at}) + ${share}` })
        .where(sql<SqlBool>`greatest(user_pace.full_at, ${at}) + ${share} <= ${at} + interval '1 minute'`),
    )
    .returning('user_id')
    .executeTakeFirst();
  if (taken !== undefined) return;
  const { full_at: fullAt } = await trx
    .selectFrom('user_pace')
    .select('full_at')
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  const waitMs = fullAt.getTime() + MINUTE_MS / runsPerMinute - MINUTE_MS - now.getTime();
  throw new LimitExceededError(
    'userRunsPerMinute',
    `No more than ${runsPerMinute} runs a minute may be started by you.`,
    // Rounded up, and a millisecond for what an instant in memory leaves out.
    { status: 429, retryAfterMs: Math.max(1, Math.ceil(waitMs) + 1) },
  );
}
