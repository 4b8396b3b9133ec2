import { describe, expect, it } from 'vitest';

import { type Evidence, findFaults, type LoggedEvent, type SeenEvent } from './find-faults.ts';

const EVENTS: readonly SeenEvent[] = [
  { seq: 1, type: 'RunStarted', messageId: null, delta: null },
  { seq: 2, type: 'TextDelta', messageId: 'm1', delta: 'one ' },
  { seq: 3, type: 'RunStarted', messageId: null, delta: null },
  { seq: 4, type: 'MessageSuperseded', messageId: 'm1', delta: null },
  { seq: 5, type: 'TextDelta', messageId: 'm2', delta: 'one ' },
  { seq: 6, type: 'TextDelta', messageId: 'm2', delta: 'two' },
  { seq: 7, type: 'RunFinished', messageId: null, delta: null },
];
const LOG: readonly LoggedEvent[] = EVENTS.map((event) => ({ ...event, runId: 'r' }));
const RUN = { id: 'r', status: 'COMPLETED', output: 'one two', attempt: 2, lastSeq: 7 };
const CLEAN: Evidence = {
  accepted: ['r'],
  runs: [RUN],
  log: LOG,
  readers: [{ runId: 'r', events: EVENTS }],
  effects: ['r:1', 'r:2'],
};

/** The log, and a reader that saw the same, with a change. */
function both(events: readonly SeenEvent[]): Partial<Evidence> {
  return {
    log: events.map((event) => ({ ...event, runId: 'r' })),
    readers: [{ runId: 'r', events }],
  };
}

const without = (seq: number): SeenEvent[] => EVENTS.filter((event) => event.seq !== seq);
const renumbered = (events: readonly SeenEvent[]): SeenEvent[] =>
  events.map((event, index) => ({ ...event, seq: index + 1 }));

describe('faults', () => {
  it('are none where all is as promised', () => {
    expect(findFaults(CLEAN)).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['a run that is lost', { runs: [] }, /accepted, and lost/],
    ['a run without an end', { runs: [{ ...RUN, status: 'RUNNING' }] }, /no true end/],
    ['a gap in the log', both(without(5)), /the log has 6 where 5 belongs/],
    ['an event twice in the log', both([...EVENTS.slice(0, 2), ...EVENTS.slice(1)]), /the log has 2 where 3/],
    ['no RunFinished', both(without(7)), /RunFinished is not once and last/],
    [
      'RunFinished twice',
      both(renumbered([...EVENTS, ...EVENTS.slice(-1)])),
      /RunFinished is not once and last/,
    ],
    ['a run that says another end', { runs: [{ ...RUN, lastSeq: 6 }] }, /lastSeq is 6/],
    ['an attempt that left no trace', { runs: [{ ...RUN, attempt: 3 }] }, /3 attempts, 2 RunStarted/],
    ['another output', { runs: [{ ...RUN, output: 'one' }] }, /the output is not the text/],
    ['half a message that stays', both(renumbered(without(4))), /was not superseded/],
    [
      'a superseded message that goes on',
      both(renumbered([...EVENTS.slice(0, 4), ...EVENTS.slice(1, 2), ...EVENTS.slice(4)])),
      /superseded message goes on/,
    ],
    ['a reader that missed one', { readers: [{ runId: 'r', events: without(4) }] }, /a reader has 5 where 4/],
    [
      'a reader that saw one twice',
      { readers: [{ runId: 'r', events: [...EVENTS, ...EVENTS.slice(-1)] }] },
      /a reader has 7 where 8/,
    ],
    ['a reader that missed the end', { readers: [{ runId: 'r', events: without(7) }] }, /saw 6 of 7/],
    [
      'a reader that saw another text',
      {
        readers: [
          {
            runId: 'r',
            events: EVENTS.map((event) => (event.seq === 6 ? { ...event, delta: 'too' } : event)),
          },
        ],
      },
      /another event 6/,
    ],
    ['a once tool that ran twice', { effects: ['r:1', 'r:1'] }, /executed 2 times/],
  ])('are found: %s', (_name, change, sentence) => {
    expect(findFaults({ ...CLEAN, ...change }).join('\n')).toMatch(sentence);
  });
});
