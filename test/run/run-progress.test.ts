import { describe, expect, it } from 'vitest';

import { RunProgress } from '../../src/run/run-progress.ts';

function start(...times: number[]): RunProgress {
  return new RunProgress({
    startedAt: new Date(1000),
    nextIndex: 1,
    now: () => new Date(times.shift() ?? 0),
  });
}

describe('the progress of a run', () => {
  it('counts calls, tokens and places', () => {
    const progress = start();
    expect([progress.takeIndex(), progress.takeIndex()]).toEqual([1, 2]);
    progress.beginMessage();
    progress.addUsage({ inputTokens: 3, outputTokens: 2 });
    progress.addUsage(null);
    progress.addToolCalls(2);
    progress.beginMessage();
    expect(progress.metrics).toEqual({
      inputTokens: 3,
      outputTokens: 2,
      modelCalls: 2,
      toolCalls: 2,
      timeToFirstTokenMs: null,
    });
  });

  it('takes the time of the first text, and of none before the start', () => {
    const progress = start(1250, 9000);
    progress.beginMessage();
    progress.addText('a');
    progress.addText('b');
    expect(progress.metrics.timeToFirstTokenMs).toBe(250);
    const early = start(500);
    early.addText('a');
    expect(early.metrics.timeToFirstTokenMs).toBe(0);
  });

  it('has the text of the message under way, or of the last one that had any', () => {
    const progress = start();
    expect(progress.textSoFar).toBe('');
    progress.beginMessage();
    progress.addText('one');
    progress.beginMessage();
    expect(progress.textSoFar).toBe('one');
    progress.beginMessage();
    expect(progress.textSoFar).toBe('one');
    progress.addText('two');
    expect(progress.textSoFar).toBe('two');
  });
});
