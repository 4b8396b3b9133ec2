import { expect, it } from 'vitest';

import { parseDecision } from '../../../src/command/follow/ask-decision.ts';

it.each([
  ['y', true, null],
  ['  YES \r', true, null],
  ['n', false, null],
  ['no, not today.', false, 'not today.'],
  ['y: as it is – fine ', true, 'as it is – fine'],
])('%j is a decision', (text, approve, note) => {
  expect(parseDecision(text)).toEqual({ approve, note });
});

it.each(['', 'yesterday', 'maybe', 'nö', '1', '- y'])('%j is none', (text) => {
  expect(parseDecision(text)).toBeNull();
});
