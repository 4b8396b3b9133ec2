import { setImmediate as turn } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { sweepRuns, takeOverRuns } from '../../src/run/sweep-runs.ts';
import { findAbandonedRuns, MAX_ORPHANED } from '../../src/store/abandoned-run.ts';
import { appendEvents } from '../../src/store/event.ts';
import { lockRun } from '../../src/store/lock-run.ts';
import { registerNode, renewNode } from '../../src/store/node.ts';
import { findRunById, requestCancel } from '../../src/store/run.ts';
import { type RunRow } from '../../src/store/run-row.ts';
import { insertSteps, type NewStep, updateStep } from '../../src/store/step.ts';
import { type SessionRow } from '../../src/store/session.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { type EngineFixture, startEngine } from './engine-fixture.ts';

const DEAD = '00000000000000aa';
const now = new Date('2026-01-02T03:04:05.678Z');

async function leaveOpen(fixture: EngineFixture, session?: SessionRow): Promise<RunRow> {
  const { id } = await fixture.queue(session);
  const run = await fixture.store.claim(id, DEAD);
  if (run === null) throw new Error('The run cannot be claimed.');
  return run;
}

/** A look of a node that executes nothing itself. */
function takeOver({ parts }: EngineFixture): Promise<void> {
  const idle = { wake: () => undefined, wakeQueued: async () => undefined, executes: () => false };
  return takeOverRuns({ ...parts, engine: { ...idle, endCancelled: async () => undefined } });
}

describe.each(DATABASE_KINDS)('taking over on %s', (kind) => {
  it('takes the runs of a dead node back to QUEUED, with a wake-up, and of a living one none', async () => {
    await using fixture = await startEngine(kind);
    const run = await leaveOpen(fixture);
    await registerNode(fixture.database.db, DEAD, 60);
    await takeOver(fixture);
    expect(await findRunById(fixture.database.db, run.id)).toMatchObject({
      status: 'RUNNING',
      recoveries: 0,
    });
    await registerNode(fixture.database.db, DEAD, -1);
    expect(await renewNode(fixture.database.db, DEAD, 60)).toBeNull();
    await takeOver(fixture);
    expect(await findRunById(fixture.database.db, run.id)).toMatchObject({
      status: 'QUEUED',
      recoveries: 1,
      leaseOwner: null,
    });
    expect(fixture.enqueued).toEqual([run.id]);
    const late = { runId: run.id, epoch: run.leaseEpoch, seq: 2, type: 'TextDelta', payload: {}, at: now };
    expect((await appendEvents(fixture.database.db, [late])).written.size).toBe(0);
  });

  it('says anew what was said last when a node lost its lease before it was in the log', async () => {
    await using fixture = await startEngine(kind);
    const { engine, model, breaker, parts } = fixture;
    const step = model.enqueue({ text: 'one two three', pauseBefore: 1 });
    const run = await fixture.queue();
    engine.wake(run.id);
    await step.paused;
    while (!(await fixture.text(run.id)).startsWith('one')) await turn();
    breaker.isAway = true;
    step.release();
    expect(await step.closed).toBe('finished');
    // The process reads the rest of the answer, too.
    for (let turns = 0; turns < 1000; turns += 1) await turn();
    engine.abandon();
    parts.flusher.closeAll();
    breaker.isAway = false;
    while (engine.executes(run.id)) await turn();
    expect(await findRunById(fixture.database.db, run.id)).toMatchObject({ status: 'RUNNING' });
    model.enqueue({ text: 'one two three' });
    await takeOver(fixture);
    engine.wake(run.id);
    expect(await fixture.ended(run.id)).toMatchObject({ status: 'COMPLETED', output: 'one two three' });
    expect((await fixture.text(run.id)).replace(/^one ?/, '')).toBe('one two three');
  });

  it('finds the runs of a dead node however many others this node executes', async () => {
    await using fixture = await startEngine(kind);
    for (let held = 0; held < MAX_ORPHANED; held += 1) await fixture.store.running();
    const run = await leaveOpen(fixture);
    const { db, nodeId } = fixture.database;
    expect(await findAbandonedRuns(db, nodeId)).toMatchObject({
      own: { length: MAX_ORPHANED },
      orphaned: [{ runId: run.id }],
    });
  });

  it('by several nodes at once takes each run over once', async () => {
    await using fixture = await startEngine(kind);
    const runs = [await leaveOpen(fixture), await leaveOpen(fixture), await leaveOpen(fixture)];
    await Promise.all(Array.from({ length: 4 }, () => takeOver(fixture)));
    expect(fixture.enqueued.toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
    for (const { id } of runs)
      expect(await findRunById(fixture.database.db, id)).toMatchObject({ status: 'QUEUED', recoveries: 1 });
  });

  it('ends a run that is to be cancelled, with the text from the log, and names the next of its session', async () => {
    await using fixture = await startEngine(kind);
    const { db } = fixture.database;
    const session = await fixture.store.session({ agentId: 'bot' });
    const run = await leaveOpen(fixture, session);
    const next = await fixture.queue(session);
    const lease = { runId: run.id, epoch: run.leaseEpoch };
    const tool = { kind: 'tool', status: 'RUNNING', toolName: 't', arguments: {}, now } as const;
    const steps: NewStep[] = [
      { kind: 'model', id: uuidV7(), index: 1, status: 'RUNNING', now },
      { ...tool, id: uuidV7(), index: 2, callId: 'a', effect: 'once', idempotencyKey: 'a' },
      { ...tool, id: uuidV7(), index: 3, callId: 'b', effect: 'read', idempotencyKey: 'b' },
      { kind: 'model', id: uuidV7(), index: 4, status: 'RUNNING', now },
    ];
    await insertSteps(db, lease, steps);
    const usage = { inputTokens: 3, outputTokens: 2 };
    await updateStep(
      db,
      { ...lease, index: 1 },
      { status: 'COMPLETED', content: 'first', ...usage, finishedAt: now },
    );
    const deltas = Array.from({ length: 300 }, (_, index) => ({
      ...lease,
      seq: index + 2,
      type: 'TextDelta',
      payload: { messageId: steps[3]?.id, delta: `${index} ` },
      at: now,
    }));
    await appendEvents(db, deltas);
    await requestCancel(db, 'all', { id: run.id, now });
    await takeOver(fixture);
    const text = deltas.map(({ payload }) => payload.delta).join('');
    expect(await findRunById(db, run.id)).toMatchObject({
      status: 'CANCELLED',
      output: text,
      lastSeq: 302,
      metrics: { inputTokens: 3, outputTokens: 2, modelCalls: 2, toolCalls: 2 },
    });
    expect(await fixture.steps(run.id)).toMatchObject([
      { kind: 'input' },
      { kind: 'model', status: 'COMPLETED', content: 'first' },
      { kind: 'tool', status: 'UNKNOWN', finishedAt: expect.any(Date) },
      { kind: 'tool', status: 'CANCELLED', finishedAt: expect.any(Date) },
      { kind: 'model', status: 'CANCELLED', content: text, finishedAt: expect.any(Date) },
    ]);
    expect(fixture.enqueued).toEqual([next.id]);
  });

  it('ends a run FAILED (INTERRUPTED) that its nodes died with again and again', async () => {
    await using fixture = await startEngine(kind);
    const { id } = await leaveOpen(fixture);
    for (let times = 1; times <= 5; times += 1) {
      await takeOver(fixture);
      expect(await findRunById(fixture.database.db, id)).toMatchObject({
        status: 'QUEUED',
        recoveries: times,
      });
      await fixture.store.claim(id, DEAD);
    }
    await takeOver(fixture);
    expect(await findRunById(fixture.database.db, id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'INTERRUPTED' },
      attempt: 6,
    });
  });

  it('goes on with what this node holds and does not execute, and leaves alone what it executes', async () => {
    await using fixture = await startEngine(kind);
    const step = fixture.model.enqueue({ text: 'one two', pauseBefore: 1 });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await step.paused;
    fixture.model.enqueue({ text: 'Hi.' });
    const lost = await fixture.store.running(await fixture.store.session({ agentId: 'bot' }));
    await takeOverRuns({ ...fixture.parts, engine: fixture.engine });
    expect(await fixture.ended(lost.id)).toMatchObject({ status: 'COMPLETED', attempt: 2, recoveries: 0 });
    step.release();
    expect(await fixture.ended(id)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
  });
});

describe.runIf(DATABASE_KINDS.includes('postgres'))('taking over many', () => {
  it('goes on as long as a look finds more', async () => {
    await using fixture = await startEngine('postgres');
    await Promise.all(Array.from({ length: MAX_ORPHANED + 1 }, () => leaveOpen(fixture)));
    await takeOver(fixture);
    expect(fixture.enqueued).toHaveLength(MAX_ORPHANED + 1);
  });

  it('waits for one that somebody keeps locked, and takes the others meanwhile', async () => {
    await using fixture = await startEngine('postgres');
    const { db } = fixture.database;
    const runs: RunRow[] = [];
    for (let count = 0; count < 6; count += 1) runs.push(await leaveOpen(fixture));
    const [stuck, ...others] = runs.map(({ id }) => id);
    const { promise: isOver, resolve: unlock } = Promise.withResolvers<void>();
    const { promise: isLocked, resolve: tellLocked } = Promise.withResolvers<void>();
    const holder = db.transaction().execute(async (trx) => {
      await lockRun(trx, stuck ?? '');
      tellLocked();
      await isOver;
    });
    await isLocked;
    const taking = takeOver(fixture);
    await expect.poll(() => fixture.enqueued.toSorted()).toEqual(others.toSorted());
    unlock();
    await Promise.all([holder, taking]);
    expect(fixture.enqueued).toContain(stuck);
  });
});

describe.each(DATABASE_KINDS)('the sweep on %s', (kind) => {
  it('finds runs that nobody was told of, and those of a dead node, though the database goes away between', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    fixture.model.enqueue({ text: 'Hi.' });
    const dead = await leaveOpen(fixture);
    const waiting = await fixture.queue();
    fixture.breaker.isAway = true;
    const end = sweepRuns({ ...fixture.parts, engine: fixture.engine, intervalMs: 5, reconcileMs: 5 });
    await expect(fixture.engine.cancel('all', waiting.id)).rejects.toThrow('not available');
    fixture.breaker.isAway = false;
    expect(await fixture.ended(waiting.id)).toMatchObject({ status: 'COMPLETED' });
    expect(await fixture.ended(dead.id)).toMatchObject({ status: 'COMPLETED', attempt: 2 });
    await end();
  });

  it('ends though a look under way never comes to an end', async () => {
    await using fixture = await startEngine(kind);
    await leaveOpen(fixture);
    const stuck = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    fixture.breaker.beforeAnswer = () => {
      stuck.resolve();
      return answer.promise;
    };
    const end = sweepRuns({ ...fixture.parts, engine: fixture.engine, intervalMs: 5 });
    await stuck.promise;
    await end();
    answer.resolve();
  });
});
