import { describe, expect, it } from 'vitest';

import { challengeForScopes } from '../../src/graphql/insufficient-scope.ts';

const BARE = 'Bearer error="insufficient_scope"';

describe('the challenge', () => {
  it.each<[string, string[][], string]>([
    ['one scope', [['agents:a:run']], ', scope="agents:a:run"'],
    ['one of a list', [['config:read', 'agents:a:read']], ', scope="agents:a:read"'],
    [
      'one of each list',
      [['sessions:write'], ['agents:a:run', 'agents:a:read']],
      ', scope="agents:a:read sessions:write"',
    ],
    ['one for two fields', [['a:read', 'b:read'], ['b:read']], ', scope="b:read"'],
    ['all ids for one that is not known', [['agents:<id>:write']], ', scope="agents:*:write"'],
    ['no list', [], ''],
    ['a quote', [['agents:a"b:run']], ''],
    ['a backslash', [['agents:a\\:run']], ''],
    ['a space', [['agents:a b:run']], ''],
    ['a line break', [['agents:a\r\nset-cookie\u003a x:run']], ''],
    ['letters beyond ASCII', [['agents:ä:run']], ''],
    ['a control character', [['agents:\u007f:run']], ''],
    ['an empty scope', [['']], ''],
    [
      'more than fits',
      Array.from({ length: 10 }, (_value, index) => [`agents:${index}${'x'.repeat(120)}:run`]),
      '',
    ],
    ['more lists than are looked at', Array.from({ length: 21 }, (_value, index) => [`a:${index}:b`]), ''],
  ])('for %s', (_what, allOf, scope) => {
    expect(challengeForScopes(allOf)).toBe(`${BARE}${scope}`);
  });

  it('prefers a scope that can be written to one that cannot', () => {
    expect(challengeForScopes([['agents:ä:read', 'config:read']])).toBe(`${BARE}, scope="config:read"`);
  });
});
