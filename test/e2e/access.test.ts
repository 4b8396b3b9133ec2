import {
  buildClientSchema,
  getIntrospectionQuery,
  type GraphQLNamedType,
  type GraphQLSchema,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  print,
  validate,
  validateSchema,
} from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';

import { createContractSchema } from '../../src/graphql/contract-schema.ts';
import { requireRules } from '../../src/directive/schema-rules.ts';
import { callers } from '../../src/demo/callers.ts';
import { type Agent } from '../../src/playground/page/identity.ts';
import { createStarterTabs } from '../../src/playground/page/starter-tabs.ts';
import { ScopeCatalogue } from '../../src/scope/catalogue.ts';
import { DEFAULT_ADMIN_SCOPE, GrantSet } from '../../src/scope/grant-set.ts';
import { readPages } from '../_util/pages.ts';
import { startTestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';

const server = await startTestApp({ echo: true });
afterAll(() => server[Symbol.asyncDispose]());

const whole = createContractSchema({ catalogue: new ScopeCatalogue(), adminScope: DEFAULT_ADMIN_SCOPE });
const rules = requireRules(whole);

async function clientOf(id: string): Promise<TestClient> {
  const caller = callers.find((candidate) => candidate.id === id);
  if (caller === undefined) throw new Error(`There is no caller ${id}.`);
  return await server.client(caller.id, caller.scopes);
}

async function introspect(client: TestClient): Promise<{ text: string; view: GraphQLSchema }> {
  const data = await client.query<IntrospectionQuery, object>(
    getIntrospectionQuery({ schemaDescription: true, specifiedByUrl: true, inputValueDeprecation: true }),
  );
  // Introspection's own types are the same for everybody.
  const text = JSON.stringify(data, (_key, value: unknown) =>
    Array.isArray(value) ? value.filter((entry) => !isOfIntrospection(entry)) : value,
  );
  return { text, view: buildClientSchema(data) };
}

function isOfIntrospection(entry: unknown): boolean {
  return (
    typeof entry === 'object' && entry !== null && 'name' in entry && String(entry.name).startsWith('__')
  );
}

function ownTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );
}

/** Every name that a schema tells: of types, fields, values, and arguments, those of directives too. */
function wordsOf(schema: GraphQLSchema): Set<string> {
  const words = ownTypes(schema).flatMap((type) => {
    if (isEnumType(type)) return [type.name, ...type.getValues().map(({ name }) => name)];
    if (isInputObjectType(type)) return [type.name, ...Object.keys(type.getFields())];
    if (!isObjectType(type) && !isInterfaceType(type)) return [type.name];
    const fields = Object.values(type.getFields());
    return [
      type.name,
      ...fields.flatMap(({ name, args }) => [name, ...args.map((argument) => argument.name)]),
    ];
  });
  const ofDirectives = schema.getDirectives().flatMap(({ args }) => args.map(({ name }) => name));
  return new Set([...words, ...ofDirectives]);
}

const others = [
  { id: 'nobody', scopes: [] },
  { id: 'decider', scopes: ['approvals:x:decide'] },
  { id: 'eraser', scopes: ['users:x:erase'] },
  { id: 'operator', scopes: ['config:read'] },
  { id: 'archivist', scopes: ['sessions:read'] },
];

describe.each([...callers, ...others])('introspection as $id', ({ id, scopes }) => {
  it('tells of a valid schema without anything that the caller cannot use', async () => {
    const { view } = await introspect(await server.client(id, scopes));
    expect(validateSchema(view)).toEqual([]);
    const grants = new GrantSet(scopes);
    for (const type of ownTypes(view).filter(isObjectType)) {
      for (const { name } of Object.values(type.getFields())) {
        const allOf = rules.ruleOf(type.name, name)?.allOf ?? [];
        const isUsable = allOf.every((anyOf) =>
          anyOf.some(
            (required) =>
              required.type === 'scope' && grants.holdsAny(required.family.resource, required.family.action),
          ),
        );
        expect(isUsable, `${type.name}.${name}`).toBe(true);
      }
    }
  });

  it('leaves out nothing that the caller can use', async () => {
    const { view } = await introspect(await server.client(id, scopes));
    const grants = new GrantSet(scopes);
    for (const type of ownTypes(whole).filter(isObjectType)) {
      if (view.getType(type.name) === undefined) continue;
      for (const { name } of Object.values(type.getFields())) {
        const allOf = rules.ruleOf(type.name, name)?.allOf ?? [];
        const isUsable = allOf.every((anyOf) =>
          anyOf.some(
            ({ text, ...required }) =>
              grants.allowsText(text) ||
              ('hole' in required &&
                required.hole !== null &&
                grants.holdsAny(required.family.resource, required.family.action)),
          ),
        );
        expect(fieldNames(view, type.name).includes(name), `${type.name}.${name}`).toBe(isUsable);
      }
    }
  });

  it('has no word of what is hidden, descriptions included, over HTTP and over the socket', async () => {
    const client = await server.client(id, scopes);
    const { text, view } = await introspect(client);
    const visible = wordsOf(view);
    const hidden = [...wordsOf(whole)].filter((word) => !visible.has(word));
    expect(hidden.length > 0).toBe(id !== 'admin_user');
    expect(hidden.filter((word) => isTold(word, text))).toEqual([]);
    for await (const { data } of client.subscribe<IntrospectionQuery, object>(getIntrospectionQuery())) {
      const told = buildClientSchema(data as IntrospectionQuery);
      expect([...wordsOf(told)].toSorted()).toEqual([...visible].toSorted());
    }
  });
});

/** A name that is also an English word counts where it is told as a name. */
function isTold(word: string, text: string): boolean {
  const isEnglish = /^[A-Z]?[a-z]+$/.test(word);
  return (
    text.includes(`"name":"${word}"`) || new RegExp(isEnglish ? `\`${word}\`` : `\\b${word}\\b`).test(text)
  );
}

function fieldNames(schema: GraphQLSchema, typeName: string): string[] {
  const type = schema.getType(typeName);
  return isObjectType(type) ? Object.keys(type.getFields()) : [];
}

/** Of whom the pages let run the operation. */
function scopesFor(operation: string): readonly string[] {
  if (operation.includes('audit(')) return ['audit:read'];
  if (/approvals\(|continueRun/.test(operation)) return ['approvals:admin-agent:decide'];
  return callers.find(({ id }) => id === 'limited_user')?.scopes ?? [];
}

/** The README and the pages of docs/. */
async function readText(): Promise<string> {
  return (await readPages()).map(({ text }) => text).join('\n');
}

describe('the README and docs/', () => {
  it('says how much of the schema each caller sees', async () => {
    const text = await readText();
    const counted = callers.map(async ({ id }) => {
      const { view } = await introspect(await clientOf(id));
      const types = Object.values(view.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
      const fields = types.flatMap((type) => ('getFields' in type ? Object.keys(type.getFields()) : []));
      return `${id} ${types.length} ${fields.length}`;
    });
    const rows = text.matchAll(/^\| `(\w+)` +\| +(\d+) \| +(\d+) \|$/gm);
    expect([...rows].map(([, id, types, fields]) => `${id} ${types} ${fields}`)).toEqual(
      await Promise.all(counted),
    );
  });

  it('shows operations that the view of whoever runs them has', async () => {
    const text = await readText();
    const operations = [
      ...text.matchAll(/"query": "((?:[^"\\]|\\.)*)"/g),
      ...text.matchAll(/(?:query|const \w+) ?[=:(] ?[`']((?:mutation|subscription|query|\{)[^`']*)[`']/g),
      ...text.matchAll(/client\.request\('([^']*)'/g),
    ].map(([, operation = '']) => parse(operation.replaceAll('\\"', '"')));
    expect(operations.length).toBeGreaterThan(6);
    for (const operation of operations) {
      const { view } = await introspect(await server.client('someone', scopesFor(print(operation))));
      expect(validate(view, operation), print(operation)).toEqual([]);
    }
  });
});

describe('the playground', () => {
  it.each(callers)(
    'gives $id tabs that its schema has, but for the one that shows a refusal',
    async ({ id, scopes }) => {
      const client = await clientOf(id);
      const { view } = await introspect(client);
      const { agents } = await client.query<{ agents: Agent[] }, object>('{ agents { id model canRun } }');
      const grants = new GrantSet(scopes);
      const tabs = createStarterTabs({
        id,
        scopes,
        unknownScopes: [],
        isAdmin: grants.isAdmin,
        expiresAt: new Date(),
        server: null,
        models: [],
        agents,
        abilities: {
          readsConfig: grants.allowsText('config:read'),
          readsSessions: grants.allowsText('sessions:read'),
          deletesSessions: grants.allowsText('sessions:delete'),
          runsAdminAgent: grants.allowsText('agents:admin-agent:run'),
        },
      });
      expect(tabs.length).toBeGreaterThan(3);
      for (const { query } of tabs.filter((tab) => !tab.query.includes('Refused'))) {
        expect(validate(view, parse(query)), query).toEqual([]);
      }
    },
  );
});

describe('introspection', () => {
  it('answers each part of a mixed operation, in its order, from where it belongs', async () => {
    const client = await clientOf('limited_user');
    const query = `query ($name: String!, $yes: Boolean!) {
      seen: __type(name: "Run") { ...Named }
      agents { __typename id }
      hidden: __type(name: $name) { ...Named }
      ...Root @include(if: $yes)
      ... on Query { config { id } again: __type(name: "Config") { name } }
      sessions @skip(if: $yes) { pageInfo { hasNextPage } }
    }
    fragment Root on Query { __schema { mutationType { fields { name } } queryType { ...Named } } viewer { id } }
    fragment Named on __Type { name }`;
    const answer = await client.post(query, { name: 'SessionConnection', yes: true });
    expect(JSON.stringify(answer.data)).toBe(
      JSON.stringify({
        seen: { name: 'Run' },
        agents: [
          { __typename: 'Agent', id: 'web-search-agent' },
          { __typename: 'Agent', id: 'analyst-agent' },
        ],
        hidden: null,
        __schema: {
          mutationType: { fields: ['runAgent', 'cancelRun', 'continueRun'].map((name) => ({ name })) },
          queryType: { name: 'Query' },
        },
        viewer: { id: 'limited_user' },
        config: null,
        again: null,
      }),
    );
    expect(answer.errors).toMatchObject([
      { path: ['config'], extensions: { code: 'FORBIDDEN', requiredScopes: [['config:read']] } },
    ]);
  });

  it('says of an interface and of possible types what the caller sees', async () => {
    const query = `{ __type(name: "RunEvent") { possibleTypes { name } fields { name } } }`;
    const reader = await server.client('ann', ['agents:x:run']);
    const other = await server.client('bob', ['config:read']);
    const [seen, unseen] = await Promise.all([reader, other].map((client) => client.post(query)));
    expect(seen?.data).toMatchObject({
      __type: { fields: [{ name: 'runId' }, { name: 'seq' }, { name: 'at' }] },
    });
    expect(unseen?.data).toEqual({ __type: null });
  });

  it('in thousands of fragments within each other shows nothing, and ends nothing', async () => {
    const client = await server.client('ann', []);
    for (const depth of [500, 1500, 3000]) {
      const fields = '__schema { types { name } }';
      const inline = `{ ${'... { '.repeat(depth)} ${fields} ${'} '.repeat(depth)} }`;
      const chain = Array.from(
        { length: depth / 2 },
        (_v, index) => `fragment F${index} on Query { ...F${index + 1} }`,
      );
      const spread = `{ ...F0 } ${chain.join(' ')} fragment F${depth / 2} on Query { ${fields} }`;
      for (const query of [inline, spread]) {
        const answer = await client.post(query);
        expect(answer.status).toBeLessThan(500);
        expect(JSON.stringify(answer)).not.toContain('Session');
      }
    }
  });

  it('needs a token, and may be switched off, whatever stands beside it', async () => {
    const query = '{ health { status } ... on Query { x: __type(name: "Query") { name } } }';
    const anonymous = await server.client(null);
    const refused = await anonymous.post(query);
    expect([refused.status, refused.data]).toEqual([401, undefined]);
    await using off = await startTestApp({ env: { AMBIT_INTROSPECTION: 'off' } });
    const admin = await off.client('root', ['agent_os:admin']);
    const answer = await admin.post(query);
    expect(answer.status).toBe(400);
    expect(answer.errors).toMatchObject([{ message: 'Introspection is switched off.' }]);
  });

  it('is not widened by scopes that are malformed, or of ids that a field does not ask for', async () => {
    const client = await server.client('eve', ['sessions:any:read', 'config:any:read']);
    const { view } = await introspect(client);
    expect(fieldNames(view, 'Query')).toEqual(['health', 'viewer', 'explainAccess', 'accessMap']);
  });
});

interface Report {
  readonly admitted: boolean;
  readonly truncated: boolean;
  readonly fields: readonly Record<string, unknown>[];
}

const EXPLAIN = `query ($operation: String!, $variables: JSON, $operationName: String) {
  explainAccess(operation: $operation, variables: $variables, operationName: $operationName) {
    admitted truncated
    fields { path coordinate requiredScopes decidedBy state heldBy missing }
  }
}`;

describe('explainAccess', () => {
  const ask = (
    client: TestClient,
    operation: string,
    rest: { variables?: unknown; operationName?: string } = {},
  ) => client.post<{ explainAccess: Report | null }, object>(EXPLAIN, { operation, ...rest });

  it('says what is held by which grant and what is missing, and executes nothing', async () => {
    const client = await clientOf('limited_user');
    const start = `mutation ($id: ID!) {
      a: runAgent(input: { agentId: "analyst-agent", message: "hi" }) { id agent { instructions } }
      b: runAgent(input: { agentId: $id, message: "hi" }) { id }
    }`;
    const { data } = await ask(client, start, { variables: { id: 'admin-agent' } });
    expect(data?.explainAccess).toEqual({
      admitted: false,
      truncated: false,
      fields: [
        {
          path: ['a'],
          coordinate: 'Mutation.runAgent',
          requiredScopes: [['agents:analyst-agent:run']],
          decidedBy: 'ARGUMENTS',
          state: 'ALLOWED',
          heldBy: ['agents:analyst-agent:run'],
          missing: [],
        },
        {
          path: ['a', 'agent'],
          coordinate: 'Run.agent',
          requiredScopes: [['agents:<id>:read']],
          decidedBy: 'RUN_TIME',
          state: 'OPEN',
          heldBy: ['agents:web-search-agent:read', 'agents:analyst-agent:read'],
          missing: [['agents:<id>:read']],
        },
        {
          path: ['a', 'agent', 'instructions'],
          coordinate: 'Agent.instructions',
          requiredScopes: [['agents:<id>:write']],
          decidedBy: 'TOKEN',
          state: 'DENIED',
          heldBy: [],
          missing: [['agents:<id>:write']],
        },
        {
          path: ['b'],
          coordinate: 'Mutation.runAgent',
          requiredScopes: [['agents:admin-agent:run']],
          decidedBy: 'ARGUMENTS',
          state: 'DENIED',
          heldBy: [],
          missing: [['agents:admin-agent:run']],
        },
      ],
    });
    const admin = await server.client('root', ['agent_os:admin']);
    const { data: runs } = await admin.post<{ runs: { edges: unknown[] } }, object>(
      '{ runs { edges { node { id } } } }',
    );
    expect(runs?.runs.edges).toEqual([]);
  });

  it('tells the same of a run that there is and of one that there is not', async () => {
    const client = await clientOf('limited_user');
    const { data: started } = await client.post<{ runAgent: { id: string } }, object>(
      'mutation { runAgent(input: { agentId: "analyst-agent", message: "hi" }) { id } }',
    );
    const query = 'query ($id: ID!) { run(id: $id) { id } }';
    const answers = await Promise.all(
      [started?.runAgent.id, '00000000-0000-7000-8000-000000000000', 'no id'].map((id) =>
        ask(client, query, { variables: { id } }),
      ),
    );
    expect(answers[0]?.data?.explainAccess?.fields).toMatchObject([{ decidedBy: 'RUN_TIME', state: 'OPEN' }]);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
  });

  it('of a subscription, of another explainAccess and of introspection runs none of them', async () => {
    const client = await clientOf('readonly_user');
    const events = await ask(client, 'subscription { runEvents(runId: "x") { seq } }');
    expect(events.data?.explainAccess).toMatchObject({ admitted: true, fields: [{ state: 'OPEN' }] });
    const inner =
      '{ explainAccess(operation: "mutation { deleteSession(id: 1) }") { admitted } __schema { description } }';
    const { data } = await ask(client, inner);
    expect(data?.explainAccess).toMatchObject({
      admitted: true,
      fields: [
        { coordinate: 'Query.explainAccess', state: 'ALLOWED', requiredScopes: [], decidedBy: 'TOKEN' },
      ],
    });
  });

  it.each([
    ['does not parse', '{ agents {', {}, 'GRAPHQL_PARSE_FAILED', 'Syntax Error: Expected Name, found <EOF>.'],
    ['does not validate', '{ agent { id } }', {}, 'GRAPHQL_VALIDATION_FAILED', 'Field "agent" argument "id"'],
    [
      'asks for an unknown field',
      '{ sesions }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
      'Cannot query field "sesions" on type "Query".',
    ],
    [
      'has no such operation',
      'query A { __typename }',
      { operationName: 'B' },
      'GRAPHQL_VALIDATION_FAILED',
      'no operation of that name',
    ],
    [
      'lacks a variable',
      'query ($id: ID!) { agent(id: $id) { id } }',
      {},
      'BAD_USER_INPUT',
      'Variable "$id"',
    ],
    [
      'has variables that are none',
      '{ __typename }',
      { variables: [1] },
      'BAD_USER_INPUT',
      '"variables" must be an object.',
    ],
    [
      'has a page that is too large',
      '{ sessions(first: 101) { pageInfo { hasNextPage } } }',
      {},
      'BAD_USER_INPUT',
      '"first"',
    ],
    [
      'asks for too much at once',
      `{ ${Array.from({ length: 21 }, (_value, index) => `f${index}: viewer { id }`).join(' ')} }`,
      {},
      'LIMIT_EXCEEDED',
      'rootFields',
    ],
    ['is too large', `# ${'x'.repeat(131_072)}\n{ __typename }`, {}, 'LIMIT_EXCEEDED', 'documentBytes'],
  ])(
    'an operation that %s is refused as it would be itself',
    async (_what, operation, rest, code, message) => {
      const client = await clientOf('readonly_user');
      const { data, errors } = await ask(client, operation, rest);
      expect(data?.explainAccess).toBeNull();
      expect(errors).toMatchObject([
        { path: ['explainAccess'], message: expect.stringContaining(message), extensions: { code } },
      ]);
      expect(JSON.stringify(errors)).not.toContain('Did you mean');
      const itself = await client.post(operation);
      if (Object.keys(rest).length === 0) {
        expect(errors[0]?.message).toBe(itself.errors[0]?.message);
      }
    },
  );

  it('says where in the document it is that does not do', async () => {
    const { errors } = await ask(await clientOf('readonly_user'), '{\n  nothing\n}');
    expect(errors[0]?.extensions).toMatchObject({ locations: [{ line: 2, column: 3 }] });
  });

  it('answers nobody without a token', async () => {
    const answer = await ask(await server.client(null), '{ __typename }');
    expect([answer.status, answer.data]).toEqual([401, undefined]);
  });

  it('tells as much over the socket', async () => {
    const client = await clientOf('wildcard_user');
    const operation = '{ agents { id instructions } }';
    for await (const { data } of client.subscribe<{ explainAccess: Report }, object>(EXPLAIN, {
      operation,
    })) {
      expect(data).toEqual((await ask(client, operation)).data);
      expect(data?.explainAccess.fields).toMatchObject([{ heldBy: ['agents:read'] }, { state: 'DENIED' }]);
    }
  });

  it('of one long text asked for twenty times costs one reading', async () => {
    const client = await clientOf('limited_user');
    const fields = Array.from(
      { length: 20 },
      (_value, index) => `f${index}: explainAccess(operation: $text) { admitted }`,
    );
    const text = `{ ${'viewer { id } '.repeat(3000)} }`;
    const { errors } = await client.post(`query ($text: String!) { ${fields.join(' ')} }`, { text });
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['LIMIT_EXCEEDED']));
  });
});

interface MapEntry {
  readonly coordinate: string;
  readonly isPublic: boolean;
  readonly reach: string;
  readonly requirements: readonly Record<string, unknown>[];
}

const MAP = `{ accessMap { coordinate isPublic reach requirements { anyOf reach heldBy isOwnHeld } } }`;

describe('accessMap', () => {
  const ask = async (client: TestClient): Promise<Map<string, MapEntry>> => {
    const { accessMap } = await client.query<{ accessMap: MapEntry[] }, object>(MAP);
    return new Map(accessMap.map((entry) => [entry.coordinate, entry]));
  };

  it('says of every place how far the token comes to it, and by which of its scopes', async () => {
    const map = await ask(await clientOf('limited_user'));
    const READ = ['agents:web-search-agent:read', 'agents:analyst-agent:read'];
    const RUN = ['agents:web-search-agent:run', 'agents:analyst-agent:run'];
    expect(map.get('Query.health')).toMatchObject({ isPublic: true, reach: 'ALL', requirements: [] });
    expect(map.get('Query.viewer')).toMatchObject({ isPublic: false, reach: 'ALL', requirements: [] });
    expect(map.get('Query.agents')).toMatchObject({
      reach: 'SOME',
      requirements: [{ anyOf: ['agents:<id>:read'], reach: 'SOME', heldBy: READ, isOwnHeld: false }],
    });
    expect(map.get('Query.sessions')).toMatchObject({
      reach: 'NONE',
      requirements: [{ anyOf: ['sessions:read'], reach: 'NONE', heldBy: [] }],
    });
    expect(map.get('Mutation.createSession')).toMatchObject({
      reach: 'NONE',
      requirements: [
        { anyOf: ['sessions:write'], reach: 'NONE', heldBy: [] },
        { reach: 'SOME', heldBy: [...RUN, ...READ] },
      ],
    });
    expect(map.get('RunAgentInput.userId')).toMatchObject({
      reach: 'SOME',
      requirements: [
        { anyOf: ['users:<id>:read'], reach: 'SOME', heldBy: [], isOwnHeld: true },
        { anyOf: ['users:<id>:act'], reach: 'SOME', heldBy: [], isOwnHeld: true },
      ],
    });
  });

  it('of admin is open by the admin scope', async () => {
    const entries = [...(await ask(await clientOf('admin_user'))).values()];
    expect(entries.filter(({ reach }) => reach !== 'ALL')).toEqual([]);
    const holders = entries.flatMap(({ requirements }) => requirements.map(({ heldBy }) => heldBy));
    expect(new Set(holders.flat())).toEqual(new Set(['agent_os:admin']));
  });

  it('names no more than a hundred scopes of one kind', async () => {
    const scopes = Array.from({ length: 150 }, (_value, index) => `agents:agent-${index}:read`);
    const map = await ask(await server.client('collector', scopes));
    expect(map.get('Query.agents')?.requirements[0]?.['heldBy']).toEqual(scopes.slice(0, 100));
  });

  it('answers nobody without a token, and nobody where introspection is switched off', async () => {
    expect((await (await server.client(null)).post(MAP)).status).toBe(401);
    await using off = await startTestApp({ env: { AMBIT_INTROSPECTION: 'off' } });
    const { data, errors } = await (await off.client('root', ['agent_os:admin'])).post(MAP);
    expect(data).toEqual({ accessMap: null });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScopes: [] } }]);
  });
});
