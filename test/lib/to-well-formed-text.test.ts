import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { toWellFormedText } from '../../src/lib/to-well-formed-text.ts';

describe('toWellFormedText', () => {
  test.each([
    ['', ''],
    ['plain text', 'plain text'],
    ['a smile 😀 stays', 'a smile 😀 stays'],
    ['\n\t\u0001 control characters stay', '\n\t\u0001 control characters stay'],
    ['a\0b\0', 'a\uFFFDb\uFFFD'],
    ['high \ud83d alone', 'high \uFFFD alone'],
    ['low \ude00 alone', 'low \uFFFD alone'],
    ['turned \ude00\ud83d round', 'turned \uFFFD\uFFFD round'],
    ['at the end \ud83d', 'at the end \uFFFD'],
  ])('%j becomes %j', (text, expected) => {
    expect(toWellFormedText(text)).toBe(expected);
  });

  test('any text becomes well-formed, free of NUL and of the same length; a second time changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 0xffff }), (text, unit) => {
        const dirty = text + String.fromCharCode(unit) + text;
        const clean = toWellFormedText(dirty);
        expect(clean.isWellFormed()).toBe(true);
        expect(clean).not.toContain('\0');
        expect(clean).toHaveLength(dirty.length);
        expect(toWellFormedText(clean)).toBe(clean);
      }),
    );
  });
});
