import { describe, expect, test } from 'vitest';

import { ResourceStack } from '../../src/store/resource-stack.ts';

describe('ResourceStack', () => {
  test('closes the last first, once, and all of them when one fails', async () => {
    const stack = new ResourceStack();
    const closed: number[] = [];
    for (const number of [1, 2, 3]) {
      stack.defer(async () => {
        closed.push(number);
        if (number === 2) throw new Error('two');
      });
    }
    await expect(stack[Symbol.asyncDispose]()).rejects.toThrow('two');
    await stack[Symbol.asyncDispose]();
    expect(closed).toEqual([3, 2, 1]);
  });
});
