import { describe, expect, test } from 'vitest';

import { anonymous, ask, buildGuarded, caller, judge } from './guarded-schema.ts';

const TYPE_DEFS = `
  enum Level { LOW HIGH @requiresScope(scope: "config:read") TOP @requiresScope(scope: "docs:write") @requiresScope(scope: "users:read") }
  enum Secret @requiresScope(scope: "config:read") { S }
  scalar Pay @requiresScope(scope: "users:read")
  type Doc { level: Level id: ID sub: String @requiresScope(scope: "docs:{parent.level}:read") }
  type Query {
    level: Level @public
    levels: [Level] @public
    deep: [[Level!]] @public
    own: Level @requiresScope(scope: "docs:read")
    secrets: [[Secret]]
    pay: [Pay]
    doc: Doc @public
    docs: [Doc] @public
  }`;

function build(values: Record<string, unknown>) {
  return buildGuarded({ typeDefs: TYPE_DEFS, resolvers: { Level: { LOW: 0, HIGH: 1, TOP: 2 }, Query: Object.fromEntries(Object.keys(values).map((name) => [name, () => values[name]])) } }); // prettier-ignore
}

const LATER = (value: unknown) => new Promise((resolve) => setImmediate(resolve, value));
const FAILING = Promise.reject(new Error('x'));
FAILING.catch(() => undefined); // heard of, before a test listens
const ALL = 'FORBIDDEN config:read & docs:write & users:read';

describe('a field that gives a value which the caller may not see', () => {
  test.each<[title: string, value: Record<string, unknown>, data: unknown, errors: string[]]>([
    ['shows the others', { level: 0 }, { level: 'LOW' }, []],
    ['is refused', { level: 1 }, { level: null }, [`level ${ALL}`]],
    ['is refused later', { level: LATER(1) }, { level: null }, [`level ${ALL}`]],
    ['is null without more ado', { level: undefined }, { level: null }, []],
    ['is refused whole when it is a list', { levels: [0, 1] }, { levels: null }, [`levels ${ALL}`]],
    ['is refused whole when elements come later', { levels: [0, LATER(1)] }, { levels: null }, [`levels ${ALL}`]],
    ['is refused whole when it is a generator', { levels: (function* () { yield 0; yield 1; })() }, { levels: null }, [`levels ${ALL}`]],
    ['shows a generator without it', { levels: (function* () { yield 0; yield 0; })() }, { levels: ['LOW', 'LOW'] }, []],
    ['shows elements that come later', { levels: LATER([0, LATER(0), null]) }, { levels: ['LOW', 'LOW', null] }, []],
    ['keeps an element that fails', { levels: [0, FAILING] }, { levels: ['LOW', null] }, ['levels.1 Error: x']],
    ['is refused whole at whatever depth', { deep: [[0], LATER([LATER(0), LATER(1)])] }, { deep: null }, [`deep ${ALL}`]],
    ['is refused whole in a list within', { deep: [LATER([LATER(1)]), [1]] }, { deep: null }, [`deep ${ALL}`]],
  ])('%s', async (_, values, data, errors) => {
    const name = Object.keys(values)[0]!;
    expect(await ask(build(values), `{ ${name} }`, { as: caller('docs:read') })).toEqual({ data, errors });
  }); // prettier-ignore

  test('shows it to who holds the scope of that value', async () => {
    expect(await ask(build({ level: 1 }), '{ level }', { as: caller('config:read') })).toEqual({
      data: { level: 'HIGH' },
      errors: [],
    });
    expect((await ask(build({ level: 1 }), '{ level }', { as: caller('agent_os:admin') })).errors).toEqual(
      [],
    );
  });

  test('asks for a token where there is none, and shows what is free', async () => {
    expect((await ask(build({ level: 1 }), '{ level }', { as: anonymous() })).errors).toEqual([
      'level UNAUTHENTICATED',
    ]);
    expect((await ask(build({ level: 0 }), '{ level }', { as: anonymous() })).data).toEqual({ level: 'LOW' });
  });

  test('gives a value at once when there is nothing to wait for', () => {
    const { resolve } = build({ level: 0 }).getQueryType()!.getFields()['level']!;
    expect(resolve?.(null, {}, anonymous(), {} as never)).toBe(0); // the resolver reads no info
  });

  test('is refused for its own rule first', async () => {
    expect((await ask(build({ own: 1 }), '{ own }', { as: caller() })).errors).toEqual([
      'own FORBIDDEN docs:read',
    ]);
    expect((await ask(build({ own: 1 }), '{ own }', { as: caller('docs:read') })).errors).toEqual([
      `own ${ALL}`,
    ]);
  });

  test('is no way to learn it from another refusal', async () => {
    const { errors } = await ask(build({ doc: { level: 1, id: 'a' } }), '{ doc { sub } }', {
      as: caller('docs:a:read'),
    });
    expect(errors).toEqual(['doc.sub FORBIDDEN docs:<id>:read']);
  });

  test('is refused only in the object that has it', async () => {
    const { data } = await ask(
      build({
        docs: [
          { level: 0, id: 'a' },
          { level: 1, id: 'b' },
        ],
      }),
      '{ docs { x: level id } }',
      { as: caller() },
    );
    expect(data).toEqual({
      docs: [
        { x: 'LOW', id: 'a' },
        { x: null, id: 'b' },
      ],
    });
  });

  test('is not refused before it runs', () => {
    expect(judge(build({}), '{ level levels doc { level } }', { as: caller() }).anyRefused).toBe(false);
  });
});

describe('a field that gives a guarded enum or scalar', () => {
  test.each([
    ['{ secrets }', 'secrets FORBIDDEN config:read'],
    ['{ x: pay }', 'x FORBIDDEN users:read'],
  ])('%s is refused before its resolver runs', async (query, error) => {
    const schema = buildGuarded({ typeDefs: TYPE_DEFS, resolvers: { Query: { secrets: fail, pay: fail } } });
    expect((await ask(schema, query, { as: caller() })).errors).toEqual([error]);
    expect(judge(schema, query, { as: caller() }).allRootFieldsRefused).toBe(true);
  });

  test('shows it to who holds the scope', async () => {
    const schema = build({ secrets: [['S']], pay: [1] });
    expect((await ask(schema, '{ secrets pay }', { as: caller('config:read', 'users:read') })).data).toEqual({
      secrets: [['S']],
      pay: [1],
    });
  });
});

function fail(): never {
  throw new Error('The resolver ran.');
}
