import { describe, expect, it } from 'vitest';

import { ScopeCatalogue } from '../../src/scope/catalogue.ts';

describe('the catalogue of scopes', () => {
  it.each<[string, string, boolean]>([
    ['agents', 'run', true],
    ['agents', 'delete', false],
    ['users', 'act', true],
    ['config', 'read', true],
    ['system', 'read', false],
    ['vault', 'read', true],
    ['vault', 'write', false],
    ['agents', 'train', true],
    ['toString', 'call', false],
    ['__proto__', 'read', false],
  ])('%s:%s is known: %s', (resource, action, known) => {
    const catalogue = new ScopeCatalogue(['vault:read', 'agents:x:train']);
    expect(catalogue.has({ resource, action })).toBe(known);
  });

  it('lists its own and those of tools, each once', () => {
    const list = new ScopeCatalogue(['vault:read', 'vault:read', 'config:read']).list();
    expect(list).toEqual([...new Set(list)]);
    for (const scope of ['config:read', 'agents:run', 'agents:<id>:run', 'users:<id>:act', 'vault:read']) {
      expect(list).toContain(scope);
    }
    expect(list).not.toContain('sessions:<id>:read');
  });

  it.each(['', 'vault', 'a:b:c:d', 'vault:*', ':read'])('%j as a scope of a tool is a TypeError', (scope) => {
    expect(() => new ScopeCatalogue([scope])).toThrow(TypeError);
  });
});
