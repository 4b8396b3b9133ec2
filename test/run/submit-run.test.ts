import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ConflictError, LimitExceededError, MissingScopeError, NotFoundError } from '../../src/errors.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { type RunRequest, submitRun } from '../../src/run/submit-run.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { deleteSession, listSessions } from '../../src/store/session.ts';
import { NO_USER_LIMITS, type UserLimits } from '../../src/store/user-limits.ts';
import { StoreFixture } from '../store/store-fixture.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';

function caller(id: string, ...scopes: string[]) {
  return { id, tokenId: null, issuedAt: null, grants: new GrantSet(['agents:run', ...scopes]) };
}

describe.each(DATABASE_KINDS)('submitting a run on %s', (kind) => {
  let database: TestDatabase;
  let store: StoreFixture;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    store = new StoreFixture(database);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const submit = (request: Partial<RunRequest> & Pick<RunRequest, 'starter'>, limits?: UserLimits) =>
    submitRun(
      { db: database.db, dispatch: { enqueue: async () => undefined }, ...(limits && { limits }) },
      {
        agentId: 'bot',
        message: 'hello',
        sessionId: null,
        userId: null,
        runId: null,
        idempotencyKey: null,
        onBusy: 'ENQUEUE',
        now: new Date(),
        ...request,
      },
    );

  it('sent many times at once under one id makes one run and one session', async () => {
    const request = { starter: caller('dora'), runId: uuidV7() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit(request)));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
    const { rows } = await listSessions(database.db, ['dora'], { page: {} });
    expect(rows.map(({ id }) => id)).toEqual([answers[0]?.run.sessionId]);
  });

  it('in a session belongs to its owner, and keeps who started it and what that one may', async () => {
    const session = await store.session({ agentId: 'bot', owner: 'ann' });
    const starter = caller('bob', 'users:ann:read', 'users:ann:act');
    const { run } = await submit({ starter, sessionId: session.id });
    expect(run).toMatchObject({ owner: 'ann', startedBy: 'bob', scopes: starter.grants.scopes });
  });

  it('is answered again only for those who could still ask for it', async () => {
    const session = await store.session({ agentId: 'bot', owner: 'ann' });
    const request = { sessionId: session.id, runId: uuidV7() };
    const starter = caller('bob', 'users:ann:read', 'users:ann:act');
    const { run } = await submit({ ...request, starter });
    expect(await submit({ ...request, starter })).toEqual({ run, replayed: true });
    await expect(submit({ ...request, starter: caller('bob') })).rejects.toBeInstanceOf(NotFoundError);
    const reader = caller('bob', 'users:ann:read');
    await expect(submit({ ...request, starter: reader })).rejects.toBeInstanceOf(MissingScopeError);
  });

  it.each<[string, Partial<RunRequest>]>([
    ['another message', { message: 'other' }],
    ['another agent', { agentId: 'other' }],
    ['a session', { sessionId: uuidV7() }],
    ['a user', { userId: 'ann' }],
    ['another caller', { starter: caller('eve', 'agent_os:admin') }],
  ])('under a used id with %s is a ConflictError', async (_, change) => {
    const request = { starter: caller('ann'), runId: uuidV7() };
    await submit(request);
    await expect(submit({ ...request, ...change })).rejects.toBeInstanceOf(ConflictError);
  });

  it('for another user makes a session of that user, and is refused to who may not act for them', async () => {
    const starter = caller('bob', 'users:ann:read', 'users:ann:act');
    const { run } = await submit({ starter, userId: 'ann' });
    expect(run).toMatchObject({ owner: 'ann', startedBy: 'bob' });
    for (const scopes of [[], ['users:ann:read'], ['users:ann:act']])
      await expect(submit({ starter: caller('bob', ...scopes), userId: 'ann' })).rejects.toBeInstanceOf(
        MissingScopeError,
      );
    await expect(submit({ starter, userId: 'bob', sessionId: run.sessionId })).rejects.toBeInstanceOf(
      ConflictError,
    );
  });

  it.each<[string, string[], unknown]>([
    ['somebody else without rights', [], NotFoundError],
    ['one who may act and not read', ['users:ann:act'], NotFoundError],
    ['a reader', ['users:ann:read'], MissingScopeError],
    ['a reader of all who may act for another', ['users:read', 'users:carl:act'], MissingScopeError],
  ])('in a session of ann by %s is refused', async (_, scopes, expected) => {
    const session = await store.session({ agentId: 'bot', owner: 'ann' });
    const starter = caller('bob', ...scopes);
    await expect(submit({ starter, sessionId: session.id })).rejects.toBeInstanceOf(expected);
  });

  it("in another agent's session is a ConflictError, in a deleted one a NotFoundError", async () => {
    const session = await store.session({ agentId: 'other', owner: 'ann' });
    const request = { starter: caller('ann'), sessionId: session.id };
    await expect(submit(request)).rejects.toBeInstanceOf(ConflictError);
    await deleteSession(database.db, 'all', session.id);
    await expect(submit(request)).rejects.toBeInstanceOf(NotFoundError);
  });

  describe('under an idempotency key', () => {
    it('sent many times at once makes one run and one session', async () => {
      const request = { starter: caller('kate'), idempotencyKey: 'order 7' };
      const answers = await Promise.all(Array.from({ length: 8 }, () => submit(request)));
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
      const { rows } = await listSessions(database.db, ['kate'], { page: {} });
      expect(rows).toHaveLength(1);
    });

    it('is the starter’s own: another starter’s run of the same key is another run', async () => {
      const first = await submit({ starter: caller('luke'), idempotencyKey: 'mine' });
      const second = await submit({ starter: caller('mary'), idempotencyKey: 'mine' });
      expect(second.replayed).toBe(false);
      expect(second.run.id).not.toBe(first.run.id);
    });

    it('is answered again whatever is to happen when the session is busy', async () => {
      const request = { starter: caller('nora'), idempotencyKey: 'k' };
      const { run } = await submit(request);
      const again = await submit({ ...request, onBusy: 'REJECT' });
      expect(again).toEqual({ run, replayed: true });
    });

    it('together with an id names one run by both', async () => {
      const starter = caller('olga');
      const request = { starter, runId: uuidV7(), idempotencyKey: 'both' };
      const { run } = await submit(request);
      expect(await submit(request)).toEqual({ run, replayed: true });
      expect(await submit({ ...request, runId: null })).toEqual({ run, replayed: true });
      expect(await submit({ ...request, idempotencyKey: null })).toEqual({ run, replayed: true });
    });

    it.each<[string, Partial<RunRequest>]>([
      ['another message', { message: 'other' }],
      ['another agent', { agentId: 'other' }],
      ['a session', { sessionId: uuidV7() }],
      ['an id of its own', { runId: uuidV7() }],
    ])('that is used, with %s is a ConflictError', async (_, change) => {
      const request = { starter: caller('paul'), idempotencyKey: 'used' };
      await submit(request);
      await expect(submit({ ...request, ...change })).rejects.toBeInstanceOf(ConflictError);
    });

    it('that is new is a ConflictError under the id of a run without it, and of one with another', async () => {
      const request = { starter: caller('quin'), runId: uuidV7() };
      await submit(request);
      await expect(submit({ ...request, idempotencyKey: 'late' })).rejects.toBeInstanceOf(ConflictError);
      const other = { starter: caller('quin'), runId: uuidV7(), idempotencyKey: 'a' };
      await submit(other);
      await expect(submit({ ...other, idempotencyKey: 'b' })).rejects.toBeInstanceOf(ConflictError);
      await submit({ starter: caller('quin'), idempotencyKey: 'c' });
      await expect(submit({ ...other, idempotencyKey: 'c' })).rejects.toBeInstanceOf(ConflictError);
    });

    it('is answered again only for those who could still ask for it', async () => {
      const session = await store.session({ agentId: 'bot', owner: 'ann' });
      const request = { sessionId: session.id, idempotencyKey: 'in ann’s' };
      await submit({ ...request, starter: caller('rosa', 'users:ann:read', 'users:ann:act') });
      await expect(submit({ ...request, starter: caller('rosa') })).rejects.toBeInstanceOf(NotFoundError);
    });
  });

  describe('that is refused by a busy session', () => {
    const rejecting = { starter: caller('sam'), onBusy: 'REJECT' } as const;

    it.each(['QUEUED', 'RUNNING', 'PAUSED'] as const)(
      'is a ConflictError while a run is %s',
      async (status) => {
        const session = await store.session({ agentId: 'bot', owner: 'sam' });
        const run = await store.queued(session);
        await database.db.updateTable('run').set({ status }).where('id', '=', run.id).execute();
        await expect(submit({ ...rejecting, sessionId: session.id })).rejects.toBeInstanceOf(ConflictError);
        const queued = await submit({ ...rejecting, sessionId: session.id, onBusy: 'ENQUEUE' });
        expect(queued.run.turn).toBe(1);
      },
    );

    it('is stored when the session is idle, and in a new one', async () => {
      const session = await store.session({ agentId: 'bot', owner: 'sam' });
      await store.end((await store.queued(session)).id, null);
      expect((await submit({ ...rejecting, sessionId: session.id })).run.turn).toBe(1);
      expect((await submit(rejecting)).run.turn).toBe(0);
    });

    it('is stored once when many are sent at once', async () => {
      const session = await store.session({ agentId: 'bot', owner: 'sam' });
      const sent = Array.from({ length: 6 }, () => submit({ ...rejecting, sessionId: session.id }));
      const settled = await Promise.allSettled(sent);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });

  describe('with limits of its starter', () => {
    const submitWithin = (
      limits: Partial<UserLimits>,
      request: Partial<RunRequest> & Pick<RunRequest, 'starter'>,
    ) => submit(request, { ...NO_USER_LIMITS, ...limits });

    it('is refused beyond so many at once, also when many are sent at once, and taken again after one has ended', async () => {
      const starter = caller('tess');
      const sent = Array.from({ length: 6 }, () => submitWithin({ maxRuns: 2 }, { starter }));
      const settled = await Promise.allSettled(sent);
      const stored = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.run] : []));
      expect(stored).toHaveLength(2);
      for (const one of settled.filter((result) => result.status === 'rejected'))
        expect(one.reason).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'userRuns', retryAfterMs: 1000 });
      await submitWithin({ maxRuns: 2 }, { starter: caller('una') });
      await store.end(stored[0]?.id ?? '', null);
      await submitWithin({ maxRuns: 2 }, { starter });
    });

    it('counts what the starter runs in the sessions of others', async () => {
      const session = await store.session({ agentId: 'bot', owner: 'zara' });
      const starter = caller('vera', 'users:zara:read', 'users:zara:act');
      await submitWithin({ maxRuns: 1 }, { starter, sessionId: session.id });
      await expect(submitWithin({ maxRuns: 1 }, { starter })).rejects.toBeInstanceOf(LimitExceededError);
      await submitWithin({ maxRuns: 1 }, { starter: caller('zara'), sessionId: session.id });
    });

    it('is refused beyond so many a minute, and taken again when the bucket has filled by one', async () => {
      const starter = caller('walt');
      const at = (ms: number) =>
        submitWithin({ runsPerMinute: 3 }, { starter, now: new Date(1_800_000_000_000 + ms) });
      for (const ms of [0, 10, 20]) await at(ms);
      const refused = await at(1000).catch((error: unknown) => error);
      expect(refused).toMatchObject({ limit: 'userRunsPerMinute', status: 429 });
      const { retryAfterMs = 0 } = refused as LimitExceededError;
      expect(retryAfterMs).toBeGreaterThan(18_900);
      expect(retryAfterMs).toBeLessThan(19_100);
      await expect(at(1000 + retryAfterMs - 10)).rejects.toBeInstanceOf(LimitExceededError);
      await at(1000 + retryAfterMs);
      await expect(at(1000 + retryAfterMs)).rejects.toBeInstanceOf(LimitExceededError);
      for (const ms of [120_000, 120_000, 120_000]) await at(ms);
      await expect(at(120_000)).rejects.toBeInstanceOf(LimitExceededError);
    });

    it('counts nothing that was not stored: a refusal of the session, a replay', async () => {
      const starter = caller('xena');
      const request = { starter, idempotencyKey: 'again' };
      const limits = { maxRuns: 1, runsPerMinute: 1 };
      await expect(submitWithin(limits, { starter, sessionId: uuidV7() })).rejects.toBeInstanceOf(
        NotFoundError,
      );
      const answers = await Promise.all(Array.from({ length: 6 }, () => submitWithin(limits, request)));
      expect(answers.filter(({ replayed }) => replayed)).toHaveLength(5);
    });

    it('is counted also when the session it made is deleted', async () => {
      const starter = caller('yves');
      const { run } = await submitWithin({ runsPerMinute: 1 }, { starter });
      await deleteSession(database.db, 'all', run.sessionId);
      await expect(submitWithin({ runsPerMinute: 1 }, { starter })).rejects.toBeInstanceOf(
        LimitExceededError,
      );
    });
  });
});
