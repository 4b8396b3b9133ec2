import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { type AgentDefinition, defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { startApp } from '../../src/app.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { cancelRunDocument, runAgentDocument, runDocument, runEventsDocument } from '../_util/documents.ts';
import { graphql } from '../_util/generated/gql.ts';
import { type RunPartsFragment } from '../_util/generated/graphql.ts';
import { runCommand } from '../_util/server-process.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../_util/test-app.ts';
import { startTestClient, type TestClient } from '../_util/test-client.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';

const continueRunDocument = graphql(`
  mutation ContinueRun($runId: ID!, $decisions: [ApprovalDecision!]!) {
    continueRun(runId: $runId, decisions: $decisions) {
      ...RunParts
    }
  }
`);

const approvalsDocument = graphql(`
  query Approvals($agentId: ID, $first: Int = 20, $after: String) {
    approvals(agentId: $agentId, first: $first, after: $after) {
      edges {
        cursor
        node {
          id
          runId
          agentId
          userId
          toolCallId
          name
          arguments
          kind
          requestedBy
          requestedAt
          expiresAt
          requiresOtherApprover
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const pendingDocument = graphql(`
  query Pending($id: ID!) {
    run(id: $id) {
      status
      pendingApprovals {
        ...ToolCallParts
      }
    }
  }
`);

const deleteSessionDocument = graphql(`
  mutation DeletePausedSession($id: ID!) {
    deleteSession(id: $id)
  }
`);

const PAY = { toolCalls: [{ name: 'pay', arguments: { amount: 5 } }] };

function setUp() {
  const paid: { amount: number; by: string; mayDecide: boolean }[] = [];
  const pay = defineTool({
    name: 'pay',
    description: 'Pays.',
    parameters: z.object({ amount: z.number() }),
    needsApproval: true,
    run({ amount }, { principal }) {
      paid.push({ amount, by: principal.id, mayDecide: principal.grants.allowsText('approvals:bot:decide') });
      return 'paid';
    },
  });
  const agent: Partial<AgentDefinition> = { tools: [pay] };
  const agents = ['bot', 'other'].map((id) => defineAgent({ id, name: id, ...agent }));
  return { paid, definition: defineApp({ id: 'test', name: 'Test', agents }) };
}

async function ask(client: TestClient, agentId = 'bot'): Promise<RunPartsFragment> {
  const { runAgent } = await client.query(runAgentDocument, {
    input: { agentId, message: 'the secret plan' },
  });
  if (!runAgent) throw new Error('The run was refused.');
  return runAgent;
}

async function ended(client: TestClient, runId: string): Promise<RunPartsFragment | null | undefined> {
  for await (const { errors } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
  }
  return (await client.query(runDocument, { id: runId })).run;
}

async function pendingOf(client: TestClient, id: string): Promise<string[]> {
  const { run } = await client.query(pendingDocument, { id });
  return (run?.pendingApprovals ?? []).map(({ id: callId }) => callId);
}

const yes = (toolCallId: string) => [{ toolCallId, approve: true }];

async function code(client: TestClient, runId: string, toolCallId: string): Promise<unknown> {
  const { errors } = await client.post(continueRunDocument, { runId, decisions: yes(toolCallId) });
  return errors[0]?.extensions.code;
}

describe.each(DATABASE_KINDS)('approvals on %s', (kind) => {
  async function start(options: TestAppOptions = {}) {
    const { paid, definition } = setUp();
    const server = await startTestApp({ kind, definition, ...options });
    const ann = await server.client('ann', [
      'agents:bot:run',
      'agents:other:run',
      'sessions:read',
      'sessions:delete',
    ]);
    return { server, ann, paid, definition, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }

  async function paused(server: TestApp, client: TestClient, agentId = 'bot') {
    server.model.enqueue(PAY);
    const run = await ask(client, agentId);
    return { run, callId: run.toolCalls[0]?.id ?? '' };
  }

  it('runAgent answers when the run pauses, and the caller who started it may decide', async () => {
    await using context = await start();
    const { run, callId } = await paused(context.server, context.ann);
    expect(run).toMatchObject({
      status: 'PAUSED',
      toolCalls: [{ name: 'pay', arguments: { amount: 5 }, status: 'PENDING_APPROVAL', startedAt: null }],
    });
    expect(await pendingOf(context.ann, run.id)).toEqual([callId]);
    context.server.model.enqueue({ text: 'Paid.' });
    const { continueRun } = await context.ann.query(continueRunDocument, {
      runId: run.id,
      decisions: yes(callId),
    });
    expect(continueRun?.id).toBe(run.id);
    expect(await ended(context.ann, run.id)).toMatchObject({ status: 'COMPLETED', output: 'Paid.' });
    expect(await pendingOf(context.ann, run.id)).toEqual([]);
    expect(context.paid).toEqual([{ amount: 5, by: 'ann', mayDecide: false }]);
    const events = [];
    for await (const { data } of context.ann.subscribe(runEventsDocument, { runId: run.id, after: 0 }))
      events.push(data?.runEvents);
    expect(events).toMatchObject([
      { __typename: 'RunStarted' },
      { __typename: 'ApprovalRequested', toolCall: { id: callId, status: 'PENDING_APPROVAL' } },
      { __typename: 'ApprovalResolved', approved: true, toolCall: { id: callId } },
      { __typename: 'RunStarted', attempt: 2 },
      { __typename: 'ToolCallStarted', toolCall: { id: callId, status: 'RUNNING' } },
      { __typename: 'ToolCallFinished', toolCall: { id: callId, status: 'COMPLETED' } },
      { __typename: 'TextDelta' },
      { __typename: 'RunFinished' },
    ]);
  });

  it('a replay of a paused run answers at once', async () => {
    await using context = await start();
    context.server.model.enqueue(PAY);
    const input = { agentId: 'bot', message: 'hello', runId: uuidV7() };
    await context.ann.query(runAgentDocument, { input });
    const { runAgent } = await context.ann.query(runAgentDocument, { input });
    expect(runAgent).toMatchObject({ status: 'PAUSED', replayed: true });
  });

  it('somebody who may only decide sees the call and who asks, decides, and learns nothing else', async () => {
    await using context = await start();
    const { run, callId } = await paused(context.server, context.ann);
    const boss = await context.server.client('boss', ['approvals:bot:decide']);
    const { approvals } = await boss.query(approvalsDocument, { agentId: 'bot' });
    expect(approvals?.edges).toMatchObject([
      {
        node: {
          runId: run.id,
          agentId: 'bot',
          userId: 'ann',
          requestedBy: 'ann',
          toolCallId: callId,
          name: 'pay',
          arguments: { amount: 5 },
          kind: 'CALL',
          requiresOtherApprover: false,
        },
      },
    ]);
    expect(JSON.stringify(approvals)).not.toContain('secret plan');
    const looks: [string, object][] = [
      ['query ($id: ID!) { run(id: $id) { input } }', { id: run.id }],
      ['query ($id: ID!) { session(id: $id) { id } }', { id: run.sessionId }],
      ['{ runs { edges { node { input } } } }', {}],
      ['{ runs(agentId: "bot") { edges { node { input } } } }', {}],
      ['mutation ($id: ID!) { cancelRun(runId: $id) { input } }', { id: run.id }],
    ];
    for (const [document, variables] of looks) {
      const { errors } = await boss.post(document, variables);
      expect(['FORBIDDEN', 'NOT_FOUND'], document).toContain(errors[0]?.extensions.code);
    }
    for await (const { data, errors } of boss.subscribe(runEventsDocument, { runId: run.id, after: 0 })) {
      expect(data ?? null).toBeNull();
      expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    }
    context.server.model.enqueue({ text: 'Paid.' });
    const answer = await boss.post(continueRunDocument, { runId: run.id, decisions: yes(callId) });
    expect(answer).toMatchObject({ errors: [], data: { continueRun: null } });
    await ended(context.ann, run.id);
    // With the rights of who started it.
    expect(context.paid).toEqual([{ amount: 5, by: 'ann', mayDecide: false }]);
    expect(await code(boss, run.id, callId)).toBe('NOT_FOUND');
  });

  it('reading scopes alone do not make a decider a reader, nor a decider of others', async () => {
    await using context = await start();
    const { run, callId } = await paused(context.server, context.ann);
    const bob = await context.server.client('bob', [
      'approvals:bot:decide',
      'sessions:read',
      'agents:bot:run',
    ]);
    expect(await bob.post(runDocument, { id: run.id })).toMatchObject({
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    });
    context.server.model.enqueue({ text: 'Paid.' });
    const answer = await bob.post(continueRunDocument, { runId: run.id, decisions: yes(callId) });
    expect(answer).toMatchObject({ errors: [], data: { continueRun: null } });
    await ended(context.ann, run.id);
  });

  it.each<[string, string[], string]>([
    ['nothing', ['sessions:read'], 'FORBIDDEN'],
    ['running the agent, for runs of its own', ['agents:bot:run', 'sessions:read'], 'NOT_FOUND'],
    ['deciding for another agent', ['approvals:other:decide'], 'NOT_FOUND'],
    [
      'deciding for another agent and running this one',
      ['approvals:other:decide', 'agents:bot:run'],
      'NOT_FOUND',
    ],
    ["reading the owner's, and running", ['agents:bot:run', 'users:ann:read'], 'FORBIDDEN'],
    [
      'acting for the owner, without running',
      ['sessions:read', 'users:ann:read', 'users:ann:act'],
      'FORBIDDEN',
    ],
  ])('a caller whose scopes are good for %s is refused', async (_, scopes, refusal) => {
    await using context = await start();
    const { run, callId } = await paused(context.server, context.ann);
    const bob = await context.server.client('bob', scopes);
    expect(await code(bob, run.id, callId)).toBe(refusal);
    expect(await code(bob, uuidV7(), callId)).toBe(
      refusal === 'FORBIDDEN' && scopes.includes('agents:bot:run') ? 'NOT_FOUND' : refusal,
    );
    expect(await pendingOf(context.ann, run.id)).toEqual([callId]);
    expect(context.paid).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['the agent and the owner', ['agents:bot:run', 'users:ann:read', 'users:ann:act']],
    ['all approvals', ['approvals:decide']],
    ['approvals by a wildcard', ['approvals:*:decide']],
    ['everything', ['agent_os:admin']],
  ])('a caller whose scopes are good for %s decides', async (_, scopes) => {
    await using context = await start();
    const { run, callId } = await paused(context.server, context.ann);
    const bob = await context.server.client('bob', scopes);
    context.server.model.enqueue({ text: 'Paid.' });
    expect(await code(bob, run.id, callId)).toBeUndefined();
    expect(await ended(context.ann, run.id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('a decider opens no run that is not paused, and no ids that are none', async () => {
    await using context = await start();
    const boss = await context.server.client('boss', ['approvals:bot:decide']);
    const step = context.server.model.enqueue({ text: 'one two', pauseBefore: 1 });
    const { runAgent } = await context.ann.query(runAgentDocument, {
      input: { agentId: 'bot', message: 'hello', background: true },
    });
    for (const id of [runAgent?.id ?? '', 'no uuid', '', '__proto__', uuidV7()])
      expect(await code(boss, id, 'x')).toBe('NOT_FOUND');
    expect(await code(context.ann, runAgent?.id ?? '', 'x')).toBe('CONFLICT');
    step.release();
  });

  it('wrong decisions are told which calls are open', async () => {
    await using context = await start();
    const { run, callId } = await paused(context.server, context.ann);
    const { errors } = await context.ann.post(continueRunDocument, { runId: run.id, decisions: [] });
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT', openApprovals: [callId] } }]);
    const long = [{ toolCallId: callId, approve: false, note: 'x'.repeat(2001) }];
    expect(
      (await context.ann.post(continueRunDocument, { runId: run.id, decisions: long })).errors,
    ).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'decisions' } }]);
    const odd = [{ toolCallId: callId, approve: false, note: 'a\0\ud800' }];
    context.server.model.enqueue({ text: 'Pity.' });
    expect((await context.ann.post(continueRunDocument, { runId: run.id, decisions: odd })).errors).toEqual(
      [],
    );
    const over = await ended(context.ann, run.id);
    expect(over?.toolCalls).toMatchObject([
      { status: 'REJECTED', error: 'The call was refused. Note: a\ufffd\ufffd' },
    ]);
  });

  it('a page of approvals shows the agents that one may decide for, newest first', async () => {
    await using context = await start();
    const runs = [
      await paused(context.server, context.ann),
      await paused(context.server, context.ann, 'other'),
      await paused(context.server, context.ann),
    ].map(({ run }) => run.id);
    const list = async (client: TestClient, variables: object) => {
      const { data, errors } = await client.post(approvalsDocument, variables);
      return errors[0]?.extensions.code ?? data?.approvals?.edges.map(({ node }) => node.runId);
    };
    const one = await context.server.client('one', ['approvals:bot:decide']);
    const all = await context.server.client('all', ['approvals:decide']);
    expect(await list(one, { agentId: 'bot' })).toEqual([runs[2], runs[0]]);
    expect(await list(one, { agentId: 'other' })).toBe('FORBIDDEN');
    expect(await list(one, {})).toBe('FORBIDDEN');
    expect(await list(all, {})).toEqual(runs.toReversed());
    expect(await list(context.ann, { agentId: 'bot' })).toBe('FORBIDDEN');
    const first = await all.query(approvalsDocument, { first: 2 });
    expect(first.approvals?.pageInfo.hasNextPage).toBe(true);
    expect(await list(all, { first: 2, after: first.approvals?.pageInfo.endCursor })).toEqual([runs[0]]);
    await context.ann.query(cancelRunDocument, { runId: runs[0] ?? '' });
    expect(await list(one, { agentId: 'bot' })).toEqual([runs[2]]);
  });

  it('deleting the session of a paused run ends it first', async () => {
    await using context = await start();
    const { run } = await paused(context.server, context.ann);
    const answer = await context.ann.query(deleteSessionDocument, { id: run.sessionId });
    expect(answer.deleteSession).toBe(run.sessionId);
    const all = await context.server.client('all', ['approvals:decide']);
    expect((await all.query(approvalsDocument)).approvals?.edges).toEqual([]);
  });

  it('cancelRun ends a paused run', async () => {
    await using context = await start();
    const { run } = await paused(context.server, context.ann);
    const { cancelRun } = await context.ann.query(cancelRunDocument, { runId: run.id });
    expect(cancelRun).toMatchObject({ status: 'CANCELLED', toolCalls: [{ status: 'CANCELLED' }] });
  });
});

describe('approvals and a restart', () => {
  it('a run that waits is decided after the server was started anew', async () => {
    const { paid, definition } = setUp();
    await using server = await startTestApp({ kind: 'postgres', definition });
    const ann = await server.client('ann', ['agents:bot:run', 'sessions:read']);
    server.model.enqueue(PAY);
    const run = await ask(ann);
    await server.app.stop();
    await using app = await startApp({ definition, config: server.config, log: createLogger('silent') });
    await using again = startTestClient(app.url, ann.token);
    expect((await again.query(pendingDocument, { id: run.id })).run).toMatchObject({ status: 'PAUSED' });
    server.model.enqueue({ text: 'Paid.' });
    const decisions = yes(run.toolCalls[0]?.id ?? '');
    await again.query(continueRunDocument, { runId: run.id, decisions });
    expect(await ended(again, run.id)).toMatchObject({ status: 'COMPLETED', output: 'Paid.', attempt: 2 });
    expect(paid).toHaveLength(1);
  });

  it('what nobody decides in time is refused while nobody asks', async () => {
    const { paid, definition } = setUp();
    const env = { AMBIT_APPROVAL_SECONDS: '1', AMBIT_LEASE_SECONDS: '2' };
    await using server = await startTestApp({ definition, env });
    const ann = await server.client('ann', ['agents:bot:run', 'sessions:read']);
    server.model.enqueue(PAY);
    server.model.enqueue({ text: 'Pity.' });
    const run = await ask(ann);
    expect(await ended(ann, run.id)).toMatchObject({ output: 'Pity.', toolCalls: [{ status: 'REJECTED' }] });
    expect(paid).toEqual([]);
  });
});

describe('ambit run', () => {
  it('shows what waits for a decision, and goes on when it is made', async () => {
    await using server = await startTestApp({ definition: setUp().definition });
    const boss = await server.client('boss', ['approvals:bot:decide']);
    server.model.enqueue(PAY);
    server.model.enqueue({ text: 'Paid.' });
    const env = { AMBIT_URL: server.app.url, AMBIT_TOKEN: await server.token('ann', ['agents:bot:run']) };
    const command = runCommand(['run', 'bot', 'hi'], env);
    const list = async () => (await boss.query(approvalsDocument, { agentId: 'bot' })).approvals?.edges ?? [];
    await expect.poll(list, { timeout: 20_000 }).toHaveLength(1);
    const { runId = '', toolCallId = '' } = (await list())[0]?.node ?? {};
    await boss.query(continueRunDocument, { runId, decisions: yes(toolCallId) });
    const done = await command;
    expect(done).toMatchObject({ code: 0, stdout: 'Paid.\n' });
    expect(done.stderr).toContain('[pay {"amount":5} waits for an approval]');
    expect(done.stderr).toContain(`ambit runs decide ${runId} --approve, or --refuse`);
    expect(done.stderr).toContain('[pay: approved]');
  });
});
