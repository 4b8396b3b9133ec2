import { describe, expect, it } from 'vitest';

import { createLogger } from '../../src/lib/logger.ts';
import { recoverRuns } from '../../src/run/recover-runs.ts';
import { appendEvents } from '../../src/store/event.ts';
import { findRunById } from '../../src/store/run.ts';
import { type RunRow } from '../../src/store/run-row.ts';
import { insertSteps, type NewStep, updateStep } from '../../src/store/step.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { type EngineFixture, startEngine } from './engine-fixture.ts';

const DEAD = '00000000000000aa';
const now = new Date('2026-01-02T03:04:05.678Z');
const log = createLogger('silent');

async function leaveOpen(fixture: EngineFixture): Promise<RunRow> {
  const { id } = await fixture.queue();
  const run = await fixture.store.claim(id, DEAD);
  if (run === null) throw new Error('The run cannot be claimed.');
  return run;
}

function recover({ database, hub }: EngineFixture, suspects?: ReadonlySet<string>) {
  return recoverRuns({ database, hub, now: () => now, log, ...(suspects && { suspects }) });
}

describe.each(DATABASE_KINDS)('recovery on %s', (kind) => {
  it('ends what a dead process left: text from the log, calls that may have happened UNKNOWN', async () => {
    await using fixture = await startEngine(kind);
    const { db } = fixture.database;
    const run = await leaveOpen(fixture);
    const lease = { runId: run.id, epoch: run.leaseEpoch };
    const tool = { kind: 'tool', status: 'RUNNING', toolName: 't', arguments: {}, now } as const;
    const steps: NewStep[] = [
      { kind: 'model', id: uuidV7(), index: 1, status: 'RUNNING', now },
      { ...tool, id: uuidV7(), index: 2, callId: 'a', effect: 'once', idempotencyKey: 'a' },
      { ...tool, id: uuidV7(), index: 3, callId: 'b', effect: 'read', idempotencyKey: 'b' },
      { kind: 'model', id: uuidV7(), index: 4, status: 'RUNNING', now },
    ];
    await insertSteps(db, lease, steps);
    const whole = {
      status: 'COMPLETED',
      content: 'first',
      inputTokens: 3,
      outputTokens: 2,
      finishedAt: now,
    } as const;
    await updateStep(db, { ...lease, index: 1 }, whole);
    const messageId = steps[3]?.id;
    const deltas = Array.from({ length: 300 }, (_, index) => ({
      ...lease,
      seq: index + 2,
      type: 'TextDelta',
      payload: { messageId: index === 7 ? 'another' : messageId, delta: `${index} ` },
      at: now,
    }));
    await appendEvents(db, deltas);
    const text = deltas.map(({ payload }) => (payload.messageId === messageId ? payload.delta : '')).join('');

    expect(await recover(fixture)).toEqual(new Set([DEAD]));
    expect(await findRunById(db, run.id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'INTERRUPTED' },
      output: text,
      lastSeq: 302,
      metrics: { inputTokens: 3, outputTokens: 2, modelCalls: 2, toolCalls: 2 },
    });
    expect(await fixture.steps(run.id)).toMatchObject([
      { kind: 'input' },
      { kind: 'model', status: 'COMPLETED', content: 'first' },
      { kind: 'tool', status: 'UNKNOWN', finishedAt: now },
      { kind: 'tool', status: 'CANCELLED', finishedAt: now },
      { kind: 'model', status: 'FAILED', content: text, finishedAt: now },
    ]);
  });

  it('by two processes at once ends each run once', async () => {
    await using fixture = await startEngine(kind);
    const runs = [await leaveOpen(fixture), await leaveOpen(fixture), await leaveOpen(fixture)];
    for (const run of runs) {
      const step = { kind: 'model', id: uuidV7(), index: 1, status: 'RUNNING', now } as const;
      await insertSteps(fixture.database.db, { runId: run.id, epoch: run.leaseEpoch }, [step]);
    }
    await Promise.all(Array.from({ length: 4 }, () => recover(fixture)));
    for (const { id } of runs) {
      expect(await findRunById(fixture.database.db, id)).toMatchObject({ status: 'FAILED', lastSeq: 2 });
    }
  });

  it('leaves what waits, what this process executes, and processes that are no suspects', async () => {
    await using fixture = await startEngine(kind);
    const [queued, own, dead] = [
      await fixture.queue(),
      await fixture.store.running(),
      await leaveOpen(fixture),
    ];
    const status = async ({ id }: RunRow) => (await findRunById(fixture.database.db, id))?.status;
    const suspects = await recover(fixture, new Set());
    expect(await status(dead)).toBe('RUNNING');
    await recover(fixture, suspects);
    expect(await Promise.all([queued, own, dead].map(status))).toEqual(['QUEUED', 'RUNNING', 'FAILED']);
  });
});
