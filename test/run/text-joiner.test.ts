import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { toWellFormedText } from '../../src/lib/to-well-formed-text.ts';
import { TextJoiner } from '../../src/run/text-joiner.ts';

describe('TextJoiner', () => {
  test('a character cut in two comes out whole with the second delta', () => {
    const joiner = new TextJoiner();
    expect([joiner.push('so \ud83d'), joiner.push('\ude00!'), joiner.flush()]).toEqual(['so ', '😀!', '']);
  });

  test('a first half that nothing follows becomes the replacement character at the end', () => {
    const joiner = new TextJoiner();
    expect([joiner.push('so \ud83d'), joiner.flush(), joiner.flush()]).toEqual(['so ', '\uFFFD', '']);
  });

  test('a first half that another text follows is replaced at once', () => {
    const joiner = new TextJoiner();
    expect([joiner.push('\ud83d'), joiner.push('\ud83d'), joiner.push('x')]).toEqual([
      '',
      '\uFFFD',
      '\uFFFDx',
    ]);
  });

  test('however a text is cut, its deltas are well-formed and together the well-formed text', () => {
    const unit = fc.constantFrom('a', '\0', '\ud83d', '\ude00', 'ü', '\n', '');
    fc.assert(
      fc.property(fc.array(fc.array(unit)), (cut) => {
        const joiner = new TextJoiner();
        const deltas = [...cut.map((units) => joiner.push(units.join(''))), joiner.flush()];
        expect(deltas.every((delta) => delta.isWellFormed())).toBe(true);
        expect(deltas.join('')).toBe(toWellFormedText(cut.flat().join('')));
      }),
    );
  });
});
