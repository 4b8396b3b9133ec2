import { type DocumentNode, getOperationAST, parse, subscribe, validate } from 'graphql';
import { describe, expect, test } from 'vitest';

import { judgePlan } from '../../src/directive/judge-plan.ts';
import { planOperation } from '../../src/directive/operation-plan.ts';
import { anonymous, ask, buildGuarded, caller, judge, refusals, toAnswer } from './guarded-schema.ts';

const TYPE_DEFS = `
  enum Sort { NAME SALARY @requiresScope(scope: "users:read") ALSO @requiresScope(scope: "docs:write") }
  enum Level @requiresScope(scope: "config:read") { LOW HIGH }
  scalar Sql @requiresScope(scope: "docs:write")
  scalar JSON
  input Filter {
    title: String
    internal: Boolean @requiresScope(scope: "config:read")
    byDefault: Boolean = true @requiresScope(scope: "docs:write")
    sort: Sort
    sorts: [[Sort]]
    where: Sql
    owner: ID @requiresScope(scope: "users:{value}:read")
    owners: [ID] @requiresScope(scope: "users:{value}:read")
    agents: [ID] @requiresScope(scope: "agents:{value}:read")
    and: [Filter!]
    not: Filter
  }
  input Plain { title: String byDefault: Int = 1 }
  interface Node { part(deep: Boolean @requiresScope(scope: "config:read")): String }
  type Doc implements Node { id: ID level: Level part(deep: Boolean, more: Int): String sub(purge: Boolean @requiresScope(scope: "docs:{parent.id}:write")): String }
  type Query {
    docs(
      sort: Sort
      sorts: [Sort]
      filter: Filter
      level: Level
      levels: [[Level]]
      sql: Sql
      json: JSON
      plain: Plain
      id: ID
      ids: [[ID]] @requiresScope(scope: "docs:{value}:read")
      purge: Boolean @requiresScope(scope: "config:read")
      own: Boolean @requiresScope(scope: "docs:{args.id}:write")
      run: Boolean @requiresScope(scope: "agents:{run.agentId}:run")
      every: Boolean @requiresScope(scope: "config:read") @requiresScope(scope: ["users:read", "docs:write"])
    ): String @public
    byDefault(purge: Boolean = false @requiresScope(scope: "config:read"), title: String): String @public
    byObject(filter: Filter = { and: [{ sort: SALARY, byDefault: null }], byDefault: null }): String @public
    both(purge: Boolean @requiresScope(scope: "config:read")): String @requiresScope(scope: "docs:read")
    list(some: Boolean @requiresScope(scope: "docs:{item.id}:read")): [Doc] @authenticated
    doc: Doc @public
    node: Node @public
  }
  type Mutation { edit(filter: Filter): Doc @requiresScope(scope: "docs:write") touch: String @public }
  type Subscription { events(sort: Sort): String @public ticks(run: Boolean @requiresScope(scope: "agents:{run.agentId}:run")): String! @authenticated }`;

function build(log: string[] = []) {
  const say = (name: string) => () => (log.push(name), name);
  return buildGuarded({
    typeDefs: TYPE_DEFS,
    resolvers: {
      Sort: { NAME: 0, SALARY: { secret: true }, ALSO: 2 },
      Node: { __resolveType: () => 'Doc' },
      Doc: { part: say('part'), sub: say('sub') },
      Query: {
        docs: say('docs'),
        byDefault: say('byDefault'),
        byObject: say('byObject'),
        both: say('both'),
        list: () => [{ id: 'a' }, { id: 'b' }],
        doc: () => ({ id: 'a' }),
        node: () => ({ id: 'a' }),
      },
      Mutation: { edit: () => (log.push('edit'), { id: 'a' }), touch: say('touch') },
      Subscription: {
        events: { subscribe: async function* () { yield { events: 'e' }; } }, // prettier-ignore
        ticks: {
          subscribe: async function* () {
            yield { ticks: 't1' };
            yield { ticks: 't2' };
          },
        },
      },
    },
    loaders: { run: () => (log.push('load'), { agentId: 'a1' }) },
  });
}

const schema = build();

/** `null`: let through; else what is missing, as the refusal names it. */
type Case = [query: string, scopes: string[], input: string | null, variables?: object];

const PURGE = 'Query.docs(purge:) needs config:read';
const SALARY = 'Sort.SALARY needs users:read';
const NOBODY: string[] = [];

const CASES: Readonly<Record<string, Case[]>> = {
  'an argument, wherever its value comes from': [
    ['{ docs(purge: true) }', NOBODY, PURGE],
    ['{ docs(purge: true) }', ['config:read'], null],
    ['{ docs(purge: true) }', ['agent_os:admin'], null],
    ['query ($p: Boolean) { docs(purge: $p) }', NOBODY, PURGE, { p: true }],
    ['query ($p: Boolean = true) { docs(purge: $p) }', NOBODY, PURGE],
    ['query ($p: Boolean = true) { docs(purge: $p) }', NOBODY, null, { p: null }],
    ['{ byDefault }', NOBODY, 'Query.byDefault(purge:) needs config:read'],
    ['{ byDefault(title: "a") }', NOBODY, 'Query.byDefault(purge:) needs config:read'],
    ['{ byDefault(purge: null) }', NOBODY, null],
    ['{ byDefault }', ['config:read'], null],
    ['query ($p: Boolean) { byDefault(purge: $p) }', NOBODY, 'Query.byDefault(purge:) needs config:read'],
    ['query ($p: Boolean) { byDefault(purge: $p) }', NOBODY, null, { p: null }],
  ],
  'presence counts, not truth': [
    ['{ docs(purge: false) }', NOBODY, PURGE],
    ['query ($p: Boolean) { docs(purge: $p) }', NOBODY, PURGE, { p: false }],
    ['{ docs(purge: null) }', NOBODY, null],
    ['query ($p: Boolean) { docs(purge: $p) }', NOBODY, null, { p: null }],
    ['query ($p: Boolean) { docs(purge: $p) }', NOBODY, null],
    ['{ docs }', NOBODY, null],
  ],
  'an input field': [
    ['{ docs(filter: { byDefault: null, internal: false }) }', NOBODY, 'Filter.internal needs config:read'],
    ['{ docs(filter: { byDefault: null, internal: null }) }', NOBODY, null],
    ['{ docs(filter: { byDefault: null, title: "a" }) }', NOBODY, null],
    ['{ docs(filter: {}) }', NOBODY, 'Filter.byDefault needs docs:write'],
    ['{ docs(filter: {}) }', ['docs:write'], null],
    ['{ docs(filter: null) }', NOBODY, null],
    ['query ($f: Filter) { docs(filter: $f) }', NOBODY, 'Filter.byDefault needs docs:write', { f: {} }],
    [
      'query ($f: Filter = { byDefault: null, internal: true }) { docs(filter: $f) }',
      NOBODY,
      'Filter.internal needs config:read',
    ],
    [
      'query ($i: Boolean) { docs(filter: { byDefault: null, internal: $i }) }',
      NOBODY,
      'Filter.internal needs config:read',
      { i: true },
    ],
    ['query ($i: Boolean) { docs(filter: { byDefault: null, internal: $i }) }', NOBODY, null],
    ['query ($i: Boolean) { docs(filter: { byDefault: null, internal: $i }) }', NOBODY, null, { i: null }],
    [
      '{ docs(filter: { byDefault: null, not: { byDefault: null, and: [{ byDefault: null }, { byDefault: null, internal: true }] } }) }',
      NOBODY,
      'Filter.internal needs config:read',
    ],
    [
      'query ($f: Filter) { docs(filter: { byDefault: null, and: [{ byDefault: null, not: $f }] }) }',
      NOBODY,
      'Filter.internal needs config:read',
      { f: { byDefault: null, and: { byDefault: null, internal: true } } },
    ],
    ['{ byObject }', NOBODY, SALARY],
    ['{ byObject }', ['users:read'], null],
  ],
  'an enum value': [
    ['{ docs(sort: SALARY) }', NOBODY, SALARY],
    ['{ docs(sort: NAME) }', NOBODY, null],
    ['query ($s: Sort) { docs(sort: $s) }', NOBODY, SALARY, { s: 'SALARY' }],
    ['query ($s: Sort = SALARY) { docs(sort: $s) }', NOBODY, SALARY],
    ['{ docs(sorts: [NAME, null, SALARY]) }', NOBODY, SALARY],
    ['{ docs(sorts: SALARY) }', NOBODY, SALARY],
    ['query ($s: [Sort]) { docs(sorts: $s) }', NOBODY, SALARY, { s: ['NAME', 'SALARY'] }],
    ['query ($s: [Sort]) { docs(sorts: $s) }', NOBODY, SALARY, { s: 'SALARY' }],
    ['query ($s: Sort) { docs(sorts: [NAME, $s]) }', NOBODY, SALARY, { s: 'SALARY' }],
    ['{ docs(filter: { byDefault: null, sorts: [[NAME], [SALARY]] }) }', NOBODY, SALARY],
    ['{ docs(filter: { byDefault: null, sort: SALARY }) }', ['users:read'], null],
    ['{ docs(sorts: [ALSO, SALARY]) }', ['docs:write'], 'Sort.SALARY needs docs:write & users:read'],
    ['{ docs(sorts: [ALSO, SALARY]) }', ['docs:write', 'users:read'], null],
  ],
  'an enum and a scalar': [
    ['{ docs(level: LOW) }', NOBODY, 'Level needs config:read'],
    ['{ docs(levels: [[], [null, HIGH]]) }', NOBODY, 'Level needs config:read'],
    ['{ docs(levels: [[], [null]]) }', NOBODY, null],
    ['{ docs(level: HIGH) }', ['config:read'], null],
    ['{ docs(sql: "drop") }', NOBODY, 'Sql needs docs:write'],
    ['{ docs(sql: 0) }', NOBODY, 'Sql needs docs:write'],
    ['query ($s: Sql) { docs(sql: $s) }', NOBODY, 'Sql needs docs:write', { s: { a: [] } }],
    ['query ($s: Sql) { docs(sql: $s) }', NOBODY, null, { s: null }],
    ['{ docs(filter: { byDefault: null, where: "x" }) }', NOBODY, 'Sql needs docs:write'],
    ['{ docs(json: { internal: true, purge: true }) }', NOBODY, null],
    ['{ docs(plain: { title: "x" }) }', NOBODY, null],
  ],
  'the value as an id': [
    ['{ docs(filter: { byDefault: null, owner: "a" }) }', ['users:a:read'], null],
    [
      '{ docs(filter: { byDefault: null, owner: "b" }) }',
      ['users:a:read'],
      'Filter.owner needs users:b:read',
    ],
    ['{ docs(filter: { byDefault: null, owner: "b" }) }', ['users:read'], null],
    [
      '{ docs(filter: { byDefault: null, owner: "" }) }',
      ['users:read'],
      'Filter.owner needs users:<id>:read',
    ],
    ['{ docs(filter: { byDefault: null, owner: "" }) }', ['agent_os:admin'], null],
    ['{ docs(filter: { byDefault: null, owner: "x:y" }) }', ['users:*:read'], null],
    [
      '{ docs(filter: { byDefault: null, owner: "x:y" }) }',
      ['users:x:read'],
      'Filter.owner needs users:<id>:read',
    ],
    [
      '{ docs(filter: { byDefault: null, owner: "*" }) }',
      ['users:a:read'],
      'Filter.owner needs users:<id>:read',
    ],
    ['{ docs(filter: { byDefault: null, owner: 7 }) }', ['users:7:read'], null],
    ['{ docs(ids: ["a", "b"]) }', ['docs:a:read', 'docs:b:read'], null],
    ['{ docs(ids: ["a", "b"]) }', ['docs:a:read'], 'Query.docs(ids:) needs docs:a:read & docs:b:read'],
    ['{ docs(ids: "b") }', ['docs:a:read'], 'Query.docs(ids:) needs docs:b:read'],
    [
      'query ($i: [[ID]]) { docs(ids: $i) }',
      ['docs:a:read'],
      'Query.docs(ids:) needs docs:a:read & docs:b:read',
      { i: [['a'], ['a', 'b', 'a']] },
    ],
    ['{ docs(ids: []) }', ['docs:read'], 'Query.docs(ids:) needs docs:<id>:read'],
    ['{ docs(ids: [[]]) }', ['docs:read'], 'Query.docs(ids:) needs docs:<id>:read'],
    ['{ docs(ids: [["a"], null]) }', ['docs:read'], 'Query.docs(ids:) needs docs:a:read & docs:<id>:read'],
    ['{ docs(ids: [["a", null]]) }', ['docs:read'], 'Query.docs(ids:) needs docs:a:read & docs:<id>:read'],
    ['{ docs(ids: null) }', NOBODY, null],
  ],
  'other holes': [
    ['{ docs(id: "a", own: true) }', ['docs:a:write'], null],
    ['{ docs(id: "b", own: true) }', ['docs:a:write'], 'Query.docs(own:) needs docs:b:write'],
    ['{ docs(own: true) }', ['docs:write'], 'Query.docs(own:) needs docs:<id>:write'],
    ['{ docs(run: true) }', ['agents:a1:run'], null],
    ['{ docs(run: true) }', NOBODY, 'Query.docs(run:) needs agents:<id>:run'],
    [
      '{ docs(every: true) }',
      ['config:read'],
      'Query.docs(every:) needs config:read & users:read|docs:write',
    ],
    ['{ docs(every: true) }', ['config:read', 'docs:write'], null],
  ],
  'together with the rule of the field': [
    ['{ both(purge: true) }', ['docs:read', 'config:read'], null],
    ['{ both(purge: true) }', ['docs:read'], 'Query.both(purge:) needs docs:read & config:read'],
    ['{ both(purge: true) }', ['config:read'], 'Query.both needs docs:read & config:read'],
    ['{ both }', ['docs:read'], null],
  ],
  'an argument of an interface, in what implements it': [
    ['{ node { part(deep: true) } }', NOBODY, 'Doc.part(deep:) needs config:read'],
    ['{ doc { part(deep: false) } }', NOBODY, 'Doc.part(deep:) needs config:read'],
    ['{ doc { part(more: 1) } }', NOBODY, null],
    ['{ doc { x: part(deep: true) } }', ['config:read'], null],
    [
      '{ ...F } fragment F on Query { node { ...G } } fragment G on Node { part(deep: true) }',
      NOBODY,
      'Doc.part(deep:) needs config:read',
    ],
  ],
};

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  test.each<Case>(cases)('%s with %j: %s %j', async (query, scopes, input, variables = {}) => {
    const as = caller(...scopes);
    const vars = variables as Record<string, unknown>;
    expect(validate(schema, parse(query))).toEqual([]);
    const log: string[] = [];
    const { data, errors } = await ask(build(log), query, { as, variables: vars });
    const judged = judge(schema, query, { as, variables: vars }).refusals.map(
      (refusal) =>
        `${refusal.input ?? refusal.coordinate} needs ${refusal.requiredScopes.map((anyOf) => anyOf.join('|')).join(' & ')}`,
    );
    if (input === null) {
      expect(errors).toEqual([]);
      expect(judged).toEqual([]);
      expect(JSON.stringify(data)).not.toContain('null');
    } else {
      expect(judged).toEqual([input]);
      expect(errors).toEqual([expect.stringContaining(`FORBIDDEN ${input.split(' needs ')[1]}`)]);
      expect(log).toEqual([]);
      expect(JSON.stringify(data)).toContain('null');
    }
  });
});

test('the refusal names the input and nothing of its value', async () => {
  const query = '{ docs(filter: { byDefault: null, owner: "a", internal: true }) }';
  const { refusals: list } = judge(schema, query, { as: caller('users:a:read') });
  expect(list).toMatchObject([{ coordinate: 'Query.docs', input: 'Filter.internal', path: ['docs'] }]);
  const error = await ask(schema, query, { as: caller('users:a:read') }).then(({ errors }) => errors);
  expect(error).toEqual(['docs FORBIDDEN config:read & users:a:read']);
});

test('without a token the input is refused as unauthenticated, the field alone is not', async () => {
  const { errors, data } = await ask(schema, '{ a: docs b: docs(purge: true) c: docs(sort: SALARY) }', {
    as: anonymous(),
  });
  expect(data).toEqual({ a: 'docs', b: null, c: null });
  expect(errors).toEqual(['b UNAUTHENTICATED', 'c UNAUTHENTICATED']);
  expect(refusals(judge(schema, '{ a: docs b: docs(purge: true) }', { as: anonymous() }))).toEqual([
    'b Query.docs unauthenticated',
  ]);
});

test('a refusal nulls the field that was given the input, and no other', async () => {
  const query = '{ a: docs(purge: true) b: docs doc { sub(purge: true) id } }';
  const { data, errors } = await ask(schema, query, { as: caller('docs:b:write') });
  expect(data).toEqual({ a: null, b: 'docs', doc: { sub: null, id: 'a' } });
  expect(errors).toEqual(['a FORBIDDEN config:read', 'doc.sub FORBIDDEN docs:a:write']);
});

test('a parent hole of an argument is filled by the parent', async () => {
  const query = '{ doc { sub(purge: true) } }';
  expect(await ask(schema, query, { as: caller('docs:a:write') })).toEqual({
    data: { doc: { sub: 'sub' } },
    errors: [],
  });
  expect(refusals(judge(schema, query, { as: caller() }))).toEqual([
    'doc.sub Doc.sub forbidden docs:<id>:write',
  ]);
});

test('an item hole of an argument filters the list of that call', async () => {
  const as = caller('docs:b:read');
  expect((await ask(schema, '{ a: list { id } b: list(some: true) { id } }', { as })).data).toEqual({
    a: [{ id: 'a' }, { id: 'b' }],
    b: [{ id: 'b' }],
  });
});

test('a loader hole of an argument loads nothing for who has no chance, and only when the argument is given', async () => {
  const log: string[] = [];
  const own = build(log);
  await ask(own, '{ docs(run: true) }', { as: caller() });
  await ask(own, '{ docs }', { as: caller('agents:a1:run') });
  expect(log).toEqual(['docs']);
  await ask(own, '{ docs(run: true) }', { as: caller('agents:a2:run') });
  expect(log).toEqual(['docs', 'load']);
});

describe('mutations', () => {
  test.each([
    [
      'mutation { edit(filter: { sort: SALARY }) { id } }',
      'edit Mutation.edit forbidden docs:write & users:read',
    ],
    ['mutation { touch edit { part(deep: true) } }', 'edit.part Doc.part forbidden config:read'],
  ])('%s is foreseen as refused', (query, refusal) => {
    const judgement = judge(schema, query, { as: caller('docs:write') });
    expect(judgement.anyRefused).toBe(true);
    expect(refusals(judgement)).toEqual([refusal]);
  });
});

describe('subscriptions', () => {
  const run = async (query: string, as = caller()) => {
    const document: DocumentNode = parse(query);
    const result = await subscribe({ schema, document, contextValue: as });
    if (!(Symbol.asyncIterator in result)) return [toAnswer(result)];
    return (await Array.fromAsync(result)).map(toAnswer);
  };

  test('an input with a rule is refused at subscribe', async () => {
    expect(await run('subscription { events(sort: SALARY) }')).toEqual([
      { data: undefined, errors: ['events FORBIDDEN users:read'] },
    ]);
    expect(await run('subscription { events(sort: NAME) }')).toEqual([{ data: { events: 'e' }, errors: [] }]);
    expect(await run('subscription { events(sort: SALARY) }', caller('users:read'))).toEqual([
      { data: { events: 'e' }, errors: [] },
    ]);
  });

  test('and again for each event', async () => {
    const as = caller('users:read');
    const result = await subscribe({
      schema,
      document: parse('subscription { events(sort: SALARY) }'),
      contextValue: as,
    });
    if (!(Symbol.asyncIterator in result)) throw new Error('refused');
    as.principal = caller().principal;
    expect((await Array.fromAsync(result)).map(toAnswer)).toEqual([
      { data: { events: null }, errors: ['events FORBIDDEN users:read'] },
    ]);
  });

  test('what a loader finds for an argument is found once', async () => {
    const log: string[] = [];
    const result = await subscribe({
      schema: build(log),
      document: parse('subscription { ticks(run: true) }'),
      contextValue: caller('agents:a1:run'),
    });
    if (!(Symbol.asyncIterator in result)) throw new Error('refused');
    expect((await Array.fromAsync(result)).map(toAnswer).map(({ data }) => data)).toEqual([
      { ticks: 't1' },
      { ticks: 't2' },
    ]);
    expect(log).toEqual(['load']);
  });
});

test('extra keys, prototype names and values that do not coerce never reach the rule or the resolver', async () => {
  const query = 'query ($f: Filter) { docs(filter: $f) }';
  for (const f of [
    '{"constructor": 1}',
    '{"__proto__": {"internal": null}}',
    '{"toString": {}}',
    '"a"',
    '[1]',
    '7',
  ]) {
    const log: string[] = [];
    const { data } = await ask(build(log), query, {
      as: caller('agent_os:admin'),
      variables: { f: JSON.parse(f) as unknown },
    });
    expect([data, log]).toEqual([undefined, []]);
  }
});

test('one variable in several places is judged by the rule of each', () => {
  const place = '{ byDefault: null, owners: $i, agents: $i }';
  const query = `query ($i: [ID]) { docs(filter: ${place}) }`;
  const judged = judge(schema, query, { as: caller('users:a:read'), variables: { i: ['a'] } });
  expect(refusals(judged)).toEqual(['docs Query.docs forbidden users:a:read & agents:a:read']);
});

test('many ids are not multiplied in the answer', async () => {
  const ids = Array.from({ length: 500 }, (_, index) => [`id-${index}`]);
  const [refusal] = judge(schema, 'query ($i: [[ID]]) { docs(ids: $i) }', {
    as: caller('docs:x:read'),
    variables: { i: ids },
  }).refusals;
  expect(refusal?.requiredScopes).toHaveLength(11);
  expect(refusal?.requiredScopes.at(-1)).toEqual(['docs:<id>:read']);
});

test('a large variable that many fields are given is read once', () => {
  let reads = 0;
  const element = { byDefault: null, not: { byDefault: null, sort: 0 } };
  const all = new Proxy(
    Array.from({ length: 5000 }, () => element),
    {
      get: (target, key, receiver) => (reads++, Reflect.get(target, key, receiver) as unknown),
    },
  );
  const fields = Array.from(
    { length: 300 },
    (_, index) => `f${index}: docs(filter: { byDefault: null, and: $all })`,
  );
  const document = parse(`query ($all: [Filter!]) { ${fields.join(' ')} }`);
  const plan = planOperation(schema, document, getOperationAST(document)!);
  expect(judgePlan(plan, { principal: caller().principal, variables: { all } }).anyRefused).toBe(false);
  expect(reads).toBeGreaterThan(all.length);
  expect(reads).toBeLessThan(3 * all.length);
});

test('a default written in code that contains itself is refused, not read for ever', async () => {
  const own = build();
  const argument = own.getQueryType()?.getFields()['byObject']?.args[0];
  const value: Record<string, unknown> = {};
  value['not'] = value;
  argument!.defaultValue = value;
  const { data, errors } = await ask(own, '{ byObject }', { as: caller('agent_os:admin') });
  expect(data).toEqual({ byObject: null });
  expect(errors).toEqual([expect.stringContaining('contains itself')]);
});
