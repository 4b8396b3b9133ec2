import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

import { judgePlan } from '../../src/directive/judge-plan.ts';
import { planOperation } from '../../src/directive/operation-plan.ts';
import { coerceVariables } from '../../src/graphql/coerce-variables.ts';
import { createContractSchema } from '../../src/graphql/contract-schema.ts';
import { leastScopesFor } from '../../src/graphql/least-scopes-for.ts';
import { ScopeCatalogue } from '../../src/scope/catalogue.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';

const adminScope = 'root';
const schema = createContractSchema({ catalogue: new ScopeCatalogue(), adminScope });

function least(operation: string, variables?: Record<string, unknown>, ids: Record<string, string[]> = {}) {
  return leastScopesFor(schema, {
    operation,
    variables,
    ids: new Map(Object.entries(ids)),
    subject: 'ann',
    adminScope,
  });
}

function isRefused(text: string, scopes: readonly string[], given: Record<string, unknown>): boolean {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  const variables = coerceVariables(schema, operation, given).values ?? {};
  return judgePlan(planOperation(schema, document, operation), {
    principal: { grants: new GrantSet(scopes, adminScope) },
    variables,
  }).anyRefused;
}

const start = 'mutation ($id: ID!) { runAgent(input: { agentId: $id, message: "x" }) { id agent { name } } }';

describe('the least scopes of an operation', () => {
  it.each<[string, Record<string, unknown> | undefined, Record<string, string[]>, string[]]>([
    ['{ health { status } viewer { id } }', {}, {}, []],
    ['{ agent(id: "a") { id } b: agent(id: "b") { id } }', {}, {}, ['agents:a:read', 'agents:b:read']],
    ['{ agents { id } agent(id: "a") { id } }', {}, {}, ['agents:*:read']],
    ['{ agents { id } }', {}, { agents: ['a', 'b'] }, ['agents:a:read', 'agents:b:read']],
    ['{ agents { id } agent(id: "c") { id } }', {}, { agents: ['a'] }, ['agents:a:read', 'agents:c:read']],
    ['{ run(id: "r") { id } }', {}, {}, ['sessions:read']],
    ['{ run(id: "r") { id } }', {}, { agents: ['a'] }, ['agents:a:read']],
    ['{ run(id: "r") { id agent { id } } }', {}, {}, ['agents:*:read']],
    ['{ runs(agentId: "a") { edges { cursor } } sessions { edges { cursor } } }', {}, {}, ['sessions:read']],
    ['{ runs { edges { cursor } } }', {}, {}, ['sessions:read']],
    [
      'mutation { createSession(input: { agentId: "a" }) { id } }',
      {},
      {},
      ['sessions:write', 'agents:a:read'],
    ],
    [start, { id: 'a' }, {}, ['agents:a:run', 'agents:*:read']],
    [start, { id: 'a' }, { agents: ['a'] }, ['agents:a:run', 'agents:a:read']],
    [start, undefined, {}, ['agents:*:run', 'agents:*:read']],
    [start, { id: 'a:b' }, {}, ['agents:*:run', 'agents:*:read']],
    ['query ($on: Boolean!) { viewer { id } config @include(if: $on) { id } }', { on: false }, {}, []],
    [
      'subscription { runEvents(runId: "r") { ... on RunFinished { run { agent { instructions } } } } }',
      {},
      {},
      ['agents:*:read', 'agents:*:write'],
    ],
    ['mutation { eraseUser(userId: "ann") { isComplete } }', {}, {}, ['users:ann:erase']],
    ['{ __schema { queryType { name } } }', {}, {}, []],
  ])('%s with %j and %j: %j, and none of them can be taken away', (operation, variables, ids, expected) => {
    const scopes = least(operation, variables, ids).map(({ scope }) => scope);
    expect(scopes.toSorted()).toEqual(expected.toSorted());
    const known = variables ?? { id: 'a' };
    expect(isRefused(operation, scopes, known)).toBe(false);
    // Of ids that --id names for a list, each opens its elements: only execution would miss one.
    const named = new Set(
      Object.values(ids)
        .flat()
        .map((id) => `agents:${id}:read`),
    );
    for (const taken of scopes) {
      const rest = scopes.filter((scope) => scope !== taken);
      if (named.has(taken) && rest.some((scope) => /^agents:.*:read$/.test(scope))) continue;
      expect(isRefused(operation, rest, known), taken).toBe(true);
    }
  });

  it('are told with the fields that they are for', () => {
    expect(least(start, { id: 'a' })).toMatchObject([
      { scope: 'agents:a:run', places: [{ path: ['runAgent'], coordinate: 'Mutation.runAgent' }] },
      { scope: 'agents:*:read', places: [{ path: ['runAgent', 'agent'], coordinate: 'Run.agent' }] },
    ]);
  });

  it.each([
    ['{', {}, 'Syntax Error'],
    ['{ nothing }', {}, 'Cannot query field'],
    ['query A { __typename } query B { __typename }', {}, 'Say which operation'],
    [start, {}, 'Variable "$id"'],
    [
      '{ approvals(agentId: null) { edges { cursor } } agent(id: "") { id } }',
      {},
      'Query.agent asks for a scope of one id',
    ],
  ])('of %s there are none: %s', (operation, variables, message) => {
    expect(() => least(operation, variables)).toThrow(message);
  });
});
