import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

import { explainPlan } from '../../src/directive/explain-plan.ts';
import { planOperation } from '../../src/directive/operation-plan.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { buildGuarded, formatScopes } from './guarded-schema.ts';

let loads = 0;
const schema = buildGuarded({
  typeDefs: /* GraphQL */ `
    type Query {
      hello: String @public
      me: String @authenticated
      agents: [Agent] @requiresScope(scope: "agents:{item.id}:read")
      agent(id: ID): Agent @requiresScope(scope: "agents:{args.id}:read")
      doc(id: ID!): Agent @requiresScope(scope: ["docs:read", "agents:{doc.agentId}:run"])
      both(id: ID!): String
        @requiresScope(scope: ["docs:write", "docs:read"])
        @requiresScope(scope: ["agents:{args.id}:run", "config:read"])
      admin: String @requiresScope(scope: "agent_os:admin")
    }
    type Agent {
      id: ID
      secret: String @requiresScope(scope: "agents:{parent.id}:write")
      next: Agent
    }
  `,
  loaders: {
    doc: () => {
      loads += 1;
      return { agentId: 'a' };
    },
  },
});

function explain(query: string, scopes: readonly string[], variables: Record<string, unknown> = {}) {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  return explainPlan(planOperation(schema, document, operation), {
    caller: { grants: new GrantSet(scopes), id: 'ann' },
    variables,
    tell: ({ coordinate }) => coordinate,
  });
}

/** `path Type.field state by decider: required, held by grants, lacks missing`. */
function lines(query: string, scopes: readonly string[], variables?: Record<string, unknown>): string[] {
  return explain(query, scopes, variables).fields.map((field) =>
    [
      `${field.path.join('.')} ${field.coordinate} ${field.state} by ${field.decidedBy}:`,
      formatScopes(field.requiredScopes),
      `| ${field.heldBy.join(' ')} | ${formatScopes(field.missing)}`,
    ].join(' '),
  );
}

describe('what is told of an operation', () => {
  it.each([
    ['{ hello }', ['docs:read'], []],
    ['{ __typename me }', [], ['me Query.me allowed by token:  |  | ']],
    ['{ x: agent(id: "a") { id } }', [], ['x Query.agent denied by token: agents:a:read |  | agents:a:read']],
    [
      '{ agent(id: "a") { id } }',
      ['agents:b:read'],
      ['agent Query.agent denied by arguments: agents:a:read |  | agents:a:read'],
    ],
    [
      '{ agent(id: "a") { id } }',
      ['agents:b:read', 'agents:a:read', 'agents:*:read'],
      ['agent Query.agent allowed by arguments: agents:a:read | agents:a:read | '],
    ],
    [
      '{ agent { id } }',
      ['agents:read'],
      ['agent Query.agent denied by arguments: agents:<id>:read |  | agents:<id>:read'],
    ],
    [
      '{ agents { secret } }',
      ['agents:a:read', 'agents:*:write'],
      [
        'agents Query.agents open by run time: agents:<id>:read | agents:a:read | agents:<id>:read',
        'agents.secret Agent.secret open by run time: agents:<id>:write | agents:*:write | agents:<id>:write',
      ],
    ],
    [
      '{ doc(id: 1) { id } }',
      ['agents:a:run'],
      [
        'doc Query.doc open by run time: docs:read|agents:<id>:run | agents:a:run | docs:read|agents:<id>:run',
      ],
    ],
    [
      '{ doc(id: 1) { id } }',
      ['docs:read'],
      ['doc Query.doc allowed by token: docs:read|agents:<id>:run | docs:read | '],
    ],
    [
      '{ both(id: "a") }',
      ['docs:read', 'config:read'],
      [
        'both Query.both allowed by token: docs:write|docs:read & agents:a:run|config:read | docs:read config:read | ',
      ],
    ],
    [
      '{ both(id: "a") }',
      ['docs:read', 'agents:b:run'],
      [
        'both Query.both denied by arguments: docs:write|docs:read & agents:a:run|config:read | docs:read | agents:a:run|config:read',
      ],
    ],
    ['{ admin }', ['docs:read'], ['admin Query.admin denied by token: agent_os:admin |  | agent_os:admin']],
    [
      '{ admin doc(id: 1) { id } }',
      ['agent_os:admin'],
      [
        'admin Query.admin allowed by token: agent_os:admin | agent_os:admin | ',
        'doc Query.doc allowed by token: docs:read|agents:<id>:run | agent_os:admin | ',
      ],
    ],
  ])('%s by the holder of %j: %j', (query, scopes, expected) => {
    expect(lines(query, scopes)).toEqual(expected);
    expect(loads).toBe(0);
  });

  it('follows variables, @skip and @include', () => {
    const query = 'query ($id: ID, $on: Boolean!) { agent(id: $id) { id } me @include(if: $on) }';
    expect(lines(query, [], { id: 'v', on: false })).toEqual([
      'agent Query.agent denied by token: agents:v:read |  | agents:v:read',
    ]);
  });

  it('names at most five grants of a list that is open', () => {
    const grants = Array.from({ length: 50 }, (_value, index) => `agents:${index}:read`);
    expect(explain('{ agents { id } }', grants).fields[0]?.heldBy).toEqual(grants.slice(0, 5));
  });

  it('says that it is cut off, at 200 fields and at 10,000 paths', () => {
    const many = Array.from({ length: 201 }, (_value, index) => `f${index}: me`);
    const { fields, truncated } = explain(`{ ${many.join(' ')} }`, []);
    expect([fields.length, truncated]).toEqual([200, true]);
    const chain = Array.from(
      { length: 20 },
      (_value, index) =>
        `fragment F${index} on Agent { a: next { ...F${index + 1} } b: next { ...F${index + 1} } }`,
    );
    const wide = `{ agent(id: 1) { ...F0 } } ${chain.join(' ')} fragment F20 on Agent { secret }`;
    expect(explain(wide, []).truncated).toBe(true);
  });
});
