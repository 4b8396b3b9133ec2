import { describe, expect, it } from 'vitest';

import {
  type AmbitRun,
  type AmbitRunEvent,
  type AmbitToolCall,
  applyEvent,
  emptyTranscript,
} from '../../src/client.ts';

const runId = 'run';
const at = (seq: number) => ({ runId, seq, at: new Date(seq * 1000).toISOString() });
const call = (status: AmbitToolCall['status']): AmbitToolCall => ({
  id: 'call',
  name: 'add',
  arguments: {},
  result: null,
  error: null,
  status,
  startedAt: null,
  finishedAt: null,
});
const text = (seq: number, messageId: string, delta: string): AmbitRunEvent => ({
  __typename: 'TextDelta',
  ...at(seq),
  messageId,
  delta,
});
const finished = (seq: number, output: string): AmbitRunEvent => ({
  __typename: 'RunFinished',
  ...at(seq),
  // As much of a run as is looked at.
  run: { id: runId, status: 'COMPLETED', output, toolCalls: [] } as unknown as AmbitRun,
});

const EVENTS: readonly AmbitRunEvent[] = [
  { __typename: 'RunStarted', ...at(1), attempt: 1, model: 'm' },
  { __typename: 'ReasoningDelta', ...at(2), messageId: 'a', delta: 'Hm.' },
  text(3, 'a', 'On'),
  text(4, 'a', 'e.'),
  { __typename: 'ToolCallStarted', ...at(5), toolCall: call('RUNNING') },
  { __typename: 'ToolCallFinished', ...at(6), toolCall: call('COMPLETED') },
  text(7, 'b', 'Broken'),
  { __typename: 'MessageSuperseded', ...at(8), messageId: 'b' },
  text(9, 'c', 'Two.'),
  finished(10, 'Two.'),
];

const read = (events: readonly AmbitRunEvent[]) => events.reduce(applyEvent, emptyTranscript());

describe('a transcript', () => {
  it('has the messages that stand, the calls as they ended, and where the time went', () => {
    const view = read(EVENTS);
    expect(view).toMatchObject({ seq: 10, status: 'COMPLETED', approvals: [], hasGap: false });
    expect(view.messages).toEqual([
      { id: 'a', text: 'One.', reasoning: 'Hm.', seq: 2 },
      { id: 'c', text: 'Two.', reasoning: '', seq: 9 },
    ]);
    expect(view.toolCalls).toMatchObject([{ id: 'call', status: 'COMPLETED', seq: 5 }]);
    expect(
      view.timeline.map(({ kind, label, startedAt, endedAt }) => [kind, label, startedAt, endedAt]),
    ).toEqual([
      ['model', 'm', at(1).at, at(5).at],
      ['tool', 'add', at(5).at, at(6).at],
      ['model', 'm', at(6).at, at(10).at],
    ]);
  });

  it('is not changed by what was applied already, nor is what it was made of', () => {
    const view = read(EVENTS);
    for (const event of EVENTS) expect(applyEvent(view, event)).toBe(view);
    const early = read(EVENTS.slice(0, 3));
    const copy = structuredClone(early);
    applyEvent(early, EVENTS[3] ?? text(4, 'a', ''));
    expect(early).toEqual(copy);
  });

  it('is the same when all comes anew after a reset, joined', () => {
    const joined = [...EVENTS.slice(0, 2), text(4, 'a', 'One.'), ...EVENTS.slice(4)];
    const reset: AmbitRunEvent = { __typename: 'EventsReset', runId, seq: 0 };
    expect(read([...EVENTS.slice(0, 3), reset, ...joined])).toEqual(read(EVENTS));
  });

  it('has the output where the events are gone', () => {
    const gap: AmbitRunEvent = { __typename: 'EventsReset', runId, seq: 9 };
    const view = read([gap, finished(10, 'Two.')]);
    expect(view).toMatchObject({ hasGap: true, status: 'COMPLETED', messages: [{ text: 'Two.' }] });
  });
});
