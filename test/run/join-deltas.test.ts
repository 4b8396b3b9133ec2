import { describe, expect, test } from 'vitest';

import { joinDeltas } from '../../src/run/join-deltas.ts';
import { type ModelEvent } from '../../src/run/model.ts';

const text = (delta: string): ModelEvent => ({ type: 'text', delta });
const reasoning = (delta: string): ModelEvent => ({ type: 'reasoning', delta });
const turn: ModelEvent = {
  type: 'turn',
  turn: { text: 'ab', toolCalls: [], usage: null, finishReason: 'stop' },
};

describe('deltas', () => {
  test.each<[string, ModelEvent[], ModelEvent[]]>([
    ['none', [], []],
    ['one', [text('a')], [text('a')]],
    ['of one kind', [text('a'), text('b'), text('c')], [text('abc')]],
    [
      'of two kinds',
      [reasoning('a'), reasoning('b'), text('c'), reasoning('d')],
      [reasoning('ab'), text('c'), reasoning('d')],
    ],
    ['and the turn', [text('a'), text('b'), turn], [text('ab'), turn]],
  ])('%s', (_, events, joined) => {
    expect([...joinDeltas(events)]).toEqual(joined);
  });

  test('before a failure are shown before it', () => {
    function* failing(): Generator<ModelEvent> {
      yield text('a');
      yield text('b');
      throw new Error('broken');
    }
    const events = joinDeltas(failing());
    expect(events.next().value).toEqual(text('ab'));
    expect(() => events.next()).toThrow('broken');
  });
});
