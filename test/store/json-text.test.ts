import { describe, expect, test } from 'vitest';

import { InvalidInputError } from '../../src/errors.ts';
import { jsonText } from '../../src/store/json-text.ts';

describe('jsonText', () => {
  test.each<[unknown, string]>([
    [null, 'null'],
    [undefined, 'null'],
    ['a', '"a"'],
    [[1, true, null], '[1,true,null]'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    [{ at: new Date(0), text: '\0' }, '{"at":"1970-01-01T00:00:00.000Z","text":"\ufffd"}'],
    ['\ud83d\ude80', '"🚀"'],
    ['\ud83d', '"\ufffd"'],
    ['\u0001', String.raw`"\u0001"`],
    [String.raw`\u0000`, String.raw`"\\u0000"`],
    [{ 'a\0': { '\udc00': ['\0'] } }, '{"a\ufffd":{"\ufffd":["\ufffd"]}}'],
    [JSON.parse('{"__proto__":"\\u0000"}'), '{"__proto__":"\ufffd"}'],
  ])('%j is written', (value, text) => {
    expect(jsonText(value)).toBe(text);
  });

  const circular: unknown[] = [];
  circular.push(circular);
  test.each([
    ['a big integer', 1n],
    ['a circle', circular],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
  ])('%s is refused as input', (_, value) => {
    expect(() => jsonText(value)).toThrow(InvalidInputError);
  });
});
