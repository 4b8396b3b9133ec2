import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { formatScope, parseScope } from '../../src/scope/scope.ts';

interface ScopeCases {
  cases: { name: string; grants: string[]; required: string[]; allowed: boolean; adminScope?: string }[];
  lists: {
    name: string;
    grants: string[];
    resource: string;
    action: string;
    all: string[];
    visible: string[];
    denied: boolean;
    adminScope?: string;
  }[];
}

const table = JSON.parse(readFileSync(new URL('scope-cases.json', import.meta.url), 'utf8')) as ScopeCases;

describe('the grammar', () => {
  it.each([
    ['agents:run', { resource: 'agents', id: null, action: 'run' }],
    ['agents:web-search-agent:run', { resource: 'agents', id: 'web-search-agent', action: 'run' }],
    ['agents:*:run', { resource: 'agents', id: '*', action: 'run' }],
    ['system:read', { resource: 'config', id: null, action: 'read' }],
    ['agents: a :run', { resource: 'agents', id: ' a ', action: 'run' }],
    ['agents:агент:run', { resource: 'agents', id: 'агент', action: 'run' }],
  ])('reads %j', (text, scope) => {
    expect(parseScope(text)).toEqual(scope);
    expect(parseScope(formatScope(scope))).toEqual(scope);
  });

  it.each([
    '',
    ':',
    '::',
    'agents',
    'agents:',
    ':run',
    'agents::run',
    'agents:x:',
    'a:b:c:d',
    '*',
    '*:*',
    '*:run',
    'agents:*',
    'agents:*:*',
    'agents:w*:run',
    'agents:**:run',
    '*:x:run',
  ])('refuses %j', (text) => {
    expect(parseScope(text)).toBeNull();
  });
});

describe('matching', () => {
  it.each(table.cases)('$name', ({ grants, required, allowed, adminScope }) => {
    const held = new GrantSet(grants, adminScope);
    expect(required.every((scope) => held.allowsText(scope))).toBe(allowed);
  });

  it('an id that came through a hole is compared literally, whatever it holds', () => {
    const held = new GrantSet(['agents:a:run']);
    for (const id of ['', '*', 'a:b', 'A', ' a', 'a '])
      expect(held.allows({ resource: 'agents', id, action: 'run' })).toBe(false);
    expect(new GrantSet(['agents:run']).allows({ resource: 'agents', id: '', action: 'run' })).toBe(false);
    expect(new GrantSet(['agents:run']).allows({ resource: 'agents', id: 'a:b', action: 'run' })).toBe(true);
  });

  it('a configured admin scope replaces the default one', () => {
    expect(new GrantSet(['agent_os:admin'], 'root').allowsText('config:read')).toBe(false);
    expect(new GrantSet(['root'], 'root').allowsText('config:read')).toBe(true);
    expect(new GrantSet(['root'], 'root').malformed).toEqual([]);
  });
});

describe('lists', () => {
  it.each(table.lists)('$name', ({ grants, resource, action, all, visible, denied, adminScope }) => {
    const held = new GrantSet(grants, adminScope);
    const ids = held.visibleIds(resource, action);
    expect(all.filter((id) => ids === 'all' || ids.has(id))).toEqual(visible);
    expect(held.holdsAny(resource, action)).toBe(!denied);
  });
});
