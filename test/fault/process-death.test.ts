import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { cancelRunDocument, runDocument, runEventsDocument } from '../_util/documents.ts';
import { type RunPartsFragment } from '../_util/generated/graphql.ts';
import { startScriptedModel } from '../_util/scripted-model.ts';
import { runCommand, startServerProcess } from '../_util/server-process.ts';
import { startRun } from '../_util/start-run.ts';
import { startTestClient, type TestClient } from '../_util/test-client.ts';
import {
  createTestDatabase,
  DATABASE_KINDS,
  type DatabaseKind,
  runOnServer,
} from '../_util/test-database.ts';

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

const HELLO = { agentId: 'analyst-agent', message: 'hello there' };

async function eventTypes(client: TestClient, runId: string, until?: string): Promise<string[]> {
  const types: string[] = [];
  for await (const { data } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (data) types.push(data.runEvents.__typename);
    if (types.at(-1) === until) break;
  }
  return types;
}

async function find(client: TestClient, id: string): Promise<RunPartsFragment | null | undefined> {
  return (await client.query(runDocument, { id })).run;
}

/** The events of a run to its end, over reconnects, each `seq` once and in order. */
async function readWhole(client: TestClient, runId: string): Promise<string[]> {
  const types: string[] = [];
  const seqs: number[] = [];
  for await (const { data } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (!data) continue;
    types.push(data.runEvents.__typename);
    seqs.push(data.runEvents.seq);
  }
  expect(seqs).toEqual(seqs.map((_seq, index) => index + 1));
  expect(types.filter((type) => type === 'RunFinished')).toHaveLength(1);
  expect(types.at(-1)).toBe('RunFinished');
  return types;
}

describe.each(DATABASE_KINDS)('a server on %s', (kind) => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'that is ended by %s in a run goes on with it at its next start, and runs what waited',
    async (signal) => {
      await using resources = new AsyncDisposableStack();
      await using model = await startScriptedModel({ echo: true });
      const env = {
        ...(await storage(kind, resources)),
        JWT_VERIFICATION_KEY: SECRET,
        OPENAI_BASE_URL: model.baseUrl,
        AMBIT_LEASE_SECONDS: '2',
      };
      const token = await mint();
      const first = await startServerProcess(env);
      const before = startTestClient(first.url, token);
      const step = model.enqueue({ text: 'one two three', pauseBefore: 2 });
      const run = await startRun(before, HELLO);
      await step.paused;
      await eventTypes(before, run.id, 'TextDelta');
      const waiting = await startRun(before, { ...HELLO, sessionId: run.sessionId });
      expect(waiting.status).toBe('QUEUED');
      expect(await first.end(signal)).toBe(signal === 'SIGKILL' ? null : 0);
      expect(await step.closed).toBe('aborted');
      await before.socket.dispose();

      await using second = await startServerProcess(env);
      await using after = startTestClient(second.url, token);
      const types = await readWhole(after, run.id);
      expect(types.filter((type) => type === 'RunStarted')).toHaveLength(2);
      await readWhole(after, waiting.id);
      expect(types.filter((type) => type === 'MessageSuperseded')).toHaveLength(1);
      const over = await find(after, run.id);
      expect(over).toMatchObject({ status: 'COMPLETED', output: 'hello there', attempt: 2 });
      expect(await find(after, waiting.id)).toMatchObject({ status: 'COMPLETED', output: 'hello there' });
      expect(await after.query(cancelRunDocument, { runId: run.id })).toEqual({ cancelRun: over });
    },
  );
});

describe.runIf(DATABASE_KINDS.includes('postgres'))('a server whose database fails while it starts', () => {
  it('ends, though it listened already', async () => {
    await using resources = new AsyncDisposableStack();
    const { DATABASE_URL = '' } = await storage('postgres', resources);
    const env = { DATABASE_URL, JWT_VERIFICATION_KEY: SECRET };
    await runOnServer(DATABASE_URL, 'alter table ambit.run rename to elsewhere');
    await expect(startServerProcess(env)).rejects.toThrow('"ambit.run" does not exist');
  });
});

describe.runIf(DATABASE_KINDS.includes('postgres'))('two servers on one Postgres', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'one that executes a run is ended by %s: the other goes on with it, and its readers get every event once',
    async (signal) => {
      await using resources = new AsyncDisposableStack();
      await using model = await startScriptedModel({ echo: true });
      const env = {
        ...(await storage('postgres', resources)),
        JWT_VERIFICATION_KEY: SECRET,
        OPENAI_BASE_URL: model.baseUrl,
        AMBIT_LEASE_SECONDS: '2',
      };
      const token = await mint();
      const first = await startServerProcess(env, ['--role', 'worker']);
      await using api = await startServerProcess(env, ['--role', 'api']);
      const client = startTestClient(api.url, token);
      resources.defer(async () => void (await client.socket.dispose()));
      const step = model.enqueue({ text: 'one two three', pauseBefore: 2 });
      const run = await startRun(client, HELLO);
      const reading = readWhole(client, run.id);
      await step.paused;
      await using second = await startServerProcess(env, ['--role', 'worker']);
      expect(await first.end(signal)).toBe(signal === 'SIGKILL' ? null : 0);
      const types = await reading;
      expect(types.filter((type) => type === 'RunStarted')).toHaveLength(2);
      expect(types.filter((type) => type === 'MessageSuperseded').length).toBeLessThanOrEqual(1);
      expect(await find(client, run.id)).toMatchObject({ status: 'COMPLETED', output: 'hello there' });
      expect((await fetch(`${second.url}/ready`)).status).toBe(200);
      expect((await fetch(`${second.url}/graphql`)).status).toBe(404);
    },
  );

  it('one that is frozen in a run, and wakes up after the other has gone on with it, adds nothing', async () => {
    await using resources = new AsyncDisposableStack();
    await using model = await startScriptedModel({ echo: true });
    const env = {
      ...(await storage('postgres', resources)),
      JWT_VERIFICATION_KEY: SECRET,
      OPENAI_BASE_URL: model.baseUrl,
      AMBIT_LEASE_SECONDS: '2',
    };
    const token = await mint();
    await using frozen = await startServerProcess(env, ['--role', 'worker']);
    await using api = await startServerProcess(env, ['--role', 'api']);
    const client = startTestClient(api.url, token);
    resources.defer(async () => void (await client.socket.dispose()));
    const step = model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const run = await startRun(client, HELLO);
    const reading = readWhole(client, run.id);
    await step.paused;
    frozen.process.kill('SIGSTOP');
    step.release();
    await using second = await startServerProcess(env, ['--role', 'worker']);
    const types = await reading;
    frozen.process.kill('SIGCONT');
    expect(types.filter((type) => type === 'RunStarted')).toHaveLength(2);
    expect(await find(client, run.id)).toMatchObject({ status: 'COMPLETED', output: 'hello there' });
    // It lives again, under a lease of its own: it takes a run when the other is gone.
    await second.end('SIGTERM');
    await readWhole(client, (await startRun(client, HELLO)).id);
    expect(await readWhole(client, run.id)).toEqual(types);
  });
});
