import { describe, expect, it } from 'vitest';

import { RunWriter, WriterClosedError } from '../../src/event/run-writer.ts';

const NOW = new Date('2026-01-02T03:04:05.678Z');

function createWriter(lastSeq = 1) {
  const asked: ('now' | 'soon')[] = [];
  const writer = new RunWriter({
    runId: 'run',
    epoch: 3,
    lastSeq,
    now: () => NOW,
    schedule: (when) => asked.push(when),
  });
  return { writer, asked };
}

const STARTED = {
  type: 'ToolCallStarted',
  payload: {
    toolCall: {
      id: 'call',
      name: 'add',
      arguments: {},
      result: null,
      error: null,
      status: 'RUNNING',
      startedAt: null,
      finishedAt: null,
    },
  },
} as const;

describe('a writer', () => {
  it('joins adjacent pieces of one message and numbers what is left', () => {
    const { writer } = createWriter();
    for (const delta of ['a', 'b']) void writer.appendDelta('TextDelta', 'm1', delta);
    void writer.appendDelta('ReasoningDelta', 'm1', 'hm');
    void writer.appendDelta('TextDelta', 'm1', 'c');
    void writer.append(STARTED);
    void writer.appendDelta('TextDelta', 'm2', 'd');
    expect(writer.take()).toEqual([
      {
        type: 'TextDelta',
        payload: { messageId: 'm1', delta: 'ab' },
        runId: 'run',
        seq: 2,
        at: NOW,
        epoch: 3,
      },
      {
        type: 'ReasoningDelta',
        payload: { messageId: 'm1', delta: 'hm' },
        runId: 'run',
        seq: 3,
        at: NOW,
        epoch: 3,
      },
      {
        type: 'TextDelta',
        payload: { messageId: 'm1', delta: 'c' },
        runId: 'run',
        seq: 4,
        at: NOW,
        epoch: 3,
      },
      { ...STARTED, runId: 'run', seq: 5, at: NOW, epoch: 3 },
      {
        type: 'TextDelta',
        payload: { messageId: 'm2', delta: 'd' },
        runId: 'run',
        seq: 6,
        at: NOW,
        epoch: 3,
      },
    ]);
  });

  it('does not join to what is in flight already, also when that comes back', () => {
    const { writer } = createWriter();
    void writer.appendDelta('TextDelta', 'm', 'a');
    writer.take();
    void writer.appendDelta('TextDelta', 'm', 'b');
    writer.restore();
    expect(writer.take().map(({ seq, payload }) => [seq, payload])).toEqual([
      [2, { messageId: 'm', delta: 'a' }],
      [3, { messageId: 'm', delta: 'b' }],
    ]);
  });

  it('asks for a flush at once when a message begins, and soon after that', () => {
    const { writer, asked } = createWriter();
    for (const delta of ['a', 'b', 'c']) void writer.appendDelta('TextDelta', 'm1', delta);
    void writer.append(STARTED);
    void writer.appendDelta('TextDelta', 'm2', 'd');
    expect(asked).toEqual(['now', 'soon', 'soon', 'now', 'now']);
  });

  it('cuts what would become too long an event', () => {
    const { writer } = createWriter();
    for (let index = 0; index < 5; index += 1) void writer.appendDelta('TextDelta', 'm', 'x'.repeat(10_000));
    const lengths = writer.take().map(({ payload }) => ('delta' in payload ? payload.delta.length : 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(16_384);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(50_000);
  });

  it('makes the producer wait while too much is pending', async () => {
    const { writer } = createWriter();
    let full: Promise<void> | undefined;
    let appended = 0;
    while (full === undefined) {
      full = writer.appendDelta('TextDelta', 'm', 'x'.repeat(10_000));
      appended += 10_000;
    }
    expect(appended).toBeLessThan(300_000);
    writer.take();
    writer.settle();
    await full;
    expect(writer.appendDelta('TextDelta', 'm', 'y')).toBeUndefined();
  });

  it('is drained when nothing is pending or in flight', async () => {
    const { writer } = createWriter();
    await writer.drain();
    void writer.appendDelta('TextDelta', 'm', 'a');
    writer.take();
    void writer.appendDelta('TextDelta', 'm', 'b');
    let isDrained = false;
    const drained = writer.drain().then(() => (isDrained = true));
    writer.settle();
    await Promise.resolve();
    expect(isDrained).toBe(false);
    writer.take();
    writer.settle();
    await drained;
  });

  it('that is closed tells whoever waits and whoever comes after', async () => {
    const { writer } = createWriter();
    void writer.appendDelta('TextDelta', 'm', 'a');
    const drained = writer.drain();
    writer.close(new WriterClosedError('gone'));
    await expect(drained).rejects.toThrow('gone');
    await expect(writer.drain()).rejects.toThrow('gone');
    await expect(writer.appendDelta('TextDelta', 'm', 'b')).rejects.toThrow('gone');
    expect(writer.hasPending).toBe(false);
  });
});
