import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineTool, type ToolDefinition } from '../../src/agent/tool.ts';
import {
  ApprovalConflictError,
  ConflictError,
  InvalidInputError,
  MissingScopeError,
} from '../../src/errors.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { continueRun, type ToolCallDecision } from '../../src/run/continue-run.ts';
import { expireApprovals } from '../../src/run/expire-approvals.ts';
import { finishRun } from '../../src/run/finish-run.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { listRunApprovals } from '../../src/store/approval.ts';
import { readEvents } from '../../src/store/event.ts';
import { requeueRun } from '../../src/store/requeue-run.ts';
import { findRunById } from '../../src/store/run.ts';
import { type RunRow } from '../../src/store/run-row.ts';
import { NO_METRICS } from '../store/store-fixture.ts';
import { DATABASE_KINDS, type DatabaseKind } from '../_util/test-database.ts';
import { type EngineFixture, startEngine } from './engine-fixture.ts';

const PARAMETERS = z.object({ amount: z.number() });
type PayDefinition = ToolDefinition<typeof PARAMETERS>;

/** An engine with a tool `pay` that asks, and one `look` that does not. */
async function start(kind: DatabaseKind, definition: Partial<PayDefinition> = {}) {
  const paid: [number, string][] = [];
  const pay = defineTool({
    name: 'pay',
    description: 'Pays.',
    parameters: PARAMETERS,
    needsApproval: true,
    run({ amount }, { idempotencyKey }) {
      paid.push([amount, idempotencyKey]);
      return 'paid';
    },
    ...definition,
  });
  const look = defineTool({
    name: 'look',
    description: 'Looks.',
    parameters: z.object({}),
    effect: 'read',
    run: () => 'seen',
  });
  const fixture = await startEngine(kind, { agent: { tools: [pay, look] } });
  return { fixture, paid, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

const call = (amount: unknown) => ({ name: 'pay', arguments: { amount } });

/** A run that has asked for these calls, when it is PAUSED or has ended. */
async function ask(
  fixture: EngineFixture,
  ...toolCalls: { name: string; arguments: object }[]
): Promise<RunRow> {
  fixture.model.enqueue({ text: 'Let me.', toolCalls });
  const { id } = await fixture.queue();
  fixture.engine.wake(id);
  return await answered(fixture, id);
}

async function answered(fixture: EngineFixture, id: string): Promise<RunRow> {
  const run = await fixture.reader.waitForAnswer({ id, lastSeq: 0 }, 10_000);
  if (run === null) throw new Error('The run is gone.');
  return run;
}

async function calls(fixture: EngineFixture, runId: string) {
  return (await fixture.steps(runId)).filter((step) => step.kind === 'tool');
}

async function openIds(fixture: EngineFixture, runId: string): Promise<string[]> {
  const approvals = await listRunApprovals(fixture.database.db, runId);
  return approvals.flatMap(({ status, toolCallId }) => (status === 'PENDING' ? [toolCallId] : []));
}

function optionsOf({ parts, engine }: EngineFixture) {
  return { ...parts, engine };
}

function decide(
  fixture: EngineFixture,
  { runId, decisions, by = 'boss' }: { runId: string; decisions: readonly ToolCallDecision[]; by?: string },
): Promise<void> {
  const decider = { id: by, grants: new GrantSet([]) };
  return continueRun(optionsOf(fixture), { runId, decisions, decider });
}

const approve = (toolCallId: string) => ({ toolCallId, approve: true, note: null });
const refuse = (toolCallId: string, note: string | null = null) => ({ toolCallId, approve: false, note });

async function types(fixture: EngineFixture, runId: string): Promise<string[]> {
  const events = await readEvents(fixture.database.db, { runId, after: 0, limit: 1000 });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  return events.map(({ type }) => type);
}

describe.each(DATABASE_KINDS)('approvals on %s', (kind) => {
  it('a call that needs one waits without a slot or a lease, and is made when it is approved', async () => {
    await using context = await start(kind);
    const { fixture, paid } = context;
    const run = await ask(fixture, call(5));
    expect(run).toMatchObject({ status: 'PAUSED', leaseOwner: null, output: null });
    await expect.poll(() => fixture.engine.size).toBe(0);
    expect(paid).toEqual([]);
    const [pending] = await calls(fixture, run.id);
    expect(pending).toMatchObject({ status: 'PENDING_APPROVAL', startedAt: null, arguments: { amount: 5 } });
    fixture.model.enqueue({ text: 'Paid.' });
    await decide(fixture, { runId: run.id, decisions: [approve(pending?.id ?? '')] });
    expect(fixture.enqueued).toContain(run.id);
    expect(await fixture.ended(run.id)).toMatchObject({ status: 'COMPLETED', output: 'Paid.', attempt: 2 });
    expect(paid).toEqual([[5, `${run.id}:2`]]);
    expect(await types(fixture, run.id)).toEqual([
      'RunStarted',
      'TextDelta',
      'ApprovalRequested',
      'ApprovalResolved',
      'RunStarted',
      'ToolCallStarted',
      'ToolCallFinished',
      'TextDelta',
      'RunFinished',
    ]);
    expect(await listRunApprovals(fixture.database.db, run.id)).toMatchObject([
      { status: 'APPROVED', decidedBy: 'boss', kind: 'CALL', usedAt: expect.any(Date) as Date },
    ]);
  });

  it('a refused call is not made, and the model is told so, with the note', async () => {
    await using context = await start(kind);
    const { fixture, paid } = context;
    const run = await ask(fixture, call(5));
    fixture.model.enqueue({ text: 'Pity.' });
    const [id = ''] = await openIds(fixture, run.id);
    await decide(fixture, { runId: run.id, decisions: [refuse(id, 'Too much.')] });
    expect(await fixture.ended(run.id)).toMatchObject({ status: 'COMPLETED', output: 'Pity.' });
    expect(paid).toEqual([]);
    expect(await calls(fixture, run.id)).toMatchObject([{ status: 'REJECTED', startedAt: null }]);
    expect(fixture.model.requests[1]?.body.messages.at(-1)).toMatchObject({
      role: 'tool',
      content: 'The call was refused. Note: Too much.',
    });
    expect(await types(fixture, run.id)).not.toContain('ToolCallStarted');
  });

  it('of a mixed turn what needs none is made first, wrong arguments fail unasked, and each decision holds', async () => {
    await using context = await start(kind);
    const { fixture, paid } = context;
    const run = await ask(fixture, call(1), { name: 'look', arguments: {} }, call('x'), call(2));
    expect((await calls(fixture, run.id)).map(({ status }) => status)).toEqual([
      'PENDING_APPROVAL',
      'COMPLETED',
      'FAILED',
      'PENDING_APPROVAL',
    ]);
    const [first = '', second = ''] = await openIds(fixture, run.id);
    fixture.model.enqueue({ text: 'Done.' });
    await decide(fixture, { runId: run.id, decisions: [refuse(second), approve(first)] });
    await fixture.ended(run.id);
    expect(paid.map(([amount]) => amount)).toEqual([1]);
    const told = fixture.model.requests[1]?.body.messages.slice(-4).map(({ content }) => content);
    expect(told).toMatchObject([
      'paid',
      'seen',
      expect.stringContaining('do not fit'),
      'The call was refused.',
    ]);
  });

  it('decisions that are not exactly the open ones are a conflict that names those, and change nothing', async () => {
    await using context = await start(kind);
    const { fixture } = context;
    const run = await ask(fixture, call(1), call(2));
    const open = await openIds(fixture, run.id);
    const [first = '', second = ''] = open;
    const wrong = [
      [],
      [approve(first)],
      [approve(first), approve(uuidV7())],
      [first, second, uuidV7()].map(approve),
    ];
    for (const decisions of wrong) {
      const failure: unknown = await decide(fixture, { runId: run.id, decisions }).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(ApprovalConflictError);
      expect(failure).toMatchObject({ code: 'CONFLICT', openApprovals: open });
    }
    const twice = [approve(first), refuse(first.toUpperCase()), approve(second)];
    await expect(decide(fixture, { runId: run.id, decisions: twice })).rejects.toBeInstanceOf(
      InvalidInputError,
    );
    expect(await openIds(fixture, run.id)).toEqual(open);
    expect(await findRunById(fixture.database.db, run.id)).toMatchObject({ status: 'PAUSED' });
  });

  it('of several who decide at once one does, and the call is made once', async () => {
    await using context = await start(kind);
    const { fixture, paid } = context;
    const run = await ask(fixture, call(1));
    const [id = ''] = await openIds(fixture, run.id);
    fixture.model.enqueue({ text: 'Done.' });
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        decide(fixture, { runId: run.id, decisions: [approve(id)], by: `boss ${index}` }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ConflictError);
    await fixture.ended(run.id);
    expect(paid).toHaveLength(1);
    expect((await types(fixture, run.id)).filter((type) => type === 'ApprovalResolved')).toHaveLength(1);
  });

  it('a decision on a run that waits for none is a conflict', async () => {
    await using context = await start(kind);
    const { fixture } = context;
    const run = await fixture.queue();
    await expect(decide(fixture, { runId: run.id, decisions: [] })).rejects.toThrow('it is QUEUED');
    await expect(decide(fixture, { runId: uuidV7(), decisions: [] })).rejects.toThrow('not found');
  });

  it.each<[string, PayDefinition['needsApproval'], string]>([
    ['that says yes', ({ amount }) => amount > 4, 'PAUSED'],
    ['that says no', async ({ amount }) => amount > 5, 'COMPLETED'],
    ['that looks at who started the run', (_args, { id }) => id === 'ada', 'PAUSED'],
    [
      'that throws',
      () => {
        throw new Error('down');
      },
      'PAUSED',
    ],
    ['that is never done', () => new Promise<boolean>(() => {}), 'PAUSED'],
    ['that says nothing', () => undefined as unknown as boolean, 'PAUSED'],
  ])('with a policy %s', async (_, needsApproval, status) => {
    await using context = await start(kind, { needsApproval: needsApproval ?? true, timeoutMs: 100 });
    context.fixture.model.enqueue({
      respond: () => ({ toolCalls: [call(5)] }),
    });
    context.fixture.model.enqueue({ text: 'Done.' });
    const { id } = await context.fixture.queue();
    context.fixture.engine.wake(id);
    expect(await answered(context.fixture, id)).toMatchObject({ status });
  });

  it('who started the run may refuse, and not approve, what demands another', async () => {
    await using context = await start(kind, { approver: 'other' });
    const { fixture, paid } = context;
    const [first, second] = [await ask(fixture, call(1)), await ask(fixture, call(2))];
    const [one = ''] = await openIds(fixture, first.id);
    const [two = ''] = await openIds(fixture, second.id);
    const own = { runId: first.id, decisions: [approve(one)], by: 'ada' };
    await expect(decide(fixture, own)).rejects.toBeInstanceOf(MissingScopeError);
    expect(await openIds(fixture, first.id)).toEqual([one]);
    fixture.model.enqueue({ text: 'Done.' });
    await decide(fixture, { ...own, by: 'bob' });
    await fixture.ended(first.id);
    expect(paid.map(([amount]) => amount)).toEqual([1]);
    fixture.model.enqueue({ text: 'Pity.' });
    await decide(fixture, { runId: second.id, decisions: [refuse(two)], by: 'ada' });
    await fixture.ended(second.id);
    expect(paid).toHaveLength(1);
  });

  it('what is not decided in time counts as refused by nobody, and cannot be approved any more', async () => {
    await using context = await start(kind, { approvalSeconds: 1 });
    const { fixture, paid } = context;
    const [swept, late] = [await ask(fixture, call(1)), await ask(fixture, call(2))];
    const [id = ''] = await openIds(fixture, late.id);
    await fixture.database.db.updateTable('approval').set({ expires_at: new Date() }).execute();
    fixture.model.enqueue({ respond: () => ({ text: 'Pity.' }) });
    fixture.model.enqueue({ respond: () => ({ text: 'Pity.' }) });
    await expect(decide(fixture, { runId: late.id, decisions: [approve(id)] })).rejects.toBeInstanceOf(
      ConflictError,
    );
    await expireApprovals(optionsOf(fixture));
    for (const run of [swept, late]) {
      expect(await fixture.ended(run.id)).toMatchObject({ status: 'COMPLETED', output: 'Pity.' });
      expect(await calls(fixture, run.id)).toMatchObject([
        { status: 'REJECTED', content: 'The call was refused: nobody approved it in time.' },
      ]);
      expect(await listRunApprovals(fixture.database.db, run.id)).toMatchObject([
        { status: 'EXPIRED', decidedBy: null },
      ]);
    }
    expect(paid).toEqual([]);
  });

  it('while some wait on, what has expired leaves the run PAUSED', async () => {
    await using context = await start(kind);
    const { fixture, paid } = context;
    const run = await ask(fixture, call(1), call(2));
    const [first = '', second = ''] = await openIds(fixture, run.id);
    await fixture.database.db
      .updateTable('approval')
      .set({ expires_at: new Date(0) })
      .where('tool_call_id', '=', first)
      .execute();
    await expireApprovals(optionsOf(fixture));
    expect(await findRunById(fixture.database.db, run.id)).toMatchObject({ status: 'PAUSED' });
    fixture.model.enqueue({ text: 'Done.' });
    await decide(fixture, { runId: run.id, decisions: [approve(second)] });
    await fixture.ended(run.id);
    expect(paid.map(([amount]) => amount)).toEqual([2]);
  });

  it('time spent waiting is no time of the run', async () => {
    await using context = await start(kind);
    const { fixture } = context;
    const run = await ask(fixture, call(1));
    const hourAgo = new Date(Date.now() - 3_600_000);
    await fixture.database.db
      .updateTable('run')
      .set({ started_at: hourAgo, paused_at: hourAgo })
      .where('id', '=', run.id)
      .execute();
    const [id = ''] = await openIds(fixture, run.id);
    fixture.model.enqueue({ text: 'Done.' });
    await decide(fixture, { runId: run.id, decisions: [approve(id)] });
    expect(await fixture.ended(run.id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('arguments that are not those that were approved are not run', async () => {
    await using context = await start(kind);
    const { fixture, paid } = context;
    const run = await ask(fixture, call(1));
    const [id = ''] = await openIds(fixture, run.id);
    await fixture.database.db
      .updateTable('step')
      .set({ arguments: '{"amount":1000}' })
      .where('id', '=', id)
      .execute();
    fixture.model.enqueue({ text: 'Hm.' });
    await decide(fixture, { runId: run.id, decisions: [approve(id)] });
    await fixture.ended(run.id);
    expect(paid).toEqual([]);
    expect(await calls(fixture, run.id)).toMatchObject([
      { status: 'FAILED', error: 'The arguments are not those that were approved.' },
    ]);
  });

  it('the call is made with what was stored, whatever the answer of the model says now', async () => {
    await using context = await start(kind);
    const { fixture, paid } = context;
    const run = await ask(fixture, call(1));
    const [{ id, callId } = { id: '', callId: '' }] = await calls(fixture, run.id);
    const forged = [{ id, callId, name: 'pay', arguments: '{"amount":1000}' }];
    await fixture.database.db
      .updateTable('step')
      .set({ tool_calls: JSON.stringify(forged) })
      .where('run_id', '=', run.id)
      .where('kind', '=', 'model')
      .execute();
    fixture.model.enqueue({ respond: () => ({ text: 'Done.' }) });
    await decide(fixture, { runId: run.id, decisions: [approve(id)] });
    await fixture.ended(run.id);
    expect(paid.map(([amount]) => amount)).toEqual([1]);
  });

  it('a cancelled run waits for nothing any more, and its session goes on', async () => {
    await using context = await start(kind);
    const { fixture, paid } = context;
    fixture.model.enqueue({ text: 'Let me.', toolCalls: [call(1)] });
    const session = await fixture.store.session({ agentId: 'bot' });
    const [run, next] = [await fixture.queue(session), await fixture.queue(session)];
    fixture.engine.wake(run.id);
    expect(await answered(fixture, run.id)).toMatchObject({ status: 'PAUSED' });
    await fixture.engine.wakeQueued();
    expect(await findRunById(fixture.database.db, next.id)).toMatchObject({ status: 'QUEUED' });
    fixture.model.enqueue({ text: 'Next.' });
    const [id = ''] = await openIds(fixture, run.id);
    await fixture.engine.cancel('all', run.id);
    expect(await findRunById(fixture.database.db, run.id)).toMatchObject({
      status: 'CANCELLED',
      output: 'Let me.',
      metrics: { modelCalls: 1, toolCalls: 1 },
    });
    expect(await calls(fixture, run.id)).toMatchObject([
      { status: 'CANCELLED', error: 'The call was not made.' },
    ]);
    expect(await openIds(fixture, run.id)).toEqual([]);
    await expect(decide(fixture, { runId: run.id, decisions: [approve(id)] })).rejects.toThrow(
      'it is CANCELLED',
    );
    expect(await fixture.ended(next.id)).toMatchObject({ status: 'COMPLETED', output: 'Next.' });
    expect(paid).toEqual([]);
  });

  it('who waits again after a decision is not answered with the pause that is over', async () => {
    await using context = await start(kind);
    const { fixture } = context;
    const run = await ask(fixture, call(1));
    const step = fixture.model.enqueue({ text: 'All paid.', pauseBefore: 1 });
    const [id = ''] = await openIds(fixture, run.id);
    await decide(fixture, { runId: run.id, decisions: [approve(id)] });
    await step.paused;
    const waiting = answered(fixture, run.id);
    step.release();
    expect(await waiting).toMatchObject({ status: 'COMPLETED', output: 'All paid.' });
  });

  it('the wish to cancel a run that waits is stored with its end, or not at all', async () => {
    await using context = await start(kind);
    const { fixture } = context;
    const { db } = fixture.database;
    const run = await ask(fixture, call(1));
    const next = await fixture.queue({ id: run.sessionId });
    const enqueue = () => Promise.reject(new Error('The node died.'));
    const dying = fixture.another('dying', { dispatch: { enqueue } });
    await expect(dying.cancel('all', run.id)).rejects.toThrow('The node died.');
    expect(await findRunById(db, run.id)).toMatchObject({ status: 'PAUSED', cancelRequestedAt: null });
    expect(await openIds(fixture, run.id)).toHaveLength(1);
    fixture.model.enqueue({ text: 'Now you.' });
    await fixture.engine.cancel('all', run.id);
    expect(await findRunById(db, run.id)).toMatchObject({ status: 'CANCELLED' });
    expect(await fixture.ended(next.id)).toMatchObject({ status: 'COMPLETED', output: 'Now you.' });
  });

  it('the late end of a node that lost the run leaves its approvals open', async () => {
    await using context = await start(kind);
    const { fixture, paid } = context;
    const { db } = fixture.database;
    fixture.model.enqueue({ text: 'Let me.', toolCalls: [call(1)] });
    const { id } = await fixture.queue();
    const epoch = (await fixture.store.claim(id, 'gone'))?.leaseEpoch ?? 0;
    await requeueRun(db, { runId: id, epoch }, { isRecovery: true });
    fixture.engine.wake(id);
    expect(await answered(fixture, id)).toMatchObject({ status: 'PAUSED' });
    const end = { status: 'FAILED', output: '', error: null, metrics: NO_METRICS, now: new Date() } as const;
    expect(await finishRun(fixture.parts, { runId: id, epoch, ...end })).toEqual({ ended: false });
    fixture.model.enqueue({ text: 'Paid.' });
    const [open = ''] = await openIds(fixture, id);
    await decide(fixture, { runId: id, decisions: [approve(open)] });
    expect(await fixture.ended(id)).toMatchObject({ status: 'COMPLETED' });
    expect(paid.map(([amount]) => amount)).toEqual([1]);
  });

  it('a pause that was stored and its answer lost is a pause', async () => {
    await using context = await start(kind);
    const { fixture } = context;
    const step = fixture.model.enqueue({ text: 'Let me.', toolCalls: [call(1)], pauseBefore: 1 });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await step.paused;
    fixture.breaker.lostCommits = 1;
    step.release();
    expect(await answered(fixture, id)).toMatchObject({ status: 'PAUSED' });
    await expect.poll(() => fixture.engine.size).toBe(0);
    expect(await openIds(fixture, id)).toHaveLength(1);
    expect((await types(fixture, id)).filter((type) => type === 'ApprovalRequested')).toHaveLength(1);
  });

  it('a call that was approved and may have happened is asked about once more', async () => {
    const called = Promise.withResolvers<void>();
    await using context = await start(kind, {
      run: (_args, { signal }) => {
        called.resolve();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')));
        });
      },
    });
    const { fixture } = context;
    const run = await ask(fixture, call(1));
    const [id = ''] = await openIds(fixture, run.id);
    await decide(fixture, { runId: run.id, decisions: [approve(id)] });
    await called.promise;
    await fixture.engine.stop(2000);
    const other = fixture.another('other');
    other.wake(run.id);
    expect(await answered(fixture, run.id)).toMatchObject({ status: 'PAUSED', attempt: 3 });
    expect(await listRunApprovals(fixture.database.db, run.id)).toMatchObject([
      { kind: 'CALL', status: 'APPROVED' },
      { kind: 'OUTCOME', status: 'PENDING', toolCallId: id },
    ]);
    fixture.model.enqueue({ text: 'Hm.' });
    const decider = { id: 'boss', grants: new GrantSet([]) };
    await continueRun(
      { ...fixture.parts, engine: other },
      { runId: run.id, decisions: [refuse(id, 'I looked.')], decider },
    );
    expect(await fixture.ended(run.id)).toMatchObject({ status: 'COMPLETED' });
    expect(await calls(fixture, run.id)).toMatchObject([{ status: 'UNKNOWN' }]);
    expect(fixture.model.requests[1]?.body.messages.at(-1)).toMatchObject({
      content: 'The outcome of the call is not known. Note: I looked.',
    });
    expect((await types(fixture, run.id)).slice(-6)).toEqual([
      'ApprovalRequested',
      'ApprovalResolved',
      'RunStarted',
      'ToolCallFinished',
      'TextDelta',
      'RunFinished',
    ]);
    await other.stop(2000);
  });

  it('a call whose outcome is not known is made again under its key when that is approved', async () => {
    let isFirst = true;
    const called = Promise.withResolvers<void>();
    const keys: string[] = [];
    await using context = await start(kind, {
      needsApproval: false,
      run: (_args, { signal, idempotencyKey }) => {
        keys.push(idempotencyKey);
        called.resolve();
        if (!isFirst) return 'paid';
        isFirst = false;
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')));
        });
      },
    });
    const { fixture } = context;
    fixture.model.enqueue({ toolCalls: [call(1)] });
    fixture.model.enqueue({ text: 'Done.' });
    const { id: runId } = await fixture.queue();
    fixture.engine.wake(runId);
    await called.promise;
    await fixture.engine.stop(2000);
    const other = fixture.another('other');
    other.wake(runId);
    expect(await answered(fixture, runId)).toMatchObject({ status: 'PAUSED' });
    const [id = ''] = await openIds(fixture, runId);
    const decider = { id: 'boss', grants: new GrantSet([]) };
    await continueRun({ ...fixture.parts, engine: other }, { runId, decisions: [approve(id)], decider });
    expect(await fixture.ended(runId)).toMatchObject({ status: 'COMPLETED' });
    expect(keys).toEqual([`${runId}:2`, `${runId}:2`]);
    expect((await types(fixture, runId)).filter((type) => type === 'ToolCallStarted')).toHaveLength(1);
    await other.stop(2000);
  });
});
