import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';

import { NotFoundError } from '../../src/errors.ts';
import { eraseUser } from '../../src/run/erase-user.ts';
import { submitRun } from '../../src/run/submit-run.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import type { Owners } from '../../src/store/owner.ts';
import { findRunById, listRuns } from '../../src/store/run.ts';
import { deleteSession } from '../../src/store/session.ts';
import type { Db } from '../../src/store/tables.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { type EngineFixture, startEngine } from './engine-fixture.ts';

const USER = 'bob-7f3a';
const ROUNDS = 8;
const LIMITS = { maxRuns: 1000, runsPerMinute: 100_000 };

async function submit({ database, parts, engine }: EngineFixture, sessionId: string | null): Promise<void> {
  const grants = new GrantSet(['agents:run', 'users:ann:read', 'users:ann:act']);
  const starter = { id: USER, grants, tokenId: null, issuedAt: null };
  const asked = {
    agentId: 'bot',
    message: 'Hello',
    userId: null,
    runId: null,
    idempotencyKey: null,
  } as const;
  const { run } = await submitRun(
    { db: database.db, dispatch: parts.dispatch, limits: LIMITS },
    { ...asked, sessionId, starter, onBusy: 'ENQUEUE', now: new Date() },
  );
  engine.wake(run.id);
}

/** In which tables the user is named. */
async function traces(db: Db): Promise<string[]> {
  const found: string[] = [];
  for (const table of ['session', 'run', 'step', 'run_event', 'approval', 'user_pace']) {
    const text = sql`select 1 from ambit.${sql.raw(table)} as r where r::text like ${`%${USER}%`} limit 1`;
    if ((await text.execute(db)).rows.length > 0) found.push(table);
  }
  return found;
}

describe.each(DATABASE_KINDS)('erasing a user on %s', (kind) => {
  it('passes over a run that is deleted meanwhile', async () => {
    await using fixture = await startEngine(kind);
    const { db } = fixture.database;
    const others = await fixture.store.session({ agentId: 'bot', owner: 'ann' });
    const { id } = await fixture.store.queued(others, { startedBy: USER });
    const engine = {
      async cancel(owners: Owners, runId: string): Promise<void> {
        await fixture.engine.cancel(owners, runId);
        await deleteSession(db, 'all', others.id);
      },
    };
    const options = { engine, reader: fixture.reader, now: () => new Date() };
    expect(await eraseUser(db, USER, options)).toMatchObject({ isComplete: true });
    expect(await findRunById(db, id)).toBeNull();
  });

  it('gets along with runs that the user starts meanwhile, and leaves nothing once that is over', async () => {
    await using fixture = await startEngine(kind);
    for (let run = 0; run < 3 * ROUNDS; run += 1) fixture.model.enqueue({ text: 'Hi.' });
    const { db } = fixture.database;
    const others = await fixture.store.session({ agentId: 'bot', owner: 'ann' });
    const own = await fixture.store.session({ agentId: 'bot', owner: USER });
    const options = { engine: fixture.engine, reader: fixture.reader, now: () => new Date() };
    const ending = new AbortController();
    const starting = async (): Promise<void> => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const asked = [others.id, null, own.id].map((id) => submit(fixture, id));
        const settled = await Promise.allSettled(asked);
        // The session may be gone by then: nothing else is an answer.
        for (const result of settled)
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(NotFoundError);
      }
    };
    const erasing = async (): Promise<void> => {
      while (!ending.signal.aborted) await eraseUser(db, USER, options);
    };
    await Promise.all([starting().finally(() => ending.abort()), erasing()]);
    expect(await eraseUser(db, USER, options)).toMatchObject({ isComplete: true });
    expect(await traces(db)).toEqual([]);
    const { rows } = await listRuns(db, ['ann'], { sessionId: others.id, page: { first: 100 } });
    expect(rows).toHaveLength(ROUNDS);
    expect(rows.filter(({ startedBy, finishedAt }) => startedBy !== '' || finishedAt === null)).toEqual([]);
  });
});
