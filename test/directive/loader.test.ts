import { describe, expect, test } from 'vitest';

import { admit, type Loader } from '../../src/directive/field-guard.ts';
import { requireScopeTemplate } from '../../src/directive/required-scope.ts';
import { ScopeFamilies } from '../../src/directive/scope-family.ts';
import { anonymous, ask, buildGuarded, caller, families, type TestContext } from './guarded-schema.ts';

const TYPE_DEFS = `
  type Query {
    one(runId: ID): Int @requiresScope(scope: "agents:{run.agentId}:run")
    any(runId: ID): Int @requiresScope(scope: ["config:read", "agents:{run.agentId}:run", "agents:{run.agentId}:read"])
    all(runId: ID): Int @requiresScope(scope: "agents:{run.agentId}:run") @requiresScope(scope: "docs:{run.docId}:read")
    also(runId: ID): Int @requiresScope(scope: "agents:{run.agentId}:run") @requiresScope(scope: "config:read")
    two(runId: ID): Int @requiresScope(scope: ["agents:{run.agentId}:run", "docs:{session.docId}:read"])
    list(runId: ID): [Doc] @requiresScope(scope: ["agents:{run.agentId}:run", "docs:{item.id}:read"])
  }
  type Doc { id: ID }`;

/** Runs and sessions by id; every load and every resolved field is written down. */
function build(make: (found: object | null) => ReturnType<Loader<TestContext>> = (found) => found) {
  const log: string[] = [];
  const find =
    (name: string, objects: Record<string, object>): Loader<TestContext> =>
    ({ runId }, context) => {
      log.push(`load ${name} ${String(runId)}`);
      if (context.principal === null) throw new Error('asked without a token');
      return make(Object.hasOwn(objects, String(runId)) ? objects[String(runId)]! : null);
    };
  const resolved =
    (name: string, value: unknown = 1) =>
    () => (log.push(name), value);
  const schema = buildGuarded({
    typeDefs: TYPE_DEFS,
    resolvers: {
      Query: {
        one: resolved('one'),
        any: resolved('any'),
        all: resolved('all'),
        also: resolved('also'),
        two: resolved('two'),
        list: resolved('list', [{ id: 'd1' }, { id: 'd2' }]),
      },
    },
    loaders: {
      run: find('run', { r1: { agentId: 'a1', docId: 'd1' }, r2: { agentId: null } }),
      session: find('session', { s1: { docId: 'd1' } }),
    },
  });
  return { schema, log };
}

const LATER = (found: object | null) => Promise.resolve(found);

interface Case {
  readonly query: string;
  readonly scopes: string[] | null;
  readonly log: string[];
  readonly error?: string;
}

const CASES: readonly Case[] = [
  // 1. No grant of any listed resource and action: nothing is loaded.
  { query: 'one(runId: "r1")', scopes: null, log: [], error: 'UNAUTHENTICATED' },
  { query: 'one(runId: "r1")', scopes: [], log: [], error: 'FORBIDDEN agents:<id>:run' },
  {
    query: 'one(runId: "r1")',
    scopes: ['agents:a1:read', 'agents:run:a1'],
    log: [],
    error: 'FORBIDDEN agents:<id>:run',
  },
  { query: 'one(runId: "nope")', scopes: ['agents:a1:read'], log: [], error: 'FORBIDDEN agents:<id>:run' },
  {
    query: 'any(runId: "nope")',
    scopes: ['docs:read'],
    log: [],
    error: 'FORBIDDEN config:read|agents:<id>:run|agents:<id>:read',
  },
  {
    query: 'also(runId: "r1")',
    scopes: ['agents:run'],
    log: [],
    error: 'FORBIDDEN agents:<id>:run & config:read',
  },
  {
    query: 'all(runId: "r1")',
    scopes: ['agents:run'],
    log: [],
    error: 'FORBIDDEN agents:<id>:run & docs:<id>:read',
  },
  // 2. Loaded, and there is nothing that the caller may see: for everybody the same.
  { query: 'one(runId: "nope")', scopes: ['agents:x:run'], log: ['load run nope'], error: 'NOT_FOUND' },
  { query: 'one(runId: "nope")', scopes: ['agents:run'], log: ['load run nope'], error: 'NOT_FOUND' },
  { query: 'one(runId: "nope")', scopes: ['agent_os:admin'], log: ['load run nope'], error: 'NOT_FOUND' },
  {
    query: 'one(runId: "__proto__")',
    scopes: ['agents:run'],
    log: ['load run __proto__'],
    error: 'NOT_FOUND',
  },
  { query: 'any(runId: "nope")', scopes: ['agents:x:read'], log: ['load run nope'], error: 'NOT_FOUND' },
  // 3. Found, and the id decides.
  {
    query: 'one(runId: "r1")',
    scopes: ['agents:x:run'],
    log: ['load run r1'],
    error: 'FORBIDDEN agents:a1:run',
  },
  { query: 'one(runId: "r1")', scopes: ['agents:a1:run'], log: ['load run r1', 'one'] },
  { query: 'one(runId: "r1")', scopes: ['agents:run'], log: ['load run r1', 'one'] },
  { query: 'one(runId: "r1")', scopes: ['agents:*:run'], log: ['load run r1', 'one'] },
  { query: 'one(runId: "r1")', scopes: ['agent_os:admin'], log: ['load run r1', 'one'] },
  {
    query: 'one(runId: "r2")',
    scopes: ['agents:run'],
    log: ['load run r2'],
    error: 'FORBIDDEN agents:<id>:run',
  },
  { query: 'any(runId: "r1")', scopes: ['agents:a1:read'], log: ['load run r1', 'any'] },
  { query: 'all(runId: "r1")', scopes: ['agents:a1:run', 'docs:d1:read'], log: ['load run r1', 'all'] },
  {
    query: 'all(runId: "r1")',
    scopes: ['agents:a1:run', 'docs:d2:read'],
    log: ['load run r1'],
    error: 'FORBIDDEN agents:a1:run & docs:d1:read',
  },
  // A list that something else meets needs no loading.
  { query: 'any(runId: "nope")', scopes: ['config:read'], log: ['any'] },
  { query: 'any(runId: "nope")', scopes: ['agent_os:admin'], log: ['any'] },
  // Two loaders in one list: either will do, and more grants never open less.
  { query: 'two(runId: "s1")', scopes: ['docs:d1:read'], log: ['load session s1', 'two'] },
  {
    query: 'two(runId: "s1")',
    scopes: ['docs:d1:read', 'agents:run'],
    log: ['load run s1', 'load session s1', 'two'],
  },
  { query: 'two(runId: "r1")', scopes: ['docs:read', 'agents:run'], log: ['load run r1', 'two'] },
  {
    query: 'two(runId: "nope")',
    scopes: ['docs:read', 'agents:run'],
    log: ['load run nope', 'load session nope'],
    error: 'NOT_FOUND',
  },
  // Beside {item}: the loader's entry opens the whole list, else the elements decide.
  { query: 'list(runId: "r1") { id }', scopes: ['agents:a1:run'], log: ['load run r1', 'list'] },
  { query: 'list(runId: "nope") { id }', scopes: ['agents:run'], log: ['load run nope'], error: 'NOT_FOUND' },
  { query: 'list(runId: "nope") { id }', scopes: ['docs:x:read'], log: ['list'] },
];

describe.each([
  ['a loader that answers at once', undefined],
  ['a loader that answers later', LATER],
  [
    'a loader that answers undefined for nothing',
    (found: object | null) => Promise.resolve(found ?? (undefined as never)),
  ], // as untyped code may
])('%s', (_, make) => {
  test.each(CASES)('$query with $scopes: $error', async ({ query, scopes, log, error }) => {
    const built = build(make);
    const as = scopes === null ? anonymous() : caller(...scopes);
    const { errors } = await ask(built.schema, `{ ${query} }`, { as });
    expect(errors).toEqual(error === undefined ? [] : [`${query.split('(')[0]} ${error}`]);
    expect(built.log).toEqual(log);
  });
});

test('what the loader does not open, the elements decide', async () => {
  const { schema } = build(LATER);
  const query = '{ list(runId: "r1") { id } }';
  expect((await ask(schema, query, { as: caller('agents:a1:run') })).data).toEqual({
    list: [{ id: 'd1' }, { id: 'd2' }],
  });
  expect((await ask(schema, query, { as: caller('docs:d2:read') })).data).toEqual({ list: [{ id: 'd2' }] });
  expect((await ask(schema, query, { as: caller('agents:x:run', 'docs:d2:read') })).data).toEqual({
    list: [{ id: 'd2' }],
  });
});

test('each field loads for its own arguments', async () => {
  const { schema, log } = build(LATER);
  const answer = await ask(schema, '{ a: one(runId: "r1") b: one(runId: "nope") c: one(runId: "r1") }', {
    as: caller('agents:a1:run'),
  });
  expect(answer).toEqual({ data: { a: 1, b: null, c: 1 }, errors: ['b NOT_FOUND'] });
  expect(log.filter((line) => line.startsWith('load'))).toHaveLength(3);
});

test('a loader that fails is a refusal, and the resolver does not run', async () => {
  const { schema, log } = build(() => Promise.reject(new Error('database away')));
  expect(await ask(schema, '{ one(runId: "r1") }', { as: caller('agents:run') })).toEqual({
    data: { one: null },
    errors: ['one Error: database away'],
  });
  expect(log).toEqual(['load run r1']);
});

test('a loader that gives no object has found nothing', async () => {
  const { schema } = build(() => 'agentId' as never); // as untyped code may
  expect((await ask(schema, '{ one(runId: "r1") }', { as: caller('agents:run') })).errors).toEqual([
    'one NOT_FOUND',
  ]);
});

test('grants taken away while the loader runs are missed afterwards', async () => {
  const as = caller('agents:a1:run');
  const { schema, log } = build((found) => {
    as.principal = caller('docs:read').principal;
    return Promise.resolve(found);
  });
  expect((await ask(schema, '{ one(runId: "r1") }', { as })).errors).toEqual(['one FORBIDDEN agents:a1:run']);
  expect(log).toEqual(['load run r1']);
});

test("the name of what is not found is the loader's, capitalised", async () => {
  const { schema } = build();
  const field = schema.getQueryType()!.getFields()['one']!;
  expect(() => field.resolve!({}, { runId: 'nope' }, caller('agents:run'), {} as never)).toThrow(
    'Run not found.',
  ); // no info is read
});

test('of what is found only the properties of the holes are kept, since a subscription keeps them for long', async () => {
  const known = { families: new ScopeFamilies(families), loaders: new Set(['run']), adminScope: 'root' };
  const run = { agentId: 'a1', output: 'x'.repeat(1000) };
  const loaded = new Map<string, object | null>();
  const guard = {
    coordinate: 'Query.one',
    rule: { allOf: [[requireScopeTemplate('agents:{run.agentId}:run', known)]] },
    principalOf: ({ principal }: TestContext) => principal,
    loaders: new Map([['run', () => run]]),
    tellableProperties: new Set<string>(),
  };
  await admit(guard, { source: null, args: {}, context: caller('agents:a1:run'), loaded });
  expect(loaded.get('run')).toEqual({ agentId: 'a1' });
});
