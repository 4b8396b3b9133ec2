import { describe, expect, it } from 'vitest';

import { isPlainText } from '../../src/lib/is-plain-text.ts';

describe('isPlainText', () => {
  it.each(['', 'alice', 'Ålîçé 👩‍🚀', 'a b', 'a\u00a0b', '\u{1f600}'])('%j is plain', (text) => {
    expect(isPlainText(text)).toBe(true);
  });

  it.each(['\0', 'a\tb', 'a\n', '\u007f', '\u0085', '\u009b', '\ud800', '\udc00a', 'a\ud83d'])(
    '%j is not',
    (text) => {
      expect(isPlainText(text)).toBe(false);
    },
  );
});
