import { parse, type OperationDefinitionNode } from 'graphql';
import { expect, test } from 'vitest';

import { listRequirements } from '../../src/directive/list-requirements.ts';
import { planOperation } from '../../src/directive/operation-plan.ts';
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
    const lists = allOf.map((anyOf) =>
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
