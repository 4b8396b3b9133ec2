import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ConflictError, InvalidInputError } from '../../src/errors.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { listHistory } from '../../src/store/history.ts';
import { listMessages, toMessageCursor } from '../../src/store/message.ts';
import { toCursor } from '../../src/store/page.ts';
import { insertSteps, listRunSteps, listToolSteps, type NewStep, updateStep } from '../../src/store/step.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';
import { NOW, StoreFixture } from './store-fixture.ts';

function modelStep(index: number, values: object = {}): NewStep {
  return { kind: 'model', id: uuidV7(), index, status: 'RUNNING', now: NOW, ...values };
}

function toolStep(index: number, values: object = {}): NewStep {
  return {
    kind: 'tool',
    id: uuidV7(),
    index,
    status: 'RUNNING',
    callId: `call_${index}`,
    toolName: 'search',
    arguments: { query: 'x' },
    effect: 'read',
    idempotencyKey: `key-${index}`,
    now: NOW,
    ...values,
  };
}

describe.each(DATABASE_KINDS)('steps on %s', (kind) => {
  let database: TestDatabase;
  let fixture: StoreFixture;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    fixture = new StoreFixture(database);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  describe('writing', () => {
    test('steps of a running run are stored, changed and read in order', async () => {
      const run = await fixture.running();
      const lease = { runId: run.id, epoch: run.leaseEpoch };
      const [model, tool, waiting] = [modelStep(1), toolStep(2), toolStep(3, { status: 'PENDING_APPROVAL' })];
      expect(await insertSteps(database.db, lease, [model])).toBe(true);
      expect(await insertSteps(database.db, lease, [waiting, tool])).toBe(true);
      const toolCalls = [
        { id: tool.id, callId: 'call_2', name: 'search', arguments: '{"query":"\ud800\0"}' },
      ];
      const changes = {
        status: 'COMPLETED',
        content: 'I \0search.',
        toolCalls,
        inputTokens: 3,
        outputTokens: 4.5,
      } as const;
      expect(
        await updateStep(
          database.db,
          { ...lease, index: 1 },
          { ...changes, finishReason: 'tool_calls', finishedAt: NOW },
        ),
      ).toBe(true);
      const result = { found: ['\ud800', null, 1.5], '\0': true };
      expect(
        await updateStep(
          database.db,
          { ...lease, index: 2 },
          { status: 'COMPLETED', content: 'Found.', result },
        ),
      ).toBe(true);
      expect(await listRunSteps(database.db, run.id)).toEqual([
        expect.objectContaining({ kind: 'input', index: 0 }),
        {
          kind: 'model',
          id: model.id,
          runId: run.id,
          sessionId: run.sessionId,
          turn: 0,
          index: 1,
          status: 'COMPLETED',
          content: 'I \ufffdsearch.',
          toolCalls: [{ ...toolCalls[0], arguments: '{"query":"\ufffd\ufffd"}' }],
          inputTokens: 3,
          outputTokens: 4,
          finishReason: 'tool_calls',
          createdAt: NOW,
          startedAt: NOW,
          finishedAt: NOW,
        },
        expect.objectContaining({
          kind: 'tool',
          index: 2,
          callId: 'call_2',
          toolName: 'search',
          arguments: { query: 'x' },
          result: { found: ['\ufffd', null, 1.5], '\ufffd': true },
          error: null,
          effect: 'read',
          idempotencyKey: 'key-2',
          startedAt: NOW,
          finishedAt: null,
        }),
        expect.objectContaining({ index: 3, status: 'PENDING_APPROVAL', startedAt: null, result: null }),
      ]);
    });

    test.each([[['a', 1]], ['text'], ['"'], ['{}'], [0], [false], [null], [{ __proto__x: [] }]])(
      'the JSON %j comes back as it went in',
      async (value) => {
        const { id } = await fixture.running();
        await insertSteps(database.db, { runId: id, epoch: 1 }, [toolStep(1, { arguments: value })]);
        await updateStep(database.db, { runId: id, epoch: 1, index: 1 }, { result: value });
        expect((await listToolSteps(database.db, [id]))[0]).toMatchObject({
          arguments: value,
          result: value,
        });
      },
    );

    test.each([500, 1_000, 2_000, 3_000, 4_000, 6_000, 100_000])(
      'JSON nested %i deep is stored or refused as input, and the database goes on',
      async (depth) => {
        const { id } = await fixture.running();
        const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
        const step = toolStep(1, { arguments: deep });
        const inserted = await insertSteps(database.db, { runId: id, epoch: 1 }, [step]).catch(
          (error: unknown) => error,
        );
        if (inserted !== true) expect(inserted).toBeInstanceOf(InvalidInputError);
        expect(await fixture.end(id, 1)).toMatchObject({ ended: true });
      },
    );

    test('a stale epoch, a QUEUED run and an ended run take no step and no change', async () => {
      const queued = await fixture.queued(await fixture.session());
      const ended = await fixture.running();
      await insertSteps(database.db, { runId: ended.id, epoch: 1 }, [modelStep(1)]);
      await fixture.end(ended.id, 1);
      for (const lease of [
        { runId: queued.id, epoch: 0 },
        { runId: ended.id, epoch: 1 },
        { runId: (await fixture.running()).id, epoch: 0 },
      ]) {
        expect(await insertSteps(database.db, lease, [modelStep(1)])).toBe(false);
        expect(await updateStep(database.db, { ...lease, index: 1 }, { content: 'late' })).toBe(false);
      }
      expect((await listRunSteps(database.db, ended.id))[1]).toMatchObject({ content: '' });
    });

    test('a place that is taken is a conflict, and a step that is not there is not changed', async () => {
      const { id } = await fixture.running();
      await insertSteps(database.db, { runId: id, epoch: 1 }, [modelStep(1)]);
      const again = insertSteps(database.db, { runId: id, epoch: 1 }, [toolStep(2), modelStep(1)]);
      await expect(again).rejects.toBeInstanceOf(ConflictError);
      expect(await updateStep(database.db, { runId: id, epoch: 1, index: 2 }, { content: 'x' })).toBe(false);
    });
  });

  describe('reading', () => {
    test('tool calls of several runs come at once, by run', async () => {
      const [one, two] = [await fixture.running(), await fixture.running()];
      await insertSteps(database.db, { runId: one.id, epoch: 1 }, [modelStep(1), toolStep(2), toolStep(3)]);
      await insertSteps(database.db, { runId: two.id, epoch: 1 }, [toolStep(1)]);
      const steps = await listToolSteps(database.db, [two.id, one.id]);
      expect(steps.map(({ runId, index }) => [runId, index])).toEqual([
        [one.id, 2],
        [one.id, 3],
        [two.id, 1],
      ]);
      expect(await listToolSteps(database.db, [])).toEqual([]);
    });

    test('messages are the steps that say something, oldest first, in pages from both ends', async () => {
      const session = await fixture.session({ owner: 'mia' });
      for (const turn of [0, 1]) {
        const { id } = await fixture.running(session);
        const lease = { runId: id, epoch: 1 };
        await insertSteps(database.db, lease, [modelStep(1), toolStep(2), toolStep(3), modelStep(4)]);
        await updateStep(database.db, { ...lease, index: 2 }, { content: '', finishedAt: NOW });
        await updateStep(database.db, { ...lease, index: 3 }, { content: 'so far' });
        await updateStep(database.db, { ...lease, index: 4 }, { content: `answer ${turn}` });
        await fixture.end(id, 1);
      }
      const list = async (page: object, owners: 'all' | string[] = ['mia']) =>
        await listMessages(database.db, owners, { sessionId: session.id, page });
      const { rows: all } = await list({});
      expect(all.map(({ turn, role, content }) => [turn, role, content])).toEqual([
        [0, 'USER', 'Hello'],
        [0, 'TOOL', ''],
        [0, 'ASSISTANT', 'answer 0'],
        [1, 'USER', 'Hello'],
        [1, 'TOOL', ''],
        [1, 'ASSISTANT', 'answer 1'],
      ]);
      const cursors = all.map(toMessageCursor);
      expect(await list({ first: 2, after: cursors[2] })).toEqual({
        rows: all.slice(3, 5),
        hasNextPage: true,
        hasPreviousPage: true,
      });
      expect(await list({ last: 2 })).toEqual({
        rows: all.slice(4),
        hasNextPage: false,
        hasPreviousPage: true,
      });
      expect(await list({ last: 2, before: cursors[2] })).toEqual({
        rows: all.slice(0, 2),
        hasNextPage: true,
        hasPreviousPage: false,
      });
      expect((await list({ after: cursors[0], before: cursors[3] })).rows).toEqual(all.slice(1, 3));
      expect((await list({}, ['eve'])).rows).toEqual([]);
      expect((await list({}, [])).rows).toEqual([]);
      expect((await listMessages(database.db, 'all', { sessionId: 'x', page: {} })).rows).toEqual([]);
      await expect(list({ after: toCursor(session.id) })).rejects.toMatchObject({ field: 'after' });
      await expect(list({ before: toCursor('1:99999999999') })).rejects.toMatchObject({ field: 'before' });
    });

    test('history is the last turns before a turn, newest first, each with its steps', async () => {
      const session = await fixture.session();
      const ids = [];
      for (let turn = 0; turn < 4; turn += 1) {
        const { id } = await fixture.running(session);
        await insertSteps(database.db, { runId: id, epoch: 1 }, [modelStep(1)]);
        await fixture.end(id, 1, { status: turn === 1 ? 'CANCELLED' : 'COMPLETED' });
        ids.push(id);
      }
      const turns = await listHistory(database.db, { sessionId: session.id, beforeTurn: 3, limit: 2 });
      expect(
        turns.map(({ run, steps }) => [run.id, run.status, steps.map(({ kind: stepKind }) => stepKind)]),
      ).toEqual([
        [ids[2], 'COMPLETED', ['input', 'model']],
        [ids[1], 'CANCELLED', ['input', 'model']],
      ]);
      expect(await listHistory(database.db, { sessionId: session.id, beforeTurn: 0, limit: 2 })).toEqual([]);
    });
  });
});
