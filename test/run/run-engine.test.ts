import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { AgentRegistry } from '../../src/agent/agent-registry.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { readEvents } from '../../src/store/event.ts';
import { findRunById, requestCancel } from '../../src/store/run.ts';
import { deleteSession } from '../../src/store/session.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { startEngine } from './engine-fixture.ts';

/** A tool that says when it is called, and answers when it is told. */
function askTool(effect: 'read' | 'once' = 'once') {
  const called = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  const tool = defineTool({
    name: 'ask',
    description: 'Asks.',
    parameters: z.object({}),
    effect,
    run() {
      called.resolve();
      return answer.promise;
    },
  });
  return { tool, called: called.promise, answer: answer.resolve };
}

describe.each(DATABASE_KINDS)('the run engine on %s', (kind) => {
  it('executes a run once, however often it is woken', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    const { id } = await fixture.queue();
    for (let times = 0; times < 10; times += 1) fixture.engine.wake(id);
    expect(await fixture.ended(id)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
    await fixture.engine.wakeQueued();
    fixture.engine.wake(id);
    await fixture.engine.stop(2000);
    expect(fixture.model.requests).toHaveLength(1);
  });

  it('executes a run whose claim was stored and its answer lost', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    const { id } = await fixture.queue();
    fixture.breaker.lostCommits = 1;
    fixture.engine.wake(id);
    expect(await fixture.ended(id)).toMatchObject({ status: 'COMPLETED', attempt: 1, output: 'Hi.' });
    expect(fixture.model.requests).toHaveLength(1);
  });

  it('goes on with the session when the end of a run was stored and its answer lost', async () => {
    await using fixture = await startEngine(kind);
    const step = fixture.model.enqueue({ text: 'one two', pauseBefore: 1 });
    fixture.model.enqueue({ text: 'next' });
    const session = await fixture.store.session({ agentId: 'bot' });
    const [first, second] = [await fixture.queue(session), await fixture.queue(session)];
    fixture.engine.wake(first.id);
    await step.paused;
    fixture.breaker.lostCommits = 1;
    step.release();
    expect(await fixture.ended(second.id)).toMatchObject({ status: 'COMPLETED', output: 'next' });
    expect(await fixture.ended(first.id)).toMatchObject({ status: 'COMPLETED', output: 'one two' });
    const events = await readEvents(fixture.database.db, { runId: first.id, after: 0, limit: 100 });
    expect(events.filter(({ type }) => type === 'RunFinished')).toHaveLength(1);
  });

  it('loses no wake-up that comes while a claim is being refused', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    const session = await fixture.store.session({ agentId: 'bot' });
    const before = await fixture.store.running(session);
    const { id } = await fixture.queue(session);
    const refused = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    fixture.breaker.beforeAnswer = () => {
      refused.resolve();
      return told.promise;
    };
    fixture.engine.wake(id);
    await refused.promise;
    // Its predecessor ends now, elsewhere, and says so before the refusal has arrived.
    await fixture.store.end(before.id, before.leaseEpoch);
    fixture.engine.wake(id);
    fixture.breaker.beforeAnswer = () => Promise.resolve();
    told.resolve();
    expect(await fixture.ended(id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('carries out a cancellation that was stored and not carried out, and the session goes on', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    const session = await fixture.store.session({ agentId: 'bot' });
    const [first, second] = [await fixture.queue(session), await fixture.queue(session)];
    await requestCancel(fixture.database.db, 'all', { id: first.id, now: new Date() });
    await fixture.engine.wakeQueued();
    expect(await fixture.ended(first.id)).toMatchObject({ status: 'CANCELLED', attempt: 0 });
    expect(await fixture.ended(second.id)).toMatchObject({ status: 'COMPLETED' });
    expect(fixture.model.requests).toHaveLength(1);
  });

  it('a run that waits for a slot is read anew when it gets one', async () => {
    await using fixture = await startEngine(kind, { maxRuns: 1 });
    const step = fixture.model.enqueue({ text: 'one two', pauseBefore: 1 });
    fixture.model.enqueue({ text: 'three' });
    const [first, second] = [await fixture.queue(), await fixture.queue()];
    fixture.engine.wake(first.id, first);
    await step.paused;
    // Told from what it was woken with, it would have no model.
    fixture.engine.wake(second.id, { ...second, agentId: 'gone' });
    step.release();
    const { model } = await fixture.ended(first.id);
    expect(await fixture.ended(second.id)).toMatchObject({ status: 'COMPLETED', model });
  });

  it('gives a slot back when a run cannot be claimed', async () => {
    await using fixture = await startEngine(kind, { maxRuns: 1 });
    fixture.model.enqueue({ text: 'Hi.' });
    const session = await fixture.store.session({ agentId: 'bot' });
    await fixture.store.running(session);
    const [blocked, free] = [await fixture.queue(session), await fixture.queue()];
    for (const id of ['01a20c6a-0000-7000-8000-000000000000', blocked.id, blocked.id, free.id]) {
      fixture.engine.wake(id);
    }
    expect(await fixture.ended(free.id)).toMatchObject({ status: 'COMPLETED' });
    expect(await findRunById(fixture.database.db, blocked.id)).toMatchObject({ status: 'QUEUED' });
  });

  it('hands a run over whose log stays away, and goes on with it once the log is back', async () => {
    await using fixture = await startEngine(kind, { leaseMs: 300 });
    const chunks = ['one ', 'two ', 'three'].map((content) =>
      JSON.stringify({ choices: [{ delta: { content } }] }),
    );
    const step = fixture.model.enqueue({ raw: chunks, pauseBefore: 2, end: 'open' });
    fixture.model.enqueue({ text: 'again' });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    const events = fixture.reader.tail({ runId: id, after: 0 });
    while ((await events.next()).value?.type !== 'TextDelta');
    await events.return();
    fixture.breaker.isAway = true;
    step.release();
    // The run gives up here, and waits to store that it does.
    expect(await step.closed).toBe('aborted');
    fixture.breaker.isAway = false;
    expect(await fixture.ended(id)).toMatchObject({
      status: 'COMPLETED',
      output: 'again',
      attempt: 2,
      recoveries: 0,
    });
  });

  it('hands over what it executes when it stops; another goes on, and no event is lost or doubled', async () => {
    await using fixture = await startEngine(kind);
    const step = fixture.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    fixture.model.enqueue({ text: 'whole' });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await step.paused;
    await fixture.engine.stop(2000);
    expect(await step.closed).toBe('aborted');
    const waiting = await findRunById(fixture.database.db, id);
    expect(waiting).toMatchObject({ status: 'QUEUED', attempt: 1, leaseOwner: null, recoveries: 0 });
    expect(fixture.enqueued).toContain(id);
    const other = fixture.another('00000000000000bb');
    other.wake(id);
    expect(await fixture.ended(id)).toMatchObject({
      status: 'COMPLETED',
      output: 'whole',
      attempt: 2,
      leaseOwner: '00000000000000bb',
    });
    const events = await readEvents(fixture.database.db, { runId: id, after: 0, limit: 100 });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(
      events.filter(({ type }) => type === 'RunStarted').map(({ payload }) => payload['attempt']),
    ).toEqual([1, 2]);
    expect(events.filter(({ type }) => type === 'RunFinished')).toHaveLength(1);
    await other.stop(1000);
  });

  it('says that a run waits when it has no slot for it, executes none, or hands it over', async () => {
    await using fixture = await startEngine(kind);
    let told = 0;
    const tell = { onNoSlot: () => void (told += 1) };
    const api = fixture.another('00000000000000bb', { ...tell, maxRuns: 0 });
    const { id } = await fixture.queue();
    api.wake(id);
    expect(told).toBe(1);
    const small = fixture.another('00000000000000cc', { ...tell, maxRuns: 1 });
    const step = fixture.model.enqueue({ text: 'one two', pauseBefore: 1 });
    small.wake(id);
    await step.paused;
    expect(told).toBe(1);
    small.wake((await fixture.queue()).id);
    expect(told).toBe(2);
    await small.stop(1000);
    expect(told).toBe(3);
  });

  it('ends a run CANCELLED that is cancelled while it is handed over, also when it waits again', async () => {
    await using fixture = await startEngine(kind);
    const steps = [0, 1].map(() => fixture.model.enqueue({ text: 'one two three', pauseBefore: 2 }));
    const [flagged, waiting] = [await fixture.queue(), await fixture.queue()];
    for (const { id } of [flagged, waiting]) fixture.engine.wake(id);
    await Promise.all(steps.map(({ paused }) => paused));
    // As from another node that nobody has heard.
    await requestCancel(fixture.database.db, 'all', { id: flagged.id, now: new Date() });
    await fixture.engine.stop(2000);
    expect(await fixture.ended(flagged.id)).toMatchObject({ status: 'CANCELLED' });
    const other = fixture.another('00000000000000bb');
    await other.cancel('all', waiting.id);
    expect(await fixture.ended(waiting.id)).toMatchObject({ status: 'CANCELLED', attempt: 1 });
    for (const { id } of [flagged, waiting]) {
      expect((await fixture.steps(id)).every(({ finishedAt }) => finishedAt !== null)).toBe(true);
    }
  });

  it('is not held up by a tool that does not heed its signal, whose late result is refused', async () => {
    const { tool, called, answer } = askTool();
    await using fixture = await startEngine(kind, { agent: { tools: [tool] } });
    fixture.model.enqueue({ toolCalls: [{ name: 'ask', arguments: {} }] });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await called;
    await fixture.engine.stop(700);
    expect(await findRunById(fixture.database.db, id)).toMatchObject({ status: 'QUEUED' });
    answer('late');
  });

  it('writes nothing more once its lease is lost, and another goes on', async () => {
    await using fixture = await startEngine(kind);
    const step = fixture.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    fixture.model.enqueue({ text: 'whole' });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await step.paused;
    const before = await findRunById(fixture.database.db, id);
    fixture.lease.isHeld = false;
    fixture.engine.abandon();
    fixture.parts.flusher.closeAll();
    expect(await step.closed).toBe('aborted');
    await fixture.engine.stop(1000);
    expect(await findRunById(fixture.database.db, id)).toMatchObject({
      status: 'RUNNING',
      leaseEpoch: before?.leaseEpoch,
    });
    fixture.engine.wake(id);
    expect(fixture.engine.size).toBe(0);
  });

  it('aborts what another has asked to cancel', async () => {
    await using fixture = await startEngine(kind);
    const step = fixture.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await step.paused;
    await requestCancel(fixture.database.db, 'all', { id, now: new Date() });
    await fixture.engine.lookForCancels(['01a20c6a-0000-7000-8000-000000000000', id]);
    expect(await step.closed).toBe('aborted');
    expect(await fixture.ended(id)).toMatchObject({ status: 'CANCELLED' });
  });

  it('stores what a tool did although the run must stop and the database is away', async () => {
    const { tool, called, answer } = askTool();
    await using fixture = await startEngine(kind, { agent: { tools: [tool] } });
    fixture.model.enqueue({ toolCalls: [{ name: 'ask', arguments: {} }] });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await called;
    await fixture.engine.cancel('all', id);
    fixture.breaker.isAway = true;
    answer('done');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    fixture.breaker.isAway = false;
    expect(await fixture.ended(id)).toMatchObject({ status: 'CANCELLED' });
    expect(await fixture.steps(id)).toMatchObject([
      { kind: 'input' },
      { kind: 'model', status: 'COMPLETED' },
      { kind: 'tool', status: 'COMPLETED', result: 'done' },
    ]);
  });

  it('goes on when the session of a run is deleted under it', async () => {
    await using fixture = await startEngine(kind, { maxRuns: 1 });
    const step = fixture.model.enqueue({ text: 'one two', pauseBefore: 1 });
    fixture.model.enqueue({ text: 'next' });
    const [gone, next] = [await fixture.queue(), await fixture.queue()];
    fixture.engine.wake(gone.id);
    fixture.engine.wake(next.id);
    await step.paused;
    await deleteSession(fixture.database.db, 'all', gone.sessionId);
    step.release();
    expect(await fixture.ended(next.id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('stops though the database never answers the ending of cancelled runs', async () => {
    await using fixture = await startEngine(kind);
    const { id } = await fixture.queue();
    await requestCancel(fixture.database.db, 'all', { id, now: new Date() });
    const stuck = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    fixture.breaker.beforeAnswer = () => {
      stuck.resolve();
      return answer.promise;
    };
    const ending = fixture.engine.endCancelled();
    await stuck.promise;
    await expect(fixture.engine.stop(20)).resolves.toBeUndefined();
    answer.resolve();
    await ending;
  });

  it('stops while a claim waits for the database, and leaves the run QUEUED', async () => {
    await using fixture = await startEngine(kind);
    const { id } = await fixture.queue();
    fixture.breaker.isAway = true;
    fixture.engine.wake(id);
    await fixture.engine.stop(10_000);
    expect(fixture.engine.size).toBe(0);
    fixture.breaker.isAway = false;
    fixture.engine.wake(id);
    expect(await findRunById(fixture.database.db, id)).toMatchObject({ status: 'QUEUED', attempt: 0 });
  });

  it('leaves the run of an agent that it does not serve to other nodes for a while', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    const { id } = await fixture.queue();
    const agents = new AgentRegistry([], 'test-model');
    const older = fixture.another('older', { agents, lease: { isHeld: true, hasPeers: true } });
    await older.offer(id);
    expect(await findRunById(fixture.database.db, id)).toMatchObject({ status: 'QUEUED', attempt: 0 });
    await fixture.engine.wakeQueued();
    expect(await fixture.ended(id)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
    const unserved = await fixture.queue();
    const later = () => new Date(Date.now() + 61_000);
    fixture
      .another('later', { agents, lease: { isHeld: true, hasPeers: true }, now: later })
      .wake(unserved.id);
    expect(await fixture.ended(unserved.id)).toMatchObject({ error: { code: 'AGENT_GONE' } });
  });

  it('fails the run of an agent that is gone', async () => {
    await using fixture = await startEngine(kind);
    const { id } = await fixture.queue(await fixture.store.session({ agentId: 'old-bot' }));
    fixture.engine.wake(id);
    expect(await fixture.ended(id)).toMatchObject({ status: 'FAILED', error: { code: 'AGENT_GONE' } });
  });
});
