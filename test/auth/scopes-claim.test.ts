import { type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';

import { MAX_SCOPE_LENGTH, MAX_SCOPES, readScopesClaim } from '../../src/auth/scopes-claim.ts';

const many = Array.from({ length: 5000 }, (_, index) => `a:x${index}:read`);

describe('readScopesClaim', () => {
  it.each<[string, JWTPayload, string[]]>([
    ['an array', { scopes: ['a:read', 'b:read'] }, ['a:read', 'b:read']],
    ['a string', { scopes: 'a:read b:read' }, ['a:read', 'b:read']],
    [
      'a string with double, leading and trailing spaces',
      { scopes: '  a:read  b:read ' },
      ['a:read', 'b:read'],
    ],
    ['`scope` as a string', { scope: 'a:read b:read' }, ['a:read', 'b:read']],
    ['`scope` as an array', { scope: ['a:read'] }, ['a:read']],
    ['`scopes` before `scope`', { scopes: ['a:read'], scope: 'agent_os:admin' }, ['a:read']],
    ['`scopes` of no use before `scope`', { scopes: 7, scope: 'agent_os:admin' }, []],
    ['`scopes: null` before `scope`', { scopes: null, scope: 'agent_os:admin' }, []],
    ['an empty array', { scopes: [], scope: 'a:read' }, []],
    ['an empty string', { scopes: '' }, []],
    ['no claim', {}, []],
    ['a number', { scopes: 7 }, []],
    ['an object', { scopes: { 0: 'a:read', length: 1 } }, []],
    ['a truth value', { scopes: true }, []],
    [
      'elements that are no strings',
      { scopes: ['a:read', 7, null, ['b:read'], { c: 1 }, 'd:read'] },
      ['a:read', 'd:read'],
    ],
    ['an element with a space, not split', { scopes: ['a:read agent_os:admin'] }, ['a:read agent_os:admin']],
    ['an element with a space after it, not trimmed', { scopes: ['agent_os:admin '] }, ['agent_os:admin ']],
    ['a string with a tab, which separates nothing', { scopes: 'a:read\tagent_os:admin' }, []],
    ['a string with a line end', { scopes: 'a:read\nagent_os:admin c:read' }, ['c:read']],
    [
      'a string with a no-break space',
      { scopes: 'a:read\u00a0agent_os:admin' },
      ['a:read\u00a0agent_os:admin'],
    ],
    ['a string with an ideographic space', { scopes: 'agent_os:admin\u3000x' }, ['agent_os:admin\u3000x']],
    ['another case, as it is', { scopes: ['AGENT_OS:ADMIN'] }, ['AGENT_OS:ADMIN']],
    ['NUL and control characters', { scopes: ['a:\0:read', 'b:\u0085:read', 'c:read'] }, ['c:read']],
    ['a lone surrogate', { scopes: ['a:\ud800:read', 'c:read'] }, ['c:read']],
    ['a scope at the longest', { scopes: ['a'.repeat(MAX_SCOPE_LENGTH)] }, ['a'.repeat(MAX_SCOPE_LENGTH)]],
    ['a scope that is too long', { scopes: ['a'.repeat(MAX_SCOPE_LENGTH + 1), 'c:read'] }, ['c:read']],
    ['5000 scopes', { scopes: many }, many.slice(0, MAX_SCOPES)],
    ['5000 scopes in a string', { scopes: many.join(' ') }, many.slice(0, MAX_SCOPES)],
    ['scopes inherited from a prototype', Object.create({ scopes: ['agent_os:admin'] }) as JWTPayload, []],
  ])('%s', (_, payload, scopes) => {
    expect(readScopesClaim(payload, null)).toEqual(scopes);
  });

  it.each<[string, string, JWTPayload, string[]]>([
    ['one name', 'permissions', { permissions: ['a:read'] }, ['a:read']],
    ['nested names', 'realm_access.roles', { realm_access: { roles: ['a:read'] } }, ['a:read']],
    ['a string at the end', 'x.y.z', { x: { y: { z: 'a:read b:read' } } }, ['a:read', 'b:read']],
    [
      'a name with dots',
      'https://id.example.com/scopes',
      { 'https://id.example.com/scopes': 'a:read' },
      ['a:read'],
    ],
    ['a nested name with dots', 'x.https://e.com/s', { x: { 'https://e.com/s': ['a:read'] } }, ['a:read']],
    [
      'nothing there, whatever `scopes` says',
      'permissions',
      { scopes: ['agent_os:admin'], scope: 'b:read' },
      [],
    ],
    ['a path that ends early', 'x.y', { x: 'y' }, []],
    ['a path through an array', 'x.0', { x: [['a:read']] }, []],
    ['a path through null', 'x.y', { x: null }, []],
    ['the prototype', '__proto__.scopes', {}, []],
    ['the constructor', 'constructor.name', {}, []],
    ['empty names', '.', { '': { '': ['a:read'] } }, ['a:read']],
  ])('by path: %s', (...[, path, payload, scopes]) => {
    expect(readScopesClaim(payload, path)).toEqual(scopes);
  });
});
