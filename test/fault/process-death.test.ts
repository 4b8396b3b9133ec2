import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { cancelRunDocument, runAgentDocument, runDocument, runEventsDocument } from '../_util/documents.ts';
import { type RunPartsFragment } from '../_util/generated/graphql.ts';
import { startScriptedModel } from '../_util/scripted-model.ts';
import { runCommand, startServerProcess } from '../_util/server-process.ts';
import { startTestClient, type TestClient } from '../_util/test-client.ts';
import { createTestDatabase, DATABASE_KINDS, type DatabaseKind } from '../_util/test-database.ts';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';

async function storage(kind: DatabaseKind, resources: AsyncDisposableStack): Promise<Record<string, string>> {
  if (kind === 'pglite') {
    const folder = await mkdtemp(join(tmpdir(), 'ambit-'));
    resources.defer(() => rm(folder, { recursive: true, force: true }));
    return { AMBIT_DATA_DIR: join(folder, 'data') };
  }
  const database = resources.use(await createTestDatabase('postgres'));
  return { DATABASE_URL: database.config.url ?? '' };
}

async function mint(): Promise<string> {
  const args = ['token', '--sub', 'ann', '--scope', 'agents:run sessions:read', '--hours', '1'];
  return (await runCommand(args, { JWT_VERIFICATION_KEY: SECRET })).stdout.trim();
}

async function startRun(client: TestClient, sessionId: string | null = null): Promise<RunPartsFragment> {
  const input = { agentId: 'analyst-agent', message: 'hello there', sessionId, background: true };
  const { runAgent } = await client.query(runAgentDocument, { input });
  if (!runAgent) throw new Error('The run was refused.');
  return runAgent;
}

async function eventTypes(client: TestClient, runId: string, until?: string): Promise<string[]> {
  const types: string[] = [];
  for await (const { data } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (data) types.push(data.runEvents.__typename);
    if (types.at(-1) === until) break;
  }
  return types;
}

describe.each(DATABASE_KINDS)('a server on %s', (kind) => {
  it('that is killed in a run ends it FAILED (INTERRUPTED) at its next start, and runs what waited', async () => {
    await using resources = new AsyncDisposableStack();
    await using model = await startScriptedModel();
    const env = {
      ...(await storage(kind, resources)),
      JWT_VERIFICATION_KEY: SECRET,
      OPENAI_BASE_URL: model.baseUrl,
    };
    const token = await mint();
    const first = await startServerProcess(env);
    const before = startTestClient(first.url, token);
    const step = model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const run = await startRun(before);
    await step.paused;
    await eventTypes(before, run.id, 'TextDelta');
    const waiting = await startRun(before, run.sessionId);
    expect(waiting.status).toBe('QUEUED');
    expect(await first.end('SIGKILL')).toBeNull();
    await before.socket.dispose();

    model.enqueue({ text: 'I am back.' });
    await using second = await startServerProcess(env);
    await using after = startTestClient(second.url, token);
    const { run: dead } = await after.query(runDocument, { id: run.id });
    expect(dead).toMatchObject({ status: 'FAILED', error: { code: 'INTERRUPTED' } });
    expect('one two three').toContain(dead?.output);
    expect(dead?.output).not.toBe('');
    const types = await eventTypes(after, run.id);
    expect(types[0]).toBe('RunStarted');
    expect(types.indexOf('RunFinished')).toBe(types.length - 1);
    await eventTypes(after, waiting.id);
    const { run: alive } = await after.query(runDocument, { id: waiting.id });
    expect(alive).toMatchObject({ status: 'COMPLETED', output: 'I am back.' });
    expect(await after.query(cancelRunDocument, { runId: run.id })).toEqual({ cancelRun: dead });
  });

  it('that is asked to stop ends its runs as INTERRUPTED, tells who waits, and exits with 0', async () => {
    await using resources = new AsyncDisposableStack();
    await using model = await startScriptedModel();
    const env = {
      ...(await storage(kind, resources)),
      JWT_VERIFICATION_KEY: SECRET,
      OPENAI_BASE_URL: model.baseUrl,
    };
    await using server = await startServerProcess(env);
    const client = startTestClient(server.url, await mint());
    const step = model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const input = { agentId: 'analyst-agent', message: 'hello there' };
    const waited = client.query(runAgentDocument, { input });
    await step.paused;
    const exit = server.end('SIGTERM');
    expect((await waited).runAgent).toMatchObject({ status: 'FAILED', error: { code: 'INTERRUPTED' } });
    expect(await step.closed).toBe('aborted');
    expect(await exit).toBe(0);
  });
});
