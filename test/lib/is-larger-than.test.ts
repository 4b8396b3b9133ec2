import { expect, it } from 'vitest';

import { isLargerThan } from '../../src/lib/is-larger-than.ts';

it.each<[string, unknown, number, boolean]>([
  ['a text within', 'x'.repeat(90), 100, false],
  ['a text beyond', 'x'.repeat(100), 100, true],
  ['texts that are too much together', { a: ['x'.repeat(50)], b: 'x'.repeat(50) }, 100, true],
  ['many small values', Array(1000).fill(0), 1000, true],
  ['a long name', { ['k'.repeat(100)]: null }, 100, true],
  ['nothing', undefined, 100, false],
])('%s', (_name, value, maximum, expected) => {
  expect(isLargerThan(value, maximum)).toBe(expected);
});

it('does not recur', () => {
  let deep: unknown = 'x';
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  expect(isLargerThan(deep, 10_000_000)).toBe(false);
});
