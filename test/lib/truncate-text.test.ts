import { describe, expect, it } from 'vitest';

import { truncateText } from '../../src/lib/truncate-text.ts';

describe('truncateText', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['a😀bc', 3, 'a…'],
    ['😀😀', 2, '…'],
    ['abc', 1, '…'],
    ['', 0, ''],
  ])('%j within %i is %j', (text, maxLength, truncated) => {
    expect(truncateText(text, maxLength)).toBe(truncated);
  });
});
