import { describe, expect, it } from 'vitest';

import { GrantSet } from '../../src/scope/grant-set.ts';
import { parseScope, type Scope } from '../../src/scope/scope.ts';

const cases: { readonly granted: string[]; readonly required: string; readonly by: string | null }[] = [
  { granted: ['agents:run'], required: 'agents:a:run', by: 'agents:run' },
  { granted: ['agents:*:run'], required: 'agents:a:run', by: 'agents:*:run' },
  { granted: ['agents:*:run'], required: 'agents:run', by: 'agents:*:run' },
  { granted: ['agents:b:run', 'agents:a:run'], required: 'agents:a:run', by: 'agents:a:run' },
  { granted: ['agents:a:run'], required: 'agents:run', by: null },
  { granted: ['agents:b:run', 'agents:a:read'], required: 'agents:a:run', by: null },
  { granted: ['system:read'], required: 'config:read', by: 'system:read' },
  { granted: ['agents:a:run', 'root'], required: 'agents:a:run', by: 'root' },
  { granted: [':', 'agents::run'], required: 'agents:a:run', by: null },
  { granted: [], required: 'agents:run', by: null },
];

describe('the grant by which a scope is met', () => {
  it.each(cases)('$granted meets $required by $by', ({ granted, required, by }) => {
    const grants = new GrantSet(granted, 'root');
    expect(grants.grantFor(toScope(required))).toBe(by);
    expect(grants.allows(toScope(required))).toBe(by !== null);
  });
});

function toScope(text: string): Scope {
  const scope = parseScope(text);
  if (scope === null) throw new Error(`${text} is no scope.`);
  return scope;
}
