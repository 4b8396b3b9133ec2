import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineTool, type Tool, type ToolContext, type ToolEffect } from '../../src/agent/tool.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { listRunApprovals } from '../../src/store/approval.ts';
import { appendEvents, readEvents } from '../../src/store/event.ts';
import { performRun } from '../../src/run/perform-run.ts';
import { cancelled } from '../../src/run/run-stop.ts';
import { requeueRun } from '../../src/store/requeue-run.ts';
import { findRunById } from '../../src/store/run.ts';
import { type RunRow } from '../../src/store/run-row.ts';
import { insertSteps, type NewStep, type StepChanges, updateStep } from '../../src/store/step.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { type EngineFixture, startEngine } from './engine-fixture.ts';

interface Recorder {
  readonly tool: Tool;
  /** Which keys it was called with. */
  readonly keys: string[];
}

function recorder(effect: ToolEffect, answer: unknown = 'ok'): Recorder {
  const keys: string[] = [];
  const tool = defineTool({
    name: 'act',
    description: 'Acts.',
    parameters: z.looseObject({}),
    effect,
    run(_args, { idempotencyKey }: ToolContext) {
      keys.push(idempotencyKey);
      return answer;
    },
  });
  return { tool, keys };
}

interface Left {
  readonly step: NewStep;
  readonly changes?: StepChanges;
}

/** A run that a node died with: its steps and events are in the database, and it waits for its next claim. */
async function leave(
  fixture: EngineFixture,
  steps: (run: RunRow) => readonly Left[],
  events: readonly { type: string; payload: object }[] = [],
): Promise<RunRow> {
  const { db } = fixture.database;
  const run = await fixture.store.running(await fixture.store.session({ agentId: 'bot' }));
  const lease = { runId: run.id, epoch: run.leaseEpoch };
  for (const { step, changes } of steps(run)) {
    await insertSteps(db, lease, [step]);
    if (changes !== undefined) await updateStep(db, { ...lease, index: step.index }, changes);
  }
  const at = new Date();
  await appendEvents(
    db,
    events.map((event, index) => ({ ...event, ...lease, seq: run.lastSeq + 1 + index, at })),
  );
  await requeueRun(db, lease, { isRecovery: true });
  return run;
}

function modelStep(index: number, id = uuidV7()): NewStep {
  return { kind: 'model', id, index, status: 'RUNNING', now: new Date() };
}

function turnOf(text: string, ...ids: string[]): StepChanges {
  const toolCalls = ids.map((id, index) => ({
    id,
    callId: `call_${index}`,
    name: 'act',
    arguments: '{"a":1}',
  }));
  const usage = { inputTokens: 10, outputTokens: 5 };
  return {
    status: 'COMPLETED',
    content: text,
    toolCalls,
    finishReason: 'stop',
    finishedAt: new Date(),
    ...usage,
  };
}

function toolStep(run: RunRow, index: number, { id, effect }: { id: string; effect: string }): NewStep {
  const place = { kind: 'tool', id, index, status: 'RUNNING', now: new Date() } as const;
  const key = `${run.id}:${index}`;
  const call = { callId: `call_${index - 2}`, toolName: 'act', arguments: { a: 1 } };
  return { ...place, ...call, effect, idempotencyKey: key };
}

function told(type: string, id: string) {
  return { type, payload: { toolCall: { id, name: 'act' } } };
}

async function log(fixture: EngineFixture, runId: string) {
  const events = await readEvents(fixture.database.db, { runId, after: 0, limit: 1000 });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  return events;
}

async function types(fixture: EngineFixture, runId: string): Promise<string[]> {
  return (await log(fixture, runId)).map(({ type }) => type);
}

/** Wakes the run and gives it when it is PAUSED or has ended. */
async function goOn(fixture: EngineFixture, { id }: RunRow): Promise<RunRow | null> {
  fixture.engine.wake(id);
  return await fixture.reader.waitForAnswer({ id, lastSeq: 0 }, 10_000);
}

describe.each(DATABASE_KINDS)('a run that goes on on %s', (kind) => {
  it('of which nothing was done asks the model', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    const run = await leave(fixture, () => []);
    expect(await goOn(fixture, run)).toMatchObject({ status: 'COMPLETED', output: 'Hi.', attempt: 2 });
    expect(await types(fixture, run.id)).toEqual(['RunStarted', 'RunStarted', 'TextDelta', 'RunFinished']);
  });

  it('whose agent is gone ends with the text and the counts of what was done', async () => {
    await using fixture = await startEngine(kind);
    const { db } = fixture.database;
    const id = uuidV7();
    const events = [{ type: 'TextDelta', payload: { messageId: id, delta: 'Half' } }];
    const run = await leave(fixture, () => [{ step: modelStep(1, id) }], events);
    await db.updateTable('run').set({ agent_id: 'gone' }).where('id', '=', run.id).execute();
    expect(await goOn(fixture, run)).toMatchObject({
      status: 'FAILED',
      output: 'Half',
      error: { code: 'AGENT_GONE' },
      metrics: { modelCalls: 1 },
    });
    expect((await types(fixture, run.id)).slice(-2)).toEqual(['RunStarted', 'RunFinished']);
  });

  it('and must stop before it was read what was done says so, for its end to be that of its steps', async () => {
    await using fixture = await startEngine(kind);
    const left = await leave(fixture, () => []);
    const run = await fixture.store.claim(left.id);
    if (run === null) throw new Error('The run cannot be claimed.');
    const controller = new AbortController();
    controller.abort(cancelled());
    const patience = new AbortController().signal;
    const outcome = await performRun(fixture.parts, run, { controller, patience });
    expect(outcome).toMatchObject({ status: 'CANCELLED', isUnread: true });
  });

  it.each([
    ['supersedes an answer of which something was told', true],
    ['drops an answer of which nothing was told', false],
  ])('%s, and asks anew under another id', async (_, isTold) => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Whole.' });
    const id = uuidV7();
    const delta = { type: 'TextDelta', payload: { messageId: id, delta: 'Ha' } };
    const run = await leave(fixture, () => [{ step: modelStep(1, id) }], isTold ? [delta] : []);
    const over = await goOn(fixture, run);
    expect(over).toMatchObject({ status: 'COMPLETED', output: 'Whole.', metrics: { modelCalls: 2 } });
    expect(await fixture.steps(run.id)).toMatchObject([
      { kind: 'input' },
      { id, status: 'SUPERSEDED', content: '' },
      { kind: 'model', status: 'COMPLETED', content: 'Whole.' },
    ]);
    const events = await log(fixture, run.id);
    const superseded = events.filter(({ type }) => type === 'MessageSuperseded');
    expect(superseded.map(({ payload }) => payload)).toEqual(isTold ? [{ messageId: id }] : []);
    const last = events.findLast(({ type }) => type === 'TextDelta');
    expect(last?.payload['messageId']).not.toBe(id);
  });

  it('tells that an answer is superseded also when the next node died before it was told, and once', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Whole.' });
    const [untold, known] = [uuidV7(), uuidV7()];
    const superseded = { status: 'SUPERSEDED', finishedAt: new Date() } as const;
    const run = await leave(
      fixture,
      () => [
        { step: modelStep(1, known), changes: superseded },
        { step: modelStep(2, untold), changes: superseded },
      ],
      [
        { type: 'ReasoningDelta', payload: { messageId: known, delta: 'a' } },
        { type: 'MessageSuperseded', payload: { messageId: known } },
        { type: 'TextDelta', payload: { messageId: untold, delta: 'b' } },
      ],
    );
    await goOn(fixture, run);
    const events = await log(fixture, run.id);
    expect(
      events.flatMap(({ type, payload }) => (type === 'MessageSuperseded' ? [payload['messageId']] : [])),
    ).toEqual([known, untold]);
  });

  it.each([
    ['of the message that was broken off', ['One.', 'Tw'], [], 'Tw'],
    ['of the last one of two', ['One.', 'Tw', 'Three'], [], 'Three'],
    ['before those that were superseded', ['One.', 'Tw', 'Three'], [1, 2], 'One.'],
    ['of nothing', [], [], ''],
  ])(
    'and is cancelled first ends with what its readers were left with: the text %s',
    async (_, texts, taken, output) => {
      await using fixture = await startEngine(kind);
      const ids = [uuidV7(), uuidV7(), uuidV7()] as const;
      const superseded = { status: 'SUPERSEDED', finishedAt: new Date() } as const;
      const run = await leave(
        fixture,
        () =>
          ids.map((id, index) => ({
            step: modelStep(index + 1, id),
            changes: index === 0 ? turnOf('One.') : superseded,
          })),
        [
          ...texts.map((delta, index) => ({ type: 'TextDelta', payload: { messageId: ids[index], delta } })),
          ...taken.map((index) => ({ type: 'MessageSuperseded', payload: { messageId: ids[index] } })),
        ],
      );
      await fixture.engine.cancel('all', run.id);
      expect(await findRunById(fixture.database.db, run.id)).toMatchObject({ status: 'CANCELLED', output });
    },
  );

  it('ends with an answer that was complete, without asking anybody', async () => {
    await using fixture = await startEngine(kind);
    const run = await leave(fixture, () => [{ step: modelStep(1), changes: turnOf('Done.') }]);
    const metrics = { modelCalls: 1, inputTokens: 10, outputTokens: 5 };
    expect(await goOn(fixture, run)).toMatchObject({ status: 'COMPLETED', output: 'Done.', metrics });
    expect(fixture.model.requests).toHaveLength(0);
  });

  it('repeats no call that has ended, tells what was not told of it, and makes those that were not made', async () => {
    const { tool, keys } = recorder('once');
    await using fixture = await startEngine(kind, { agent: { tools: [tool] } });
    fixture.model.enqueue({ text: 'Done.' });
    const [done, open] = [uuidV7(), uuidV7()];
    const ended = { status: 'COMPLETED', content: 'first', result: 'first', finishedAt: new Date() } as const;
    const run = await leave(
      fixture,
      (of) => [
        { step: modelStep(1), changes: turnOf('Let me.', done, open) },
        { step: toolStep(of, 2, { id: done, effect: 'once' }), changes: ended },
      ],
      [told('ToolCallStarted', done)],
    );
    const over = await goOn(fixture, run);
    expect(over).toMatchObject({ status: 'COMPLETED', metrics: { modelCalls: 2, toolCalls: 2 } });
    expect(keys).toEqual([`${run.id}:3`]);
    const messages = fixture.model.requests[0]?.body.messages.slice(-3);
    expect(messages).toMatchObject([
      { role: 'assistant', content: 'Let me.', tool_calls: [{ id: 'call_0' }, { id: 'call_1' }] },
      { role: 'tool', tool_call_id: 'call_0', content: 'first' },
      { role: 'tool', tool_call_id: 'call_1', content: 'ok' },
    ]);
    expect((await types(fixture, run.id)).slice(2)).toEqual([
      'RunStarted',
      'ToolCallFinished',
      'ToolCallStarted',
      'ToolCallFinished',
      'TextDelta',
      'RunFinished',
    ]);
  });

  it.each<ToolEffect>(['read', 'idempotent'])(
    'makes a %s call that was under way again, under its key, and tells its start once',
    async (effect) => {
      const { tool, keys } = recorder(effect);
      await using fixture = await startEngine(kind, { agent: { tools: [tool] } });
      fixture.model.enqueue({ text: 'Done.' });
      const id = uuidV7();
      const run = await leave(
        fixture,
        (of) => [{ step: modelStep(1), changes: turnOf('', id) }, { step: toolStep(of, 2, { id, effect }) }],
        [told('ToolCallStarted', id)],
      );
      expect(await goOn(fixture, run)).toMatchObject({ status: 'COMPLETED', metrics: { toolCalls: 1 } });
      expect(keys).toEqual([`${run.id}:2`]);
      const starts = (await types(fixture, run.id)).filter((type) => type === 'ToolCallStarted');
      expect(starts).toHaveLength(1);
    },
  );

  it('asks about a once call that was under way, whatever the tool says of itself now', async () => {
    const { tool, keys } = recorder('read');
    await using fixture = await startEngine(kind, { agent: { tools: [tool] } });
    const id = uuidV7();
    const run = await leave(
      fixture,
      (of) => [
        { step: modelStep(1), changes: turnOf('', id) },
        { step: toolStep(of, 2, { id, effect: 'once' }) },
      ],
      [told('ToolCallStarted', id)],
    );
    expect(await goOn(fixture, run)).toMatchObject({ status: 'PAUSED', leaseOwner: null });
    expect(keys).toEqual([]);
    expect(await listRunApprovals(fixture.database.db, run.id)).toMatchObject([
      { toolCallId: id, kind: 'OUTCOME', status: 'PENDING' },
    ]);
    expect((await fixture.steps(run.id)).at(-1)).toMatchObject({ status: 'UNKNOWN', finishedAt: null });
    expect(fixture.engine.size).toBe(0);
  });

  it('tells the model that an outcome is not known when the tool is gone', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'I see.' });
    const id = uuidV7();
    const run = await leave(fixture, (of) => [
      { step: modelStep(1), changes: turnOf('', id) },
      { step: toolStep(of, 2, { id, effect: 'once' }) },
    ]);
    expect(await goOn(fixture, run)).toMatchObject({ status: 'COMPLETED' });
    expect((await fixture.steps(run.id))[2]).toMatchObject({ status: 'UNKNOWN' });
    expect(fixture.model.requests[0]?.body.messages.at(-1)).toMatchObject({
      content: 'The outcome of the call is not known.',
    });
  });

  it('counts what earlier attempts have used', async () => {
    await using fixture = await startEngine(kind, { agent: { limits: { maxModelCalls: 2 } } });
    const run = await leave(fixture, () => [{ step: modelStep(1) }, { step: modelStep(2) }]);
    expect(await goOn(fixture, run)).toMatchObject({ status: 'EXPIRED', error: { code: 'LIMIT' } });
  });

  it('has the time that earlier attempts have left of it', async () => {
    await using fixture = await startEngine(kind, { agent: { limits: { maxSeconds: 60 } } });
    const run = await leave(fixture, () => []);
    const startedAt = new Date(Date.now() - 61_000);
    await fixture.database.db
      .updateTable('run')
      .set({ started_at: startedAt })
      .where('id', '=', run.id)
      .execute();
    expect(await goOn(fixture, run)).toMatchObject({ status: 'EXPIRED', error: { code: 'TIMEOUT' } });
    const patient = await leave(fixture, () => []);
    fixture.model.enqueue({ text: 'Hi.' });
    await fixture.database.db
      .updateTable('run')
      .set({ started_at: startedAt, paused_ms: 60_000 })
      .where('id', '=', patient.id)
      .execute();
    expect(await goOn(fixture, patient)).toMatchObject({ status: 'COMPLETED' });
  });

  it('keeps the time to its first token', async () => {
    await using fixture = await startEngine(kind);
    const id = uuidV7();
    const run = await leave(fixture, () => [{ step: modelStep(1, id), changes: turnOf('Hi.') }], [
      { type: 'TextDelta', payload: { messageId: id, delta: 'Hi.' } },
    ]);
    const first = (await log(fixture, run.id))[1]?.at.getTime() ?? 0;
    const over = await goOn(fixture, run);
    expect(over?.metrics.timeToFirstTokenMs).toBe(first - (over?.startedAt?.getTime() ?? 0));
  });
});

describe.each(DATABASE_KINDS)('a hand-over on %s', (kind) => {
  it.each<[ToolEffect, 'PAUSED' | 'COMPLETED', number]>([
    ['read', 'COMPLETED', 2],
    ['idempotent', 'COMPLETED', 2],
    ['once', 'PAUSED', 1],
  ])(
    'in a %s call that heeds its signal leaves it open: the run is %s elsewhere',
    async (effect, status, calls) => {
      const called = Promise.withResolvers<void>();
      let count = 0;
      const tool = defineTool({
        name: 'act',
        description: 'Acts.',
        parameters: z.object({}),
        effect,
        run(_args, { signal }) {
          count += 1;
          called.resolve();
          if (count > 1) return 'ok';
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('stopped')));
          });
        },
      });
      await using fixture = await startEngine(kind, { agent: { tools: [tool] } });
      fixture.model.enqueue({ toolCalls: [{ name: 'act', arguments: {} }] });
      fixture.model.enqueue({ text: 'Done.' });
      const { id } = await fixture.queue();
      fixture.engine.wake(id);
      await called.promise;
      await fixture.engine.stop(2000);
      expect(await findRunById(fixture.database.db, id)).toMatchObject({ status: 'QUEUED' });
      expect((await fixture.steps(id)).at(-1)).toMatchObject({ status: 'RUNNING', finishedAt: null });
      const other = fixture.another('other');
      other.wake(id);
      expect(await fixture.reader.waitForAnswer({ id, lastSeq: 0 }, 10_000)).toMatchObject({ status });
      expect(count).toBe(calls);
      await other.stop(2000);
    },
  );

  it('stores what a call answers within the grace', async () => {
    const called = Promise.withResolvers<void>();
    let count = 0;
    const tool = defineTool({
      name: 'act',
      description: 'Acts.',
      parameters: z.object({}),
      run(_args, { signal }) {
        count += 1;
        called.resolve();
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve('done'));
        });
      },
    });
    await using fixture = await startEngine(kind, { agent: { tools: [tool] } });
    fixture.model.enqueue({ toolCalls: [{ name: 'act', arguments: {} }] });
    fixture.model.enqueue({ text: 'Done.' });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await called.promise;
    await fixture.engine.stop(2000);
    const other = fixture.another('other');
    other.wake(id);
    expect(await fixture.ended(id)).toMatchObject({ status: 'COMPLETED', attempt: 2 });
    expect(count).toBe(1);
    expect((await types(fixture, id)).filter((type) => type === 'ToolCallFinished')).toHaveLength(1);
    await other.stop(2000);
  });

  it('in the middle of an answer leaves the message open, and the next node supersedes it', async () => {
    await using fixture = await startEngine(kind);
    const step = fixture.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    fixture.model.enqueue({ text: 'again' });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await step.paused;
    for await (const { type } of fixture.reader.tail({ runId: id, after: 0 }))
      if (type === 'TextDelta') break;
    await fixture.engine.stop(2000);
    const other = fixture.another('other');
    other.wake(id);
    expect(await fixture.ended(id)).toMatchObject({ status: 'COMPLETED', output: 'again' });
    expect((await types(fixture, id)).filter((type) => type === 'MessageSuperseded')).toHaveLength(1);
    await other.stop(2000);
  });
});
