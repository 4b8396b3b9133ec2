import { describe, expect, inject, it } from 'vitest';

import { runAgentDocument, runDocument } from '../_util/documents.ts';
import { definition, ended, setScene } from '../_util/revocation-scene.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { startRun } from '../_util/start-run.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { startTestClient } from '../_util/test-client.ts';
import { createTestDatabase, runOnServer } from '../_util/test-database.ts';

const EVENTS = `subscription ($runId: ID!) { runEvents(runId: $runId) { __typename seq } }`;
const VIEWER = '{ viewer { id } }';

async function startCluster() {
  const resources = new AsyncDisposableStack();
  const url = resources.use(await createTestDatabase('postgres')).config.url ?? '';
  return {
    url,
    async node(env: Record<string, string> = {}): Promise<TestApp> {
      const settings = { DATABASE_URL: url, AMBIT_LEASE_SECONDS: '2', ...env };
      return resources.use(
        await startTestApp({ definition, allowLeftOver: true, echo: true, env: settings }),
      );
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

describe.runIf(inject('postgres') !== null)('a token revoked on one of two nodes', () => {
  it('loses its sockets, requests and runs on the other', async () => {
    await using cluster = await startCluster();
    const [a, b] = [await cluster.node(), await cluster.node()];
    await using scene = await setScene(b);
    const onA = startTestClient(a.app.url, scene.token);
    const step = a.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const runId = crypto.randomUUID();
    const waiting = onA.post(runAgentDocument, { input: { agentId: 'bot', message: 'hi', runId } });
    await step.paused;
    await using socket = await SocketClient.ready(`${a.app.url}/graphql`, {
      authorization: `Bearer ${scene.token}`,
    });
    socket.subscribe('1', EVENTS, { variables: { runId } });
    expect((await socket.next()).type).toBe('next');
    expect(await scene.revokeBy('token')).toBe(1);
    expect(await socket.closed).toEqual({ code: 4403, reason: 'Token revoked' });
    expect(await waiting).toMatchObject({ status: 401 });
    expect(await step.closed).toBe('aborted');
    expect(await ended(scene.admin, runId)).toMatchObject({
      status: 'CANCELLED',
      error: { code: 'REVOKED' },
    });
    expect((await onA.post(VIEWER)).status).toBe(401);
  });

  it('is found by a node that was not told, and known to one that starts later', async () => {
    await using cluster = await startCluster();
    const a = await cluster.node();
    await using scene = await setScene(a);
    const socket = await scene.socket();
    // As a node would that died before it told anybody.
    await runOnServer(
      cluster.url,
      `insert into ambit.revocation (kind, subject, issued_before, revoked_at, revoked_by)
       values ('user', $1, now(), now(), 'root')`,
      [scene.userId],
    );
    expect((await socket.closed).code).toBe(4403);
    const b = await cluster.node();
    expect((await startTestClient(b.app.url, scene.token).post(VIEWER)).status).toBe(401);
  });

  it('has its runs ended by others when the node that revoked it dies right after', async () => {
    await using cluster = await startCluster();
    const a = await cluster.node();
    await using scene = await setScene(a);
    a.model.enqueue({ toolCalls: [{ name: 'pay', arguments: {} }] });
    const paused = await startRun(scene.user, { background: false });
    const queued = await startRun(scene.user, { sessionId: paused.sessionId });
    // What the transaction of a revocation leaves, and nothing that comes after it.
    await runOnServer(
      cluster.url,
      'update ambit.run set cancel_requested_at = now(), revoked_at = now() where started_by = $1',
      [scene.userId],
    );
    for (const { id } of [paused, queued]) {
      expect(await ended(scene.admin, id)).toMatchObject({ status: 'CANCELLED', error: { code: 'REVOKED' } });
      const { run } = await scene.admin.query(runDocument, { id });
      expect(run?.finishedAt).not.toBeNull();
    }
  });

  it('does not have its run taken up again by another node when the one that executed it stops', async () => {
    await using cluster = await startCluster();
    const [a, b] = [await cluster.node(), await cluster.node({ AMBIT_ROLE: 'api' })];
    await using scene = await setScene(b);
    const onA = startTestClient(a.app.url, scene.token);
    const step = a.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const run = await startRun(onA);
    await step.paused;
    const revoking = scene.revokeBy('user');
    await a.app.stop();
    expect(await revoking).toBe(1);
    const c = await cluster.node();
    expect(await ended(scene.admin, run.id)).toMatchObject({
      status: 'CANCELLED',
      error: { code: 'REVOKED' },
    });
    expect(c.model.requests).toHaveLength(0);
  });
});
