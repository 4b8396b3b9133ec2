import { describe, expect, test } from 'vitest';

import { formatRequiredScope, requireScopeTemplate } from '../../src/directive/required-scope.ts';
import { ScopeFamilies } from '../../src/directive/scope-family.ts';

const known = {
  families: new ScopeFamilies({ agents: ['run'], config: ['read'], constructor: [] }),
  loaders: new Set(['run']),
  adminScope: 'agent_os:admin',
};

describe('templates that are understood', () => {
  test.each([
    ['config:read', null],
    ['system:read', null],
    ['agents:run', null],
    ['agents:web:run', null],
    ['agents:*:run', null],
    ['agents:{args.id}:run', { from: 'args', path: ['id'] }],
    ['agents:{args.input.agentId}:run', { from: 'args', path: ['input', 'agentId'] }],
    ['agents:{parent.id}:run', { from: 'parent', property: 'id' }],
    ['agents:{item.id}:run', { from: 'item', property: 'id' }],
    ['agents:{value}:run', { from: 'value' }],
    ['agents:{run.agentId}:run', { from: 'loader', loader: 'run', property: 'agentId' }],
  ])('%s', (text, hole) => {
    expect(requireScopeTemplate(text, known)).toMatchObject({ type: 'scope', text, hole });
  });

  test('the admin scope is compared whole and needs no family', () => {
    expect(requireScopeTemplate('agent_os:admin', known)).toEqual({ type: 'admin', text: 'agent_os:admin' });
    expect(requireScopeTemplate('root', { ...known, adminScope: 'root' })).toEqual({
      type: 'admin',
      text: 'root',
    });
  });

  test('system is another word for config', () => {
    expect(requireScopeTemplate('system:read', known)).toMatchObject({ family: { resource: 'config' } });
  });
});

test.each([
  ['', /empty scope/],
  ['agents', /is not a scope/],
  ['agents:', /is not a scope/],
  [':run', /is not a scope/],
  ['agents::run', /is not a scope/],
  ['*:run', /is not a scope/],
  ['agents:*', /is not a scope/],
  ['agents:we*b:run', /is not a scope/],
  ['a:b:c:d', /is not a scope/],
  ['agents:{args.id}:x:run', /id place only/],
  ['{args.id}:run', /id place only/],
  ['agents:{args.id}', /id place only/],
  ['{args.id}:web:run', /id place only/],
  ['agents:web:{args.id}', /id place only/],
  ['agents:{args.id}:{args.id}', /id place only/],
  ['agents:x{args.id}:run', /is not a hole/],
  ['agents:{args.id}x:run', /is not a hole/],
  ['agents:{args.id}{args.id}:run', /is not a hole/],
  ['agents:{args.id:run', /is not a hole/],
  ['agents:args.id}:run', /is not a hole/],
  ['agents:{}:run', /is not a hole/],
  ['agents:{args}:run', /is not a hole/],
  ['agents:{args.}:run', /is not a hole/],
  ['agents:{.id}:run', /is not a hole/],
  ['agents:{args..id}:run', /is not a hole/],
  ['agents:{ args.id }:run', /is not a hole/],
  ['agents:{args.0}:run', /is not a hole/],
  ['agents:{parent.a.b}:run', /one property/],
  ['agents:{item.a.b}:run', /one property/],
  ['agents:{run.a.b}:run', /one property/],
  ['agents:{session.id}:run', /no loader named "session"; there are args, parent, item, value, run/],
  ['agents:{constructor.name}:run', /no loader named "constructor"/],
  ['agents:{__proto__.x}:run', /no loader named "__proto__"/],
  ['agent:run', /agent:run is no known scope/],
  ['agents:start', /agents:start is no known scope/],
  ['agents:toString', /no known scope/],
  ['constructor:name', /no known scope/],
  ['__proto__:x', /no known scope/],
  [' agents:run', /no known scope/],
  ['agents:run ', /no known scope/],
  ['Agents:run', /no known scope/],
])('%j is refused', (text, message) => {
  expect(() => requireScopeTemplate(text, known)).toThrow(TypeError);
  expect(() => requireScopeTemplate(text, known)).toThrow(message);
});

test.each([
  ['web', 'agents:web:run'],
  [null, 'agents:<id>:run'],
  ['', 'agents:<id>:run'],
  ['a:b', 'agents:<id>:run'],
  ['*', 'agents:<id>:run'],
  ['x'.repeat(128), `agents:${'x'.repeat(128)}:run`],
  ['x'.repeat(129), 'agents:<id>:run'],
])('a caller is told %j as %s', (id, text) => {
  expect(formatRequiredScope(requireScopeTemplate('agents:{args.id}:run', known), id)).toBe(text);
});

test('a family that is no segment of the grammar stops the start', () => {
  expect(() => new ScopeFamilies({ 'a:b': ['read'] })).toThrow(TypeError);
  expect(() => new ScopeFamilies({ a: [''] })).toThrow('"a:" is not resource:action');
});
