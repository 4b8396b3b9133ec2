import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { deleteIdleSession } from '../../src/store/delete-idle-session.ts';
import { appendEvents, readEvents } from '../../src/store/event.ts';
import { findRunsToWake } from '../../src/store/find-runs-to-wake.ts';
import { findAbandonedRuns } from '../../src/store/abandoned-run.ts';
import { registerNode } from '../../src/store/node.ts';
import { requeueRun } from '../../src/store/requeue-run.ts';
import { findRun, findRunById, listRuns, requestCancel } from '../../src/store/run.ts';
import { findSession, lockSession } from '../../src/store/session.ts';
import { listRunSteps } from '../../src/store/step.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';
import { NO_METRICS, NOW, StoreFixture } from './store-fixture.ts';

describe.each(DATABASE_KINDS)('runs on %s', (kind) => {
  let database: TestDatabase;
  let fixture: StoreFixture;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    fixture = new StoreFixture(database);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  describe('inserting', () => {
    test('a run is QUEUED as the next turn, with the session’s agent and owner and its input as first step', async () => {
      const session = await fixture.session({ agentId: 'weather', owner: 'bob' });
      const first = await fixture.queued(session);
      const second = await fixture.queued(session, { startedBy: 'ada', input: 'And \u0000now \ud800?' });
      expect(first).toMatchObject({ turn: 0, status: 'QUEUED', lastSeq: 0, attempt: 0, leaseEpoch: 0 });
      expect(second).toMatchObject({ turn: 1, agentId: 'weather', owner: 'bob', startedBy: 'ada' });
      expect(second).toMatchObject({
        input: 'And \ufffdnow \ufffd?',
        scopes: ['agents:run'],
        createdAt: NOW,
      });
      expect(await listRunSteps(database.db, second.id)).toMatchObject([
        { kind: 'input', index: 0, turn: 1, content: second.input, sessionId: session.id },
      ]);
    });

    test('an id that is taken gives null and changes nothing, in the same session and in another', async () => {
      const session = await fixture.session();
      const other = await fixture.session({ now: new Date(0) });
      const run = await fixture.queued(session);
      expect(await fixture.tryQueue(session, { id: run.id })).toBeNull();
      expect(await fixture.tryQueue(other, { id: run.id.toUpperCase() })).toBeNull();
      expect((await fixture.queued(session)).turn).toBe(1);
      expect((await findSession(database.db, 'all', other.id))?.updatedAt).toEqual(new Date(0));
    });

    test.each(['all-unknown', 'foreign', 'malformed'])('an %s session is not found', async (which) => {
      const session = await fixture.session();
      const id = { 'all-unknown': uuidV7(), foreign: session.id, malformed: 'x' }[which] ?? '';
      const owners = which === 'foreign' ? ['eve'] : 'all';
      const locked = await database.db.transaction().execute((trx) => lockSession(trx, owners, id));
      expect(locked).toBeNull();
    });

    test('runs accepted at once get dense, unique turns', async () => {
      const session = await fixture.session();
      const runs = await Promise.all(Array.from({ length: 20 }, () => fixture.queued(session)));
      expect(runs.map(({ turn }) => turn).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 20 }, (_, turn) => turn),
      );
    });

    test('of runs accepted at once under one id, one is stored', async () => {
      const [one, two] = [await fixture.session(), await fixture.session()];
      const id = uuidV7();
      const runs = await Promise.all(
        [one, two, one, two].map((session) => fixture.tryQueue(session, { id })),
      );
      expect(runs.filter((run) => run !== null)).toHaveLength(1);
    });
  });

  describe('claiming', () => {
    test('a claim takes the lease, makes the run active and appends RunStarted', async () => {
      const session = await fixture.session();
      const { id } = await fixture.queued(session);
      const run = await fixture.claim(id, 'node-1');
      expect(run).toMatchObject({
        status: 'RUNNING',
        attempt: 1,
        leaseEpoch: 1,
        leaseOwner: 'node-1',
        lastSeq: 1,
      });
      expect(run).toMatchObject({ startedAt: NOW, model: 'model-1' });
      expect(await findRunById(database.db, id)).toEqual(run);
      expect((await findSession(database.db, 'all', session.id))?.activeRunId).toBe(id);
      expect(await readEvents(database.db, { runId: id, after: 0, limit: 10 })).toEqual([
        { runId: id, seq: 1, type: 'RunStarted', payload: { attempt: 1, model: 'model-1' }, at: NOW },
      ]);
    });

    test('of claims made at once, one wins', async () => {
      const { id } = await fixture.queued(await fixture.session());
      const claims = await Promise.all(Array.from({ length: 8 }, () => fixture.claim(id)));
      expect(claims.filter((run) => run !== null)).toHaveLength(1);
    });

    test('a session has one active run, and the earliest turn goes first', async () => {
      const session = await fixture.session();
      const [first, second] = [await fixture.queued(session), await fixture.queued(session)];
      expect(await fixture.claim(second.id)).toBeNull();
      expect(await fixture.claim(first.id)).not.toBeNull();
      expect(await fixture.claim(second.id)).toBeNull();
      expect(await fixture.end(first.id, 1)).toEqual({ ended: true, lastSeq: 2, nextRunId: second.id });
      expect(await fixture.claim(second.id)).not.toBeNull();
    });

    test('of two runs of a session claimed at once, one becomes active', async () => {
      const session = await fixture.session();
      const runs = [await fixture.queued(session), await fixture.queued(session)];
      const claims = await Promise.all(runs.map(({ id }) => fixture.claim(id)));
      expect(claims.map((run) => run?.id)).toEqual([runs[0]?.id, undefined]);
    });

    test.each(['x', uuidV7()])('the unknown id %s is not claimed', async (id) => {
      expect(await fixture.claim(id)).toBeNull();
    });

    test('a run that is to be cancelled is not claimed', async () => {
      const { id } = await fixture.queued(await fixture.session());
      await requestCancel(database.db, 'all', { id, now: NOW });
      expect(await fixture.claim(id)).toBeNull();
    });

    test('of a claim and the end of the QUEUED run at once, one wins and the log says which', async () => {
      const { id } = await fixture.queued(await fixture.session());
      const [claimed, ended] = await Promise.all([
        fixture.claim(id),
        fixture.end(id, null, { status: 'CANCELLED' }),
      ]);
      expect(claimed !== null).not.toBe(ended.ended);
      const events = await readEvents(database.db, { runId: id, after: 0, limit: 10 });
      expect(events.map(({ type }) => type)).toEqual([claimed === null ? 'RunFinished' : 'RunStarted']);
    });
  });

  describe('ending', () => {
    test('the end is stored with RunFinished as the last event, and frees the session', async () => {
      const session = await fixture.session();
      const { id } = await fixture.running(session);
      const metrics = {
        inputTokens: 5,
        outputTokens: 7.9,
        modelCalls: 2,
        toolCalls: 1,
        timeToFirstTokenMs: 12.3,
      };
      const ended = await fixture.end(id, 1, {
        status: 'FAILED',
        output: 'So far \u0000',
        error: { code: 'MODEL_ERROR', message: 'It failed.' },
        metrics,
      });
      expect(ended).toEqual({ ended: true, lastSeq: 2, nextRunId: null });
      expect(await findRunById(database.db, id)).toMatchObject({
        status: 'FAILED',
        output: 'So far \ufffd',
        error: { code: 'MODEL_ERROR', message: 'It failed.' },
        metrics: { ...metrics, outputTokens: 7, timeToFirstTokenMs: 12 },
        finishedAt: NOW,
        lastSeq: 2,
      });
      expect(await readEvents(database.db, { runId: id, after: 1, limit: 10 })).toEqual([
        { runId: id, seq: 2, type: 'RunFinished', payload: {}, at: NOW },
      ]);
      expect((await findSession(database.db, 'all', session.id))?.activeRunId).toBeNull();
    });

    test('a run ends once, however many end it at once', async () => {
      const { id } = await fixture.running();
      const ends = await Promise.all(Array.from({ length: 6 }, () => fixture.end(id, 1)));
      expect(ends.filter(({ ended }) => ended)).toHaveLength(1);
      expect(await fixture.end(id, 1, { status: 'CANCELLED' })).toEqual({ ended: false });
      expect(await fixture.end(id, null)).toEqual({ ended: false });
      expect((await findRunById(database.db, id))?.lastSeq).toBe(2);
    });

    test.each([
      ['an older epoch', 0],
      ['a later epoch', 2],
      ['no epoch', null],
    ])('%s does not end a running run', async (_, epoch) => {
      const { id } = await fixture.running();
      expect(await fixture.end(id, epoch)).toEqual({ ended: false });
    });

    test('an epoch does not end a QUEUED run, no epoch does, and an active neighbour stays active', async () => {
      const session = await fixture.session();
      const active = await fixture.running(session);
      const [second, third] = [await fixture.queued(session), await fixture.queued(session)];
      expect(await fixture.end(second.id, 0)).toEqual({ ended: false });
      expect(await fixture.end(second.id, null, { status: 'CANCELLED' })).toEqual({
        ended: true,
        lastSeq: 1,
        nextRunId: null,
      });
      expect((await findSession(database.db, 'all', session.id))?.activeRunId).toBe(active.id);
      expect(await fixture.end(active.id, 1)).toMatchObject({ nextRunId: third.id });
    });

    test('with nothing active, the end of the first QUEUED run names the second', async () => {
      const session = await fixture.session();
      const [first, second] = [await fixture.queued(session), await fixture.queued(session)];
      expect(await fixture.end(first.id, null, { status: 'CANCELLED' })).toMatchObject({
        nextRunId: second.id,
      });
    });

    test.each([Number.NaN, -1, 1e20, Number.POSITIVE_INFINITY])(
      'a count of %s does not keep a run from ending',
      async (count) => {
        const { id } = await fixture.running();
        const metrics = { ...NO_METRICS, inputTokens: count };
        expect(await fixture.end(id, 1, { metrics })).toMatchObject({ ended: true });
      },
    );

    test('events flushed while the run ends are before RunFinished or nowhere', async () => {
      const { id } = await fixture.running();
      const flush = (seq: number) =>
        appendEvents(database.db, [{ runId: id, epoch: 1, seq, type: 'TextDelta', payload: {}, at: NOW }]);
      // One writer, so one flush after the other; the end comes whenever it does.
      const flushes = (async () => [await flush(2), await flush(3)])();
      const [[first, second]] = await Promise.all([flushes, fixture.end(id, 1)]);
      const events = await readEvents(database.db, { runId: id, after: 0, limit: 10 });
      expect(events.at(-1)?.type).toBe('RunFinished');
      expect((await findRunById(database.db, id))?.lastSeq).toBe(events.at(-1)?.seq);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, place) => place + 1));
      expect(events).toHaveLength(2 + (first?.written.size ?? 0) + (second?.written.size ?? 0));
    });
  });

  describe('cancelling', () => {
    test('a request marks an open run once, for its owners only', async () => {
      const session = await fixture.session({ owner: 'bob' });
      const { id } = await fixture.running(session);
      expect(await requestCancel(database.db, ['ada'], { id, now: NOW })).toBeNull();
      expect(await requestCancel(database.db, [], { id, now: NOW })).toBeNull();
      expect((await findRunById(database.db, id))?.cancelRequestedAt).toBeNull();
      const later = new Date(NOW.getTime() + 1);
      await requestCancel(database.db, ['bob'], { id, now: NOW });
      const run = await requestCancel(database.db, ['bob'], { id, now: later });
      expect(run).toMatchObject({ status: 'RUNNING', cancelRequestedAt: NOW, lastSeq: 1 });
    });

    test('an ended, an unknown and a malformed run are not marked', async () => {
      const { id } = await fixture.running();
      await fixture.end(id, 1);
      for (const runId of [id, uuidV7(), 'x']) {
        expect(await requestCancel(database.db, 'all', { id: runId, now: NOW })).toBeNull();
      }
    });
  });

  describe('reading', () => {
    test('a run is found by its owners only', async () => {
      const run = await fixture.queued(await fixture.session({ owner: 'carol' }));
      expect(await findRun(database.db, ['carol'], run.id.toUpperCase())).toEqual(run);
      expect(await findRun(database.db, ['dan', 'carol'], run.id)).toEqual(run);
      expect(await findRun(database.db, 'all', run.id)).toEqual(run);
      expect(await findRun(database.db, ['dan', 'erin'], run.id)).toBeNull();
      expect(await findRun(database.db, [], run.id)).toBeNull();
      expect(await findRun(database.db, ['Carol'], run.id)).toBeNull();
      expect(await findRun(database.db, 'all', `${run.id}0`)).toBeNull();
    });

    test('a live run’s last seq is that of its log', async () => {
      const { id } = await fixture.running();
      await appendEvents(database.db, [
        { runId: id, epoch: 1, seq: 2, type: 'TextDelta', payload: {}, at: NOW },
      ]);
      expect((await findRunById(database.db, id))?.lastSeq).toBe(2);
    });

    test('runs are listed newest first, by owner, agent, session and status', async () => {
      const one = await fixture.session({ owner: 'frank', agentId: 'alpha' });
      const two = await fixture.session({ owner: 'grace', agentId: 'beta' });
      const [a, b] = [await fixture.queued(one), await fixture.queued(two)];
      const c = await fixture.queued(two);
      await fixture.claim(b.id);
      const list = async (owners: 'all' | string[], query: object) => {
        const { rows } = await listRuns(database.db, owners, { ...query, page: { first: 100 } });
        return rows.map(({ id }) => id);
      };
      expect(await list(['frank', 'grace'], {})).toEqual([c.id, b.id, a.id]);
      expect(await list(['frank'], {})).toEqual([a.id]);
      expect(await list([], {})).toEqual([]);
      expect(await list('all', { owner: 'grace' })).toEqual([c.id, b.id]);
      expect(await list(['frank'], { owner: 'grace' })).toEqual([]);
      expect(await list('all', { agentId: 'alpha' })).toEqual([a.id]);
      expect(await list('all', { agentIds: ['alpha', 'beta'] })).toEqual([c.id, b.id, a.id]);
      expect(await list('all', { agentIds: ['beta'], agentId: 'alpha' })).toEqual([]);
      expect(await list('all', { agentIds: [] })).toEqual([]);
      expect(await list('all', { sessionId: two.id, status: ['RUNNING'] })).toEqual([b.id]);
      expect(await list('all', { sessionId: two.id, status: ['RUNNING', 'QUEUED'] })).toEqual([c.id, b.id]);
      expect(await list('all', { sessionId: two.id, status: [] })).toEqual([]);
      expect(await list('all', { sessionId: 'x' })).toEqual([]);
      expect(await list(['frank'], { sessionId: two.id })).toEqual([]);
    });

    test('abandoned runs are those of dead nodes, and what a node holds itself', async () => {
      const claim = async (node: string) =>
        (await fixture.claim((await fixture.queued(await fixture.session())).id, node))?.id;
      await registerNode(database.db, 'living', 60);
      await registerNode(database.db, 'expired', -1);
      const [own, living, expired, unknown] = [
        await claim(database.nodeId),
        await claim('living'),
        await claim('expired'),
        await claim('unknown'),
      ];
      const found = await findAbandonedRuns(database.db, database.nodeId);
      expect(found.own.map(({ runId }) => runId)).toContain(own);
      const orphaned = found.orphaned.map(({ runId }) => runId);
      expect(orphaned).toEqual(expect.arrayContaining([expired, unknown]));
      expect(orphaned).not.toContain(living);
      expect(orphaned).not.toContain(own);
    });

    test('runs to go on with are the first of idle sessions, and an active one that waits again', async () => {
      const [idle, busy, elsewhere] = [
        await fixture.session(),
        await fixture.session(),
        await fixture.session(),
      ];
      const first = await fixture.queued(idle);
      const second = await fixture.queued(idle);
      const held = await fixture.running(busy);
      const behind = await fixture.queued(busy);
      const foreign = await fixture.claim((await fixture.queued(elsewhere)).id, 'another node');
      const ids = await findRunsToWake(database.db, 1000);
      expect(ids).toContain(first.id);
      for (const run of [held, second, behind, foreign]) expect(ids).not.toContain(run?.id);
      expect(ids).toEqual(ids.toSorted());
      await requeueRun(database.db, { runId: held.id, epoch: held.leaseEpoch }, { isRecovery: false });
      expect(await findRunsToWake(database.db, 1000)).toContain(held.id);
      expect(await findRunsToWake(database.db, 1)).toHaveLength(1);
    });

    test('the trace of the request that started it stays with a run, whoever claims it how often', async () => {
      const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'k=v' };
      const queued = await fixture.queued(await fixture.session(), { trace });
      const claimed = await fixture.claim(queued.id);
      const lease = { runId: queued.id, epoch: claimed?.leaseEpoch ?? 0 };
      await requeueRun(database.db, lease, { isRecovery: true });
      const again = await fixture.claim(queued.id, 'another node');
      expect([queued, claimed, again].map((run) => run?.trace)).toEqual([trace, trace, trace]);
      expect((await fixture.queued(await fixture.session())).trace).toBeNull();
    });

    test('a session is deleted only when none of its runs is open', async () => {
      const session = await fixture.session();
      const run = await fixture.running(session);
      const remove = async (owner: string) =>
        await database.db.transaction().execute((trx) => deleteIdleSession(trx, [owner], session.id));
      expect(await remove('ada')).toBe('busy');
      await fixture.end(run.id, 1);
      expect(await remove('eve')).toBe('unknown');
      expect(await remove('ada')).toBe('deleted');
      expect(await remove('ada')).toBe('unknown');
    });
  });
});
