import { parse, type OperationDefinitionNode } from 'graphql';
import { expect, test } from 'vitest';

import { listRequirements } from '../../src/directive/list-requirements.ts';
import { listInputUses } from '../../src/directive/input-uses.ts';
import { planOperation } from '../../src/directive/operation-plan.ts';
import { requireRules } from '../../src/directive/schema-rules.ts';
import { buildGuarded } from './guarded-schema.ts';

const schema = buildGuarded({
  typeDefs: `
    interface Event { run: Run }
    type Started implements Event { run: Run }
    type Finished implements Event { run: Run secret: Int @requiresScope(scope: "config:read") }
    type Agent { id: ID instructions: String @requiresScope(scope: "agents:{parent.id}:write") }
    type Run { id: ID agent: Agent @requiresScope(scope: "agents:{parent.agentId}:read") }
    type Query {
      ok: Int @public
      viewer: Int @authenticated
      agents: [Agent] @requiresScope(scope: "agents:{item.id}:read")
      agent(id: ID!): Agent @requiresScope(scope: "agents:{args.id}:read")
      run(id: ID!): Run @requiresScope(scope: ["config:read", "agents:{run.agentId}:run", "agents:web:read"])
      events: [Event] @requiresScope(scope: "config:read") @requiresScope(scope: ["agents:*:read", "agent_os:admin"])
    }`,
  resolvers: { Event: { __resolveType: () => 'Started' } },
  loaders: { run: () => null },
});

function print(query: string): string[] {
  const document = parse(query);
  const plan = planOperation(schema, document, document.definitions[0] as OperationDefinitionNode); // the first, an operation
  return [...listRequirements(plan)].map(({ path, coordinate, allOf, decidedBy, conditions }) => {
    const lists = (allOf ?? []).map((anyOf) =>
      anyOf.map(({ scope, decidedBy }) => `${scope} (${decidedBy})`).join(' | '),
    );
    const when = conditions.length === 0 ? '' : ` if ${JSON.stringify(conditions)}`;
    return `${path.join('.')} = ${coordinate}: ${lists.join(' & ') || 'any token'}; ${decidedBy}${when}`;
  });
}

test('the plan of an operation, printed', () => {
  const query = `query ($id: ID!, $more: Boolean!) {
    __typename ok viewer
    list: agents { id ...Instructions }
    agent(id: $id) { ...Instructions }
    run(id: $id) { id agent @include(if: $more) { id } }
    events { run { agent { id } } ... on Finished { secret } }
  }
  fragment Instructions on Agent { text: instructions @skip(if: false) }`;
  expect(print(query)).toMatchInlineSnapshot(`
    [
      "viewer = Query.viewer: any token; token",
      "list = Query.agents: agents:<id>:read (run time); run time",
      "list.text = Agent.instructions: agents:<id>:write (run time); run time if [{"leavesOut":true,"value":false}]",
      "agent = Query.agent: agents:<id>:read (arguments); arguments",
      "agent.text = Agent.instructions: agents:<id>:write (run time); run time if [{"leavesOut":true,"value":false}]",
      "run = Query.run: config:read (token) | agents:<id>:run (run time) | agents:web:read (token); run time",
      "run.agent = Run.agent: agents:<id>:read (run time); run time if [{"leavesOut":false,"value":{"variable":"more"}}]",
      "events = Query.events: config:read (token) & agents:*:read (token) | agent_os:admin (token); token",
      "events.run.agent = Run.agent: agents:<id>:read (run time); run time",
      "events.secret = Finished.secret: config:read (token); token",
    ]
  `);
});

test('with variables, what is asked for because of the arguments', () => {
  const schema = buildGuarded({
    typeDefs: `
      enum Sort { NAME PAY @requiresScope(scope: "users:read") }
      input In { of: [ID] @requiresScope(scope: ["users:{value}:read", "config:read"]) sort: Sort }
      type Query {
        free(in: In, force: Boolean @requiresScope(scope: "docs:{args.id}:write"), id: ID): Int @public
        own(sort: [Sort]): Int @requiresScope(scope: "config:read")
      }`,
  });
  const list = (query: string, variables: Record<string, unknown> | null) => {
    const document = parse(query);
    const plan = planOperation(schema, document, document.definitions[0] as OperationDefinitionNode); // the first, an operation
    return [...listRequirements(plan, variables)].map(({ path, allOf, inputs, decidedBy }) =>
      [
        ...path,
        allOf === null ? 'free' : 'own',
        ...inputs.map(
          (input) =>
            `${input.coordinate} ${input.allOf.map((anyOf) => anyOf.map(({ scope }) => scope).join('|')).join('&')}`,
        ),
        decidedBy,
      ].join(', '),
    );
  };
  const query =
    'query ($of: [ID], $on: Boolean) { free(in: { of: $of, sort: PAY }, force: $on) own(sort: [PAY, PAY]) }';
  expect(list(query, { of: ['a', 'b', 'a'] })).toEqual([
    'free, free, In.of users:a:read|config:read, In.of users:b:read|config:read, Sort.PAY users:read, arguments',
    'own, own, Sort.PAY users:read, arguments',
  ]);
  expect(list(query, { on: false })).toEqual([
    'free, free, Query.free(force:) docs:<id>:write, Sort.PAY users:read, arguments',
    'own, own, Sort.PAY users:read, arguments',
  ]);
  expect(list(query, null)).toEqual(['own, own, token']);
  expect(list('{ free }', {})).toEqual([]);
});

test('every occurrence of an input with a rule, with its place', () => {
  const schema = buildGuarded({
    typeDefs: `
      enum Sort { NAME PAY @requiresScope(scope: "users:read") }
      input In { sort: [[Sort]] and: [In!] of: [ID] @requiresScope(scope: "users:{value}:read") }
      type Query { a(in: In, on: Boolean @requiresScope(scope: "config:read")): Int @public }`,
  });
  const places = requireRules(schema).inputsOf('Query', 'a');
  const args = {
    on: false,
    in: { sort: [['PAY'], ['NAME', 'PAY']], of: null, and: [{ of: ['x', 'y'] }, {}] },
  };
  expect(
    [...listInputUses(places, args)].map(({ coordinate, path }) => `${path.join('.')} ${coordinate}`),
  ).toEqual([
    'in.sort.0.0 Sort.PAY',
    'in.sort.1.1 Sort.PAY',
    'in.and.0.of.0 In.of',
    'in.and.0.of.1 In.of',
    'on Query.a(on:)',
  ]);
});
