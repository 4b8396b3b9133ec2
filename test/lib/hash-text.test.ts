import { describe, expect, it } from 'vitest';

import { hashText } from '../../src/lib/hash-text.ts';

describe('hashText', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('%j has the hash that FNV-1a gives it', (text, hash) => {
    expect(hashText(text)).toBe(hash);
  });

  it('spreads similar texts', () => {
    const buckets = new Set(Array.from({ length: 100 }, (_, n) => hashText(`message ${n}`) % 10));
    expect(buckets.size).toBe(10);
  });
});
