import { describe, expect, it } from 'vitest';

import { MissingScopeError } from '../../src/errors.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { requireActable, requireReadable } from '../../src/scope/require-owner.ts';

const caller = (...scopes: string[]) => ({ id: 'ann', grants: new GrantSet(scopes) });

function required(act: () => void): unknown {
  try {
    act();
    return 'nothing';
  } catch (error) {
    if (!(error instanceof MissingScopeError)) throw error;
    return error.required;
  }
}

describe('an owner that the caller must be allowed', () => {
  it.each<[string, string[], unknown]>([
    ['ann', [], 'nothing'],
    ['bob', [], [['users:bob:read']]],
    ['bob', ['users:bob:read'], 'nothing'],
    ['bob', ['users:bobby:read'], [['users:bob:read']]],
    ['auth0|x:y', ['users:bob:read'], [['users:read']]],
    ['auth0|x:y', ['users:read'], 'nothing'],
    ['*', ['users:bob:read'], [['users:read']]],
    ['*', ['users:*:read'], 'nothing'],
    ['', [], [['users:read']]],
  ])('%j to read, with %j: asks for %j', (owner, scopes, expected) => {
    expect(required(() => requireReadable(caller(...scopes), owner, 'Subscription.runEvents'))).toEqual(
      expected,
    );
  });

  it.each<[string, string[], unknown]>([
    ['ann', [], 'nothing'],
    ['bob', ['users:bob:read'], [['users:bob:act']]],
    ['bob', ['users:bob:read', 'users:bob:act'], 'nothing'],
    ['a:b', ['users:read'], [['users:act']]],
    ['a:b', ['users:read', 'users:act'], 'nothing'],
  ])('%j to act for, with %j: asks for %j', (owner, scopes, expected) => {
    expect(required(() => requireActable(caller(...scopes), owner, 'Mutation.cancelRun'))).toEqual(expected);
  });
});
