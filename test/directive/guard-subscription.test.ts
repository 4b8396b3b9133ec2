import { execute, type ExecutionResult, parse, subscribe } from 'graphql';
import { describe, expect, test } from 'vitest';

import { UnauthenticatedError } from '../../src/errors.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { anonymous, buildBare, caller, families, type TestContext, toAnswer } from './guarded-schema.ts';

interface StreamContext extends TestContext {
  expired?: boolean;
}

const TYPE_DEFS = `
  type Query { ok: Int @public }
  type Doc { id: ID }
  type Event { n: Int secret: Int @requiresScope(scope: "docs:write") }
  type Subscription {
    plain: Event! @requiresScope(scope: "docs:read")
    byRun(runId: ID): Event! @requiresScope(scope: ["config:read", "agents:{run.agentId}:run"])
    docs: [Doc] @requiresScope(scope: "docs:{item.id}:read")
    open: Int @public
  }`;

/** A stream of 1, 2, 3 …; `log` holds what was loaded and what was opened and closed. */
function build() {
  const log: string[] = [];
  const agentOf: Record<string, string> = { r1: 'a1', r2: 'a2' };
  async function* count(name: string, map: (n: number) => unknown) {
    log.push(`open ${name}`);
    try {
      for (let n = 1; ; n += 1) yield map(n);
    } finally {
      log.push(`close ${name}`);
    }
  }
  const bare = buildBare({
    typeDefs: TYPE_DEFS,
    resolvers: {
      Subscription: {
        plain: { subscribe: () => count('plain', (n) => ({ plain: { n, secret: n } })) },
        byRun: {
          subscribe: (_, { runId }) => Promise.resolve(count(`byRun ${runId}`, (n) => ({ n, secret: n }))),
          resolve: (event: unknown) => event,
        },
        docs: { subscribe: () => count('docs', (n) => ({ docs: [{ id: 'a' }, { id: String(n) }] })) },
        open: { subscribe: () => count('open', (n) => ({ open: n })) },
      },
    },
  });
  const schema = guardSchema<StreamContext>(bare, {
    families,
    principalOf: ({ principal, expired }) => {
      if (expired) throw new UnauthenticatedError('invalid');
      return principal;
    },
    loaders: {
      run: ({ runId }) => {
        log.push(`load ${String(runId)}`);
        const agentId = agentOf[String(runId)];
        return Promise.resolve(agentId === undefined ? null : { agentId });
      },
    },
  });
  return { schema, log, agentOf };
}

async function open(schema: ReturnType<typeof build>['schema'], query: string, as: StreamContext) {
  const result = await subscribe({ schema, document: parse(query), contextValue: as });
  if (!('next' in result))
    return { refused: toAnswer(result), next: () => Promise.reject(new Error('refused')), close: () => {} };
  return {
    refused: null,
    next: async () => toAnswer((await result.next()).value as ExecutionResult), // these streams do not end by themselves
    close: () => result.return(undefined),
  };
}

describe('at subscribe', () => {
  test.each<[string, string[] | null, string]>([
    ['plain { n }', null, 'plain UNAUTHENTICATED'],
    ['plain { n }', [], 'plain FORBIDDEN docs:read'],
    ['x: plain { n }', [], 'x FORBIDDEN docs:read'],
    ['...F', [], 'plain FORBIDDEN docs:read'],
    ['docs { id }', ['agents:read'], 'docs FORBIDDEN docs:<id>:read'],
    ['byRun(runId: "r1") { n }', ['agents:read'], 'byRun FORBIDDEN config:read|agents:<id>:run'],
    ['byRun(runId: "nope") { n }', ['agents:run'], 'byRun NOT_FOUND'],
    ['byRun(runId: "r1") { n }', ['agents:a2:run'], 'byRun FORBIDDEN config:read|agents:a1:run'],
  ])('%s with %j is refused, and no stream opens', async (selection, scopes, error) => {
    const { schema, log } = build();
    const as = scopes === null ? anonymous() : caller(...scopes);
    const fragment = selection === '...F' ? 'fragment F on Subscription { plain { n } }' : '';
    const { refused } = await open(schema, `subscription { ${selection} } ${fragment}`, as);
    expect(refused?.errors).toEqual([error]);
    expect(log.filter((line) => line.startsWith('open'))).toEqual([]);
  });
});

test('events come through, and guarded fields in them are judged as in a query', async () => {
  const { schema, log } = build();
  const { next, close } = await open(schema, 'subscription { plain { n secret } }', caller('docs:read'));
  expect(await next()).toEqual({
    data: { plain: { n: 1, secret: null } },
    errors: ['plain.secret FORBIDDEN docs:write'],
  });
  expect((await next()).data).toEqual({ plain: { n: 2, secret: null } });
  await close();
  expect(log).toEqual(['open plain', 'close plain']);
});

test('a loader runs once, at subscribe; closing goes through to the source', async () => {
  const { schema, log } = build();
  const { next, close } = await open(
    schema,
    'subscription { byRun(runId: "r1") { n } }',
    caller('agents:a1:run'),
  );
  expect((await next()).data).toEqual({ byRun: { n: 1 } });
  expect((await next()).data).toEqual({ byRun: { n: 2 } });
  await close();
  expect(log).toEqual(['load r1', 'open byRun r1', 'close byRun r1']);
});

test('later events keep to what was found at subscribe', async () => {
  const { schema, agentOf } = build();
  const { next } = await open(schema, 'subscription { byRun(runId: "r1") { n } }', caller('agents:a1:run'));
  agentOf['r1'] = 'a2';
  expect((await next()).errors).toEqual([]);
});

test('two subscriptions that share context and document do not share what was found', async () => {
  const { schema } = build();
  const document = parse('subscription ($id: ID) { byRun(runId: $id) { n } }');
  const contextValue = caller('agents:a1:run', 'agents:a2:run');
  const [one, two] = await Promise.all(
    ['r1', 'r2'].map((id) => subscribe({ schema, document, contextValue, variableValues: { id } })),
  );
  if (!one || !two || !('next' in one) || !('next' in two)) throw new Error('refused');
  contextValue.principal = caller('agents:a1:run').principal;
  expect(toAnswer((await one.next()).value as ExecutionResult).errors).toEqual([]); // it does not end
  expect(toAnswer((await two.next()).value as ExecutionResult).errors).toEqual([
    'byRun FORBIDDEN config:read|agents:a2:run',
  ]);
});

test('each event is judged by the token and the grants as they are then', async () => {
  const { schema, log } = build();
  const as: StreamContext = caller('agents:a1:run');
  const { next } = await open(schema, 'subscription { byRun(runId: "r1") { n } }', as);
  expect((await next()).errors).toEqual([]);
  as.principal = caller('agents:a2:run').principal;
  expect(await next()).toEqual({ data: null, errors: ['byRun FORBIDDEN config:read|agents:a1:run'] });
  as.principal = caller('agents:run').principal;
  expect((await next()).data).toEqual({ byRun: { n: 3 } });
  as.expired = true;
  expect(await next()).toEqual({ data: null, errors: ['byRun UNAUTHENTICATED'] });
  expect(log).toEqual(['load r1', 'open byRun r1']);
});

test('a loader that was not needed at subscribe runs once when it is needed', async () => {
  const { schema, log } = build();
  const as: StreamContext = caller('config:read');
  const { next } = await open(schema, 'subscription { byRun(runId: "r1") { n } }', as);
  expect((await next()).errors).toEqual([]);
  as.principal = caller('agents:a1:run').principal;
  expect((await next()).errors).toEqual([]);
  expect((await next()).errors).toEqual([]);
  expect(log).toEqual(['open byRun r1', 'load r1']);
});

test('a hole-free subscription is judged anew with each event too', async () => {
  const { schema } = build();
  const as: StreamContext = caller('docs:read');
  const { next } = await open(schema, 'subscription { plain { n } }', as);
  expect((await next()).errors).toEqual([]);
  as.principal = caller().principal;
  expect((await next()).errors).toEqual(['plain FORBIDDEN docs:read']);
});

test('lists in events are filtered', async () => {
  const { schema } = build();
  const { next } = await open(schema, 'subscription { docs { id } }', caller('docs:2:read'));
  expect((await next()).data).toEqual({ docs: [] });
  expect((await next()).data).toEqual({ docs: [{ id: '2' }] });
});

describe('a subscription that is executed like a query', () => {
  test.each<[string, string[], string[]]>([
    ['plain { n }', [], ['plain FORBIDDEN docs:read']],
    ['byRun(runId: "r1") { n }', [], ['byRun FORBIDDEN config:read|agents:<id>:run']],
    ['byRun(runId: "r1") { n }', ['agents:a2:run'], ['byRun FORBIDDEN config:read|agents:a1:run']],
    ['byRun(runId: "nope") { n }', ['agents:run'], ['byRun NOT_FOUND']],
  ])('%s with %j is judged like one', async (selection, scopes, errors) => {
    const { schema } = build();
    const rootValue = { n: 1, plain: { n: 1 } };
    const result = await execute({
      schema,
      document: parse(`subscription { ${selection} }`),
      contextValue: caller(...scopes),
      rootValue,
    });
    expect(toAnswer(result)).toEqual({ data: null, errors });
  });
});

test('a second root field, where validation is off, does not get the events of the first', async () => {
  const { schema } = build();
  const query = 'subscription { byRun(runId: "r1") { n } other: byRun(runId: "r2") { n } open }';
  const { next } = await open(schema, query, caller('agents:a1:run'));
  expect((await next()).errors).toEqual(['other FORBIDDEN config:read|agents:a2:run']);
  const both = await open(schema, query, caller('agents:run'));
  const { data, errors } = await both.next();
  expect(data).toBeNull();
  expect(errors).toEqual([expect.stringMatching('^other Error: Cannot return null')]);
});
