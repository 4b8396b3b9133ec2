import { describe, expect, it } from 'vitest';

import { isDeeperThan } from '../../src/lib/is-deeper-than.ts';

describe('depth', () => {
  it.each<[unknown, number]>([
    [1, 0],
    ['x', 0],
    [null, 0],
    [[], 1],
    [{}, 1],
    [[1, [2]], 2],
    [{ a: [{ b: 1 }], c: 1 }, 3],
  ])('of %j is %d', (value, depth) => {
    expect(isDeeperThan(value, depth)).toBe(false);
    if (depth > 0) expect(isDeeperThan(value, depth - 1)).toBe(true);
  });

  it('of what is nested without end is looked into no further than asked', () => {
    expect(isDeeperThan(JSON.parse(`${'['.repeat(4000)}${']'.repeat(4000)}`), 100)).toBe(true);
  });
});
