import { expect, it } from 'vitest';

import { toPrintableText } from '../../src/lib/to-printable-text.ts';

it.each([
  ['a\tb\nc', 'a\tb\nc'],
  ['é 😀 \u200d', 'é 😀 \u200d'],
  ['\u001b]0;title\u0007', '\uFFFD]0;title\uFFFD'],
  ['\u009b2J\u007f\r', '\uFFFD2J\uFFFD\uFFFD'],
  ['pay \u202e001\u202c \u2066x\u2069 \u200f', 'pay \uFFFD001\uFFFD \uFFFDx\uFFFD \u200f'],
])('%j is shown as %j', (text, shown) => {
  expect(toPrintableText(text)).toBe(shown);
});
