import { expect, it } from 'vitest';

import type { AmbitRunEvent, AmbitToolCall } from '../../../src/client.ts';
import { Progress } from '../../../src/command/follow/progress.ts';

const base = { runId: 'r', seq: 1, at: '2026-01-31T12:00:00.000Z' };
const toolCall: AmbitToolCall = {
  id: 't',
  name: 'pay',
  arguments: {},
  result: null,
  error: null,
  status: 'RUNNING',
  startedAt: null,
  finishedAt: null,
};

it('says how far a run is', () => {
  let now = 500;
  const progress = new Progress('bot', () => now);
  const after = (event: AmbitRunEvent): string => {
    now += 900;
    progress.apply(event);
    return progress.describe();
  };
  expect(progress.describe()).toBe('bot: starting · 0 s');
  progress.accept();
  expect(progress.describe()).toBe('bot: queued · 0 s');
  expect(after({ ...base, __typename: 'RunStarted', attempt: 1, model: 'm' })).toBe('bot: thinking · 0 s');
  progress.accept(); // its answer came later than its events
  expect(progress.describe()).toBe('bot: thinking · 0 s');
  expect(after({ ...base, __typename: 'ReasoningDelta', messageId: 'm', delta: 'Well, ' })).toBe(
    'bot: reasoning · 1 s · about 2 tokens',
  );
  expect(after({ ...base, __typename: 'ApprovalRequested', toolCall })).toContain('waiting for an approval');
  expect(after({ ...base, __typename: 'ApprovalResolved', toolCall, approved: true })).toContain('thinking');
  expect(after({ ...base, __typename: 'ToolCallStarted', toolCall })).toBe(
    'bot: calling pay · 4 s · about 2 tokens · tools: 1',
  );
  expect(after({ ...base, __typename: 'ToolCallFinished', toolCall })).toContain('thinking');
  expect(after({ ...base, __typename: 'TextDelta', messageId: 'm', delta: 'Paid' })).toBe(
    'bot: answering · 6 s · about 3 tokens · tools: 1',
  );
  progress.lose();
  expect(progress.describe()).toContain('bot: connection lost, trying again ·');
});
