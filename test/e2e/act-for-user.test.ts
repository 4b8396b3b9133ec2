import { describe, expect, it } from 'vitest';

import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { runAgentDocument, runDocument } from '../_util/documents.ts';
import { type RunAgentInput } from '../_util/generated/graphql.ts';
import { startTestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';

const SCOPES = ['agents:web-search-agent:run', 'sessions:read', 'sessions:write'];
const FOR_ANN = [...SCOPES, 'users:ann:read', 'users:ann:act'];

interface Outcome {
  readonly code: string;
  readonly run?: {
    readonly id: string;
    readonly sessionId: string;
    readonly userId: string;
    readonly replayed: boolean;
  };
  readonly requiredScopes?: unknown;
  readonly message?: string;
}

type Ask = (client: TestClient, input: Partial<RunAgentInput>) => Promise<Outcome>;

function toInput(input: Partial<RunAgentInput>): RunAgentInput {
  return {
    agentId: 'web-search-agent',
    message: 'hello',
    background: false,
    waitSeconds: 30,
    onBusy: 'ENQUEUE',
    ...input,
  };
}

const overHttp: Ask = async (client, input) => {
  const { data, errors } = await client.post(runAgentDocument, { input: toInput(input) });
  return toOutcome(data?.runAgent, errors[0]);
};

const overSocket: Ask = async (client, input) => {
  for await (const { data, errors } of client.subscribe(runAgentDocument, { input: toInput(input) }))
    return toOutcome(data?.runAgent, errors?.[0]);
  throw new Error('no answer');
};

function toOutcome(run: Outcome['run'] | null | undefined, error: unknown): Outcome {
  if (run) return { code: 'none', run };
  const { message = '', extensions = {} } = error as {
    message?: string;
    extensions?: Record<string, unknown>;
  }; // a GraphQL error
  return { code: String(extensions['code']), requiredScopes: extensions['requiredScopes'], message };
}

describe.each(DATABASE_KINDS)('running for another user on %s', (kind) => {
  describe.each([
    ['http', overHttp],
    ['websocket', overSocket],
  ])('over %s', (_, ask) => {
    it('makes a session and a run of that user, and keeps who started it', async () => {
      await using server = await startTestApp({ kind, echo: true });
      const bob = await server.client('bob', FOR_ANN);
      const ann = await server.client('ann', SCOPES);
      const { run, code } = await ask(bob, { userId: 'ann' });
      expect(code).toBe('none');
      expect(run).toMatchObject({ userId: 'ann', status: 'COMPLETED' });
      const id = run?.id ?? '';
      expect((await ann.query(runDocument, { id })).run).toMatchObject({ id, userId: 'ann' });
      expect((await ann.post('{ sessions { edges { node { id userId } } } }')).data).toEqual({
        sessions: { edges: [{ node: { id: run?.sessionId, userId: 'ann' } }] },
      });
      const outsider = await server.client('bob', SCOPES);
      expect((await outsider.post(runDocument, { id })).errors[0]?.extensions.code).toBe('NOT_FOUND');
      expect((await ask(ann, { sessionId: run?.sessionId ?? null })).run?.userId).toBe('ann');
    });

    it('needs to read and to act, whatever is sent, and starts nothing otherwise', async () => {
      await using server = await startTestApp({ kind, echo: true });
      const refused = async (scopes: string[], userId: string) => {
        const outcome = await ask(await server.client('bob', [...SCOPES, ...scopes]), { userId });
        return [outcome.code, outcome.message, outcome.requiredScopes];
      };
      const needed = [['agents:web-search-agent:run'], ['users:ann:read'], ['users:ann:act']];
      const answer = ['FORBIDDEN', "The token's scopes do not open RunAgentInput.userId.", needed];
      for (const scopes of [
        [],
        ['users:ann:act'],
        ['users:ann:read'],
        ['users:read'],
        ['users:read', 'users:carl:act'],
        ['users:erase'],
      ])
        expect(await refused(scopes, 'ann')).toEqual(answer);
      const unnameable = [['agents:web-search-agent:run'], ['users:<id>:read'], ['users:<id>:act']];
      for (const userId of ['a:b', '*', ''])
        expect((await refused(['users:a:read', 'users:a:act'], userId))[2]).toEqual(unnameable);
      const admin = await server.client('root', ['agent_os:admin']);
      expect((await admin.post('{ runs { edges { node { id } } } }')).data).toEqual({ runs: { edges: [] } });
      expect((await ask(admin, { userId: '' })).code).toBe('BAD_USER_INPUT');
      expect((await ask(admin, { userId: 'x'.repeat(256) })).code).toBe('BAD_USER_INPUT');
      expect((await ask(admin, { userId: 'a:b' })).run?.userId).toBe('a:b');
    });

    it('with the own id needs no scope, and null is nobody', async () => {
      await using server = await startTestApp({ kind, echo: true });
      for (const name of ['bob', 'bob:builder']) {
        const bob = await server.client(name, SCOPES);
        expect((await ask(bob, { userId: name })).run?.userId).toBe(name);
        expect((await ask(bob, { userId: null })).run?.userId).toBe(name);
        expect((await ask(bob, { userId: 'bo' })).code).toBe('FORBIDDEN');
      }
    });

    it("in a session goes by the session's owner", async () => {
      await using server = await startTestApp({ kind, echo: true });
      const bob = await server.client('bob', FOR_ANN);
      const ofAnn = (await ask(bob, { userId: 'ann' })).run?.sessionId ?? '';
      const ofBob = (await ask(bob, {})).run?.sessionId ?? '';
      expect((await ask(bob, { userId: 'ann', sessionId: ofAnn })).run).toMatchObject({
        userId: 'ann',
        sessionId: ofAnn,
      });
      expect((await ask(bob, { sessionId: ofAnn })).run?.userId).toBe('ann');
      expect((await ask(bob, { userId: 'ann', sessionId: ofBob })).code).toBe('CONFLICT');
      expect((await ask(bob, { userId: 'bob', sessionId: ofAnn })).code).toBe('CONFLICT');
      const carl = await server.client('carl', [...SCOPES, 'users:bob:read', 'users:bob:act']);
      expect((await ask(carl, { userId: 'bob', sessionId: ofAnn })).code).toBe('NOT_FOUND');
      expect((await ask(carl, { userId: 'bob', sessionId: uuidV7() })).code).toBe('NOT_FOUND');
    });

    it('is told apart under a run id and an idempotency key', async () => {
      await using server = await startTestApp({ kind, echo: true });
      const bob = await server.client('bob', FOR_ANN);
      for (const name of [{ runId: uuidV7() }, { idempotencyKey: 'order 7' }]) {
        const first = await ask(bob, { userId: 'ann', ...name });
        expect(first.run).toMatchObject({ userId: 'ann', replayed: false });
        expect((await ask(bob, { userId: 'ann', ...name })).run).toMatchObject({
          id: first.run?.id,
          replayed: true,
        });
        expect((await ask(bob, name)).code).toBe('CONFLICT');
        expect((await ask(bob, { userId: 'bob', ...name })).code).toBe('CONFLICT');
        const without = await server.client('bob', SCOPES);
        expect((await ask(without, { userId: 'ann', ...name })).code).toBe('FORBIDDEN');
      }
    });
  });

  it('is judged whatever carries the value', async () => {
    await using server = await startTestApp({ kind, echo: true });
    const bob = await server.client('bob', SCOPES);
    const rest = 'agentId: "web-search-agent", message: "hello", background: true';
    const documents: [string, Record<string, unknown>][] = [
      [`mutation { runAgent(input: { ${rest}, userId: "ann" }) { id } }`, {}],
      [`mutation ($u: ID) { runAgent(input: { ${rest}, userId: $u }) { id } }`, { u: 'ann' }],
      [`mutation ($u: ID = "ann") { runAgent(input: { ${rest}, userId: $u }) { id } }`, {}],
      [`mutation ($i: RunAgentInput! = { ${rest}, userId: "ann" }) { runAgent(input: $i) { id } }`, {}],
      [
        `mutation { own: runAgent(input: { ${rest} }) { id } other: runAgent(input: { ${rest}, userId: "ann" }) { id } }`,
        {},
      ],
      [
        `mutation { ...F } fragment F on Mutation { x: runAgent(input: { ${rest}, userId: "ann" }) { id } }`,
        {},
      ],
    ];
    for (const [document, variables] of documents) {
      const { errors, data, status } = await bob.post(document, variables);
      expect([errors[0]?.extensions.code, data, status]).toEqual(['FORBIDDEN', undefined, 403]);
    }
    expect((await bob.post('{ runs { edges { node { id } } } }')).data).toEqual({ runs: { edges: [] } });
  });
});
