import { expect, it } from 'vitest';

import { redactSecrets } from '../../src/lib/redact-secrets.ts';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';

it.each<[string, string, string[], string]>([
  ['a secret', 'refused sk-12345!', ['sk-12345'], 'refused [redacted]!'],
  [
    'every one of them, wherever',
    'ab1234 cd5678 ab1234',
    ['ab1234', 'cd5678'],
    '[redacted] [redacted] [redacted]',
  ],
  ['one that JSON writes otherwise', JSON.stringify({ m: 'a"b\\c\nd' }), ['a"b\\c\nd'], '{"m":"[redacted]"}'],
  ['a token', `Bearer ${TOKEN} was sent`, [], 'Bearer [redacted] was sent'],
  ['no word that only begins as a token does', 'eyJ.eyJ.x and eyJustAWord', [], 'eyJ.eyJ.x and eyJustAWord'],
  ['nothing shorter than six characters', 'a short one', ['short', ''], 'a short one'],
])('takes out %s', (_name, line, secrets, redacted) => {
  expect(redactSecrets(line, secrets)).toBe(redacted);
});
