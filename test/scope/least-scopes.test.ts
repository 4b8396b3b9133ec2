import { array, assert, constantFrom, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GrantSet } from '../../src/scope/grant-set.ts';
import { chooseLeastScopes, isMet, type ScopeChoice } from '../../src/scope/least-scopes.ts';

function choose(...lists: string[][]): string[] {
  return chooseLeastScopes(
    lists.map((list) => list.map((text) => text.split(' '))),
    { adminScope: 'root' },
  );
}

describe('the least scopes for', () => {
  it.each<[string, string[][], string[]]>([
    ['nothing', [], []],
    ['one list of one', [['a:read']], ['a:read']],
    ['the same list twice', [['a:read'], ['a:read']], ['a:read']],
    [
      'two lists with one in common',
      [
        ['a:read', 'b:read'],
        ['b:read', 'c:read'],
      ],
      ['b:read'],
    ],
    ['one id before all ids', [['a:*:read', 'a:x:read']], ['a:x:read']],
    ['one without ids before all ids', [['a:*:read', 'b:read']], ['b:read']],
    ['reading before acting', [['a:x:run', 'a:x:read']], ['a:x:read']],
    ['as written among equals', [['b:x:run', 'a:x:run']], ['b:x:run']],
    ['what is needed for all covers one', [['a:x:read'], ['a:*:read']], ['a:*:read']],
    ['the global form is as good as the wildcard', [['a:*:read'], ['a:read']], ['a:read']],
    ['fewer before narrower', [['a:x:read'], ['a:*:read', 'b:read']], ['a:*:read']],
    ['several ids together', [['a:x:read a:y:read', 'b:read']], ['b:read']],
    ['admin where nothing else will do', [['root'], ['a:read']], ['root']],
    ['anything before admin', [['root', 'a:*:read'], ['b:read']], ['a:*:read', 'b:read']],
    ['what has no grammar', [['odd'], ['odd', 'a:read']], ['odd']],
  ])('%s', (_title, lists, expected) => {
    expect(choose(...lists).toSorted()).toEqual(expected.toSorted());
  });

  it('any choices are enough, and none can be left out', () => {
    const scope = tuple(
      constantFrom('a', 'b'),
      constantFrom('', 'x', 'y', '*'),
      constantFrom('read', 'run'),
    ).map((parts) => parts.filter((part) => part !== '').join(':'));
    const choices = array(
      array(array(scope, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
      {
        maxLength: 8,
      },
    );
    assert(
      property(choices, constantFrom(1, 5000), (lists: ScopeChoice[], maxSteps) => {
        const least = chooseLeastScopes(lists, { adminScope: 'root', maxSteps });
        const isEnough = (held: string[]) => lists.every((list) => isMet(list, new GrantSet(held, 'root')));
        expect(isEnough(least)).toBe(true);
        for (const left of least) expect(isEnough(least.filter((one) => one !== left))).toBe(false);
      }),
    );
  });
});
