import { describe, expect, it } from 'vitest';

import { GrantSet } from '../../src/scope/grant-set.ts';
import { actableOwners, readableOwners } from '../../src/scope/principal.ts';

const ADMIN = 'agent_os:admin';

describe('whose data somebody may read and act on', () => {
  it.each<[string[], 'all' | string[], 'all' | string[]]>([
    [[], ['ann'], ['ann']],
    [['users:bob:read'], ['ann', 'bob'], ['ann']],
    [['users:bob:act'], ['ann'], ['ann']],
    [
      ['users:bob:read', 'users:bob:act'],
      ['ann', 'bob'],
      ['ann', 'bob'],
    ],
    [['users:bob:read', 'users:carl:act'], ['ann', 'bob'], ['ann']],
    [['users:read'], 'all', ['ann']],
    [['users:*:read', 'users:bob:act'], 'all', ['ann', 'bob']],
    [
      ['users:bob:read', 'users:act'],
      ['ann', 'bob'],
      ['ann', 'bob'],
    ],
    [['users:act'], ['ann'], ['ann']],
    [['users:read', 'users:*:act'], 'all', 'all'],
    [[ADMIN], 'all', 'all'],
    [['users:b:ob:read', 'users::read', 'user:bob:read', 'users:bob:write'], ['ann'], ['ann']],
  ])('ann with %j: %j, %j', (scopes, readable, actable) => {
    const identity = { id: 'ann', grants: new GrantSet(scopes, ADMIN) };
    const distinct = (owners: 'all' | readonly string[]) =>
      owners === 'all' ? owners : [...new Set(owners)];
    expect(distinct(readableOwners(identity))).toEqual(readable);
    expect(distinct(actableOwners(identity))).toEqual(actable);
  });
});
