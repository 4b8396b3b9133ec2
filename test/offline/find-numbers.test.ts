import { describe, expect, it } from 'vitest';

import { findNumbers } from '../../src/offline/find-numbers.ts';

describe('findNumbers', () => {
  it.each<[string, number[]]>([
    ['The mean of 1, 2 and 6?', [1, 2, 6]],
    ['1,2,3.5', [1, 2, 3.5]],
    ['-4 and (-5.25)', [-4, -5.25]],
    ['1,000 or 1,234,567.5', [1000, 1_234_567.5]],
    ['12 34\n56', [12, 34, 56]],
    ['sum: 3, 4.', [3, 4]],
    ['on 2026-11-24 at 12:30', []],
    ['version 1.2.3 of v8', []],
    ['http://a.example/1/2', []],
    ['http://127.0.0.1:80', []],
    ['gpt4 and abc12', []],
    ['10-20', []],
    ['', []],
  ])('%j has %j', (text, numbers) => {
    expect(findNumbers(text)).toEqual(numbers);
  });

  it('finds no more than a tool takes, and only what is finite', () => {
    expect(findNumbers('1 '.repeat(20_000))).toHaveLength(10_000);
    expect(findNumbers(`${'9'.repeat(400)} 1`)).toEqual([1]);
  });
});
