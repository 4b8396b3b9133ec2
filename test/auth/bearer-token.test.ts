import { describe, expect, it } from 'vitest';

import { MAX_BEARER_LENGTH, parseBearerToken } from '../../src/auth/bearer-token.ts';
import { UnauthenticatedError } from '../../src/errors.ts';

describe('parseBearerToken', () => {
  it.each([[undefined], [[]]])('%j is no token', (header) => {
    expect(parseBearerToken(header)).toBeNull();
  });

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['Bearer a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
    [['Bearer abc'], 'abc'],
  ])('%j carries its token', (header, token) => {
    expect(parseBearerToken(header)).toBe(token);
  });

  it('16 KiB carry their token', () => {
    const token = 'a'.repeat(MAX_BEARER_LENGTH - 'Bearer '.length);
    expect(parseBearerToken(`Bearer ${token}`)).toBe(token);
  });

  it.each([
    ['an empty value', ''],
    ['a blank value', ' '],
    ['the scheme alone', 'Bearer'],
    ['the scheme and a space', 'Bearer '],
    ['two spaces', 'Bearer  abc'],
    ['a tab', 'Bearer\tabc'],
    ['a no-break space', 'Bearer\u00a0abc'],
    ['a space before', ' Bearer abc'],
    ['a space after', 'Bearer abc '],
    ['a line end after', 'Bearer abc\n'],
    ['a token without scheme', 'abc'],
    ['another scheme', 'Basic YWxpY2U6eA=='],
    ['a scheme that starts alike', 'BearerX abc'],
    ['a colon', 'Bearer: abc'],
    ['two tokens', 'Bearer abc def'],
    ['two values joined by a comma', 'Bearer abc, Bearer def'],
    ['a bearer token behind another scheme', 'Basic eDp5, Bearer abc'],
    ['quotes', 'Bearer "abc"'],
    ['an equals sign inside', 'Bearer a=b'],
    ['padding alone', 'Bearer ='],
    ['letters beyond ASCII', 'Bearer abcé'],
    ['a NUL', 'Bearer abc\0'],
    ['more than 16 KiB', `Bearer ${'a'.repeat(MAX_BEARER_LENGTH - 6)}`],
    ['two headers', ['Bearer abc', 'Bearer def']],
    ['the same header twice', ['Bearer abc', 'Bearer abc']],
    ['an empty header before a good one', ['', 'Bearer abc']],
  ])('%s is refused', (_, header) => {
    expect(() => parseBearerToken(header)).toThrow(UnauthenticatedError);
    expect(() => parseBearerToken(header)).toThrow(expect.objectContaining({ reason: 'invalid' }));
  });

  it.each([[7], [true], [{ length: 1 }], [{}], [[7]], [[['Bearer abc']]]])(
    '%j out of the JSON of a client is refused',
    (value) => {
      // What a client sends as JSON may be of any type.
      expect(() => parseBearerToken(value as unknown as string)).toThrow(UnauthenticatedError);
    },
  );

  it('null out of the JSON of a client is no token', () => {
    expect(parseBearerToken(null as unknown as undefined)).toBeNull();
  });
});
