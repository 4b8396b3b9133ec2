import { expect } from 'vitest';

import { ask, assertTight, codesOf, type Transport } from './ask.ts';
import { type AttackCase, BOTH } from './attack-case.ts';

const query =
  'query ($operation: String!) { explainAccess(operation: $operation) { admitted fields { coordinate state } } }';
const RUN = 'mutation { runAgent(input: { agentId: "bot", message: "x" }) { id agent { instructions } } }';

/** Of the cases of gateways the one that is ours: the endpoint that explains. */
export const EXPLAIN: readonly AttackCase[] = [
  {
    number: 122,
    title: 'what an operation would ask, without a token',
    over: BOTH,
    async run({ app }, over) {
      const variables = { operation: RUN };
      const answer = await ask(over as Transport, { url: app.app.url, query, variables });
      expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    },
  },
  {
    number: 122,
    title: 'what an operation would ask, and nothing of it is run or shown',
    over: BOTH,
    async run({ app }, over) {
      const token = await app.token('root', ['agent_os:admin']);
      const asked = { url: app.app.url, query };
      const before = app.model.requests.length;
      const own = await ask(over as Transport, { ...asked, token, variables: { operation: RUN } });
      expect(own.errors).toEqual([]);
      assertTight(own.text);
      expect(app.model.requests.length).toBe(before);
      const runs = await ask(over as Transport, {
        ...asked,
        token,
        query: '{ runs { edges { node { id } } } }',
      });
      expect(runs.data).toEqual({ runs: { edges: [] } });
    },
  },
  {
    number: 122,
    title: 'names that the caller may not learn',
    over: BOTH,
    async run({ app }, over) {
      const token = await app.token('eve', ['agents:bot:read']);
      for (const operation of [
        '{ agents { instructons } }',
        '{ agnts { id } }',
        '{ agent(id: "hidden") { name } }',
      ]) {
        const asked = { url: app.app.url, query, token, variables: { operation } };
        const { text } = await ask(over as Transport, asked);
        assertTight(text);
        expect(text).not.toMatch(/Named|Query.agents"|instructions/);
      }
    },
  },
];
