import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startApp } from '../../src/app.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { runAgentDocument, runDocument } from '../_util/documents.ts';
import { type RevokeTokensInput } from '../_util/generated/graphql.ts';
import {
  definition,
  ended,
  revokeDocument,
  type Scene,
  setScene,
  startServer,
  type Way,
  WAYS,
} from '../_util/revocation-scene.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { startRun } from '../_util/start-run.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { startTestClient } from '../_util/test-client.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';

const REVOKED = 'The bearer token has been revoked.';
const VIEWER = '{ viewer { id } }';
const EVENTS = `subscription ($runId: ID!) { runEvents(runId: $runId) { __typename seq } }`;
const PAY = { toolCalls: [{ name: 'pay', arguments: {} }] };
const LONG_AGO = '2001-01-01T00:00:00.000Z';

describe.each(DATABASE_KINDS)('a revoked token on %s', (kind) => {
  let shared: TestApp;
  beforeAll(async () => {
    shared = await startServer(kind);
  });
  afterAll(() => shared[Symbol.asyncDispose]());

  /** What hits everybody has a server of its own. */
  async function sceneFor(way: Way): Promise<Scene> {
    if (way !== 'all') return await setScene(shared);
    const server = await startServer(kind);
    const scene = await setScene(server);
    const dispose = async (): Promise<void> => {
      await scene[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    };
    return { ...scene, [Symbol.asyncDispose]: dispose };
  }

  it.each(WAYS)('by %s is refused over HTTP, on a new socket, and on the one that is open', async (way) => {
    await using scene = await sceneFor(way);
    const { user, userId, token, server } = scene;
    const open = await scene.socket();
    expect(await user.query(VIEWER)).toEqual({ viewer: { id: userId } });
    await scene.revokeBy(way);
    expect(await open.closed).toEqual({ code: 4403, reason: 'Token revoked' });
    const { status, headers, data, errors } = await user.post('{ viewer { id } health { status } }');
    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ message: REVOKED, extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    await using late = await SocketClient.connect(`${server.app.url}/graphql`);
    late.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    expect((await late.closed).code).toBe(4403);
  });

  it.each(WAYS)(
    'by %s ends streams and waiting requests, and cancels the run that is executed',
    async (way) => {
      await using scene = await sceneFor(way);
      const { user, server, admin } = scene;
      const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
      const runId = crypto.randomUUID();
      const waiting = user.post(runAgentDocument, { input: { agentId: 'bot', message: 'hi', runId } });
      await step.paused;
      const socket = await scene.socket();
      socket.subscribe('1', EVENTS, { variables: { runId } });
      expect((await socket.next()).type).toBe('next');
      expect(await scene.revokeBy(way)).toBe(1);
      expect((await socket.closed).code).toBe(4403);
      expect(await waiting).toMatchObject({ status: 401, errors: [{ message: REVOKED }] });
      expect(await step.closed).toBe('aborted');
      expect(await ended(admin, runId)).toMatchObject({
        status: 'CANCELLED',
        error: { code: 'REVOKED', message: 'The token that started the run has been revoked.' },
      });
    },
  );

  it.each(WAYS)('by %s cancels runs that wait: for an approval, and for their turn', async (way) => {
    await using scene = await sceneFor(way);
    const { user, server, admin } = scene;
    server.model.enqueue(PAY);
    const paused = await startRun(user, { background: false });
    expect(paused.status).toBe('PAUSED');
    const queued = await startRun(user, { sessionId: paused.sessionId });
    expect(await scene.revokeBy(way)).toBe(2);
    for (const { id } of [paused, queued]) {
      const { run } = await admin.query(runDocument, { id });
      expect(run).toMatchObject({ status: 'CANCELLED', error: { code: 'REVOKED' } });
    }
  });

  it('leaves alone what it does not name', async () => {
    await using scene = await setScene(shared);
    const { server, admin, userId } = scene;
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const other = await scene.client({ jti: crypto.randomUUID(), iat: Math.floor(Date.now() / 1000) + 8 });
    const run = await startRun(other);
    await step.paused;
    expect(await scene.revokeBy('token')).toBe(0);
    expect(await scene.revoke({ userId: `${userId} junior` })).toBe(0);
    expect(await scene.revoke({ all: true, issuedBefore: LONG_AGO })).toBe(0);
    expect(await other.query(VIEWER)).toEqual({ viewer: { id: userId } });
    step.release();
    expect(await ended(admin, run.id)).toMatchObject({ status: 'COMPLETED', error: null });
  });

  it('stays revoked, whoever asks again with less', async () => {
    await using scene = await setScene(shared);
    await scene.revokeBy('user');
    await scene.revoke({ userId: scene.userId, issuedBefore: LONG_AGO });
    expect((await scene.user.post(VIEWER)).status).toBe(401);
    expect(await scene.revokeBy('user')).toBe(0);
  });

  it('of an approver does not cancel the run of who started it', async () => {
    await using scene = await setScene(shared);
    const { server, admin } = scene;
    const iat = Math.floor(Date.now() / 1000) + 8;
    const user = await scene.client({ iat });
    server.model.enqueue(PAY);
    const run = await startRun(user, { background: false });
    const bossId = `boss of ${scene.userId}`;
    const boss = await scene.client({ sub: bossId, iat, scopes: ['approvals:decide'] });
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const document = `mutation ($id: ID!, $of: [ApprovalDecision!]!) { continueRun(runId: $id, decisions: $of) { id } }`;
    const decisions = [{ toolCallId: run.toolCalls[0]?.id, approve: true }];
    expect((await boss.post(document, { id: run.id, of: decisions })).errors).toEqual([]);
    await step.paused;
    expect(await scene.revoke({ userId: bossId, issuedBefore: new Date(iat * 1000).toISOString() })).toBe(0);
    expect((await boss.post(VIEWER)).status).toBe(401);
    step.release();
    const over = await ended(admin, run.id);
    expect(over?.status).toBe('COMPLETED');
    // What a tool sees of who started the run has nothing of the token.
    expect(over?.toolCalls[0]?.result).toBe('grants,id');
  });

  it('is the own one as well, and the answer still says what was done', async () => {
    await using scene = await setScene(shared);
    const [jti, iat] = [crypto.randomUUID(), Math.floor(Date.now() / 1000) + 8];
    const self = await scene.client({ jti, iat, scopes: ['tokens:revoke'] });
    const { revokeTokens } = await self.query(revokeDocument, { input: { tokenId: jti } });
    expect(revokeTokens).toMatchObject({ tokenId: jti, cancelledRuns: 0 });
    expect((await self.post(VIEWER)).status).toBe(401);
  });

  it('that starts runs at that very moment leaves none of them going', async () => {
    await using scene = await setScene(shared);
    const { admin, server } = scene;
    for (let round = 0; round < 6; round += 1) {
      const jti = crypto.randomUUID();
      const racer = await scene.client({ jti, iat: Math.floor(Date.now() / 1000) + 8 });
      // Verified before, as requests under way are.
      await racer.query(VIEWER);
      const handles = Array.from({ length: 8 }, () =>
        server.model.enqueue({ text: 'one two three', pauseBefore: 1 }),
      );
      const ids = handles.map(() => crypto.randomUUID());
      const starting = ids.map((runId) =>
        racer.post(runAgentDocument, { input: { agentId: 'bot', message: 'hi', runId, background: true } }),
      );
      if (round % 2 === 1) await Promise.race(starting);
      const revoking = scene.revoke({ tokenId: jti });
      const answers = await Promise.all(starting);
      await revoking;
      for (const { status } of answers) expect([200, 401]).toContain(status);
      for (const id of ids) {
        const { data } = await admin.post(runDocument, { id });
        if (data?.run) expect((await ended(admin, id))?.status).toBe('CANCELLED');
      }
    }
  });
});

describe('a token that says neither who nor when', () => {
  it('is hit by what is revoked of its user, and its runs with it', async () => {
    await using server = await startServer('pglite');
    await using scene = await setScene(server);
    const bare = await scene.client({ iat: undefined });
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const run = await startRun(bare);
    await step.paused;
    expect(await scene.revoke({ userId: scene.userId, issuedBefore: LONG_AGO })).toBe(1);
    expect(await ended(scene.admin, run.id)).toMatchObject({ status: 'CANCELLED' });
    expect((await bare.post(VIEWER)).status).toBe(401);
    expect((await scene.user.post(VIEWER)).status).toBe(200);
  });

  it.each([
    ['a number', 7],
    ['empty', ''],
    ['too long', 'x'.repeat(256)],
    ['with a NUL', 'a\0'],
  ])('with a jti that is %s is refused, since nobody could revoke it', async (_title, jti) => {
    await using server = await startServer('pglite');
    await using scene = await setScene(server);
    expect((await (await scene.client({ jti })).post(VIEWER)).status).toBe(401);
  });
});

describe('revokeTokens', () => {
  let server: TestApp;
  let scene: Scene;
  beforeAll(async () => {
    server = await startServer('pglite');
    scene = await setScene(server);
  });
  afterAll(async () => {
    await scene[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const instant = { issuedBefore: '2026-01-01T00:00:00.000Z' };
  it.each<[string, object, string]>([
    ['nothing', {}, 'input'],
    ['all: false', { all: false }, 'input'],
    ['a token and a user', { tokenId: 'a', userId: 'b' }, 'input'],
    ['a user and all', { userId: 'b', all: true }, 'input'],
    ['a token and an instant', { tokenId: 'a', ...instant }, 'input.issuedBefore'],
    ['a user and an expiry', { userId: 'a', expiresAt: instant.issuedBefore }, 'input.expiresAt'],
    ['an instant to come', { all: true, issuedBefore: '2999-01-01T00:00:00Z' }, 'input.issuedBefore'],
    ['no instant', { all: true, issuedBefore: 'yesterday' }, 'input.issuedBefore'],
    ['a jti that is too long', { tokenId: 'x'.repeat(256) }, 'input.tokenId'],
    ['an empty jti', { tokenId: '' }, 'input.tokenId'],
    ['a jti with a control character', { tokenId: 'a\tb' }, 'input.tokenId'],
    ['a sub that is too long', { userId: 'x'.repeat(256) }, 'input.userId'],
    ['an empty sub', { userId: '' }, 'input.userId'],
  ])('refuses %s', async (_title, input, field) => {
    const { errors } = await scene.admin.post(revokeDocument, { input: input as RevokeTokensInput });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
    expect((await scene.user.post(VIEWER)).status).toBe(200);
  });

  it('needs its scope', async () => {
    const { status, errors } = await scene.user.post(revokeDocument, { input: { all: true } });
    expect(status).toBe(403);
    expect(errors[0]?.extensions['requiredScopes']).toEqual([['tokens:revoke']]);
    expect((await scene.user.post(VIEWER)).status).toBe(200);
  });

  it.each<[RevokeTokensInput]>([
    [{ userId: 'yve', issuedBefore: '0000-01-01T00:00:00Z' }],
    [{ all: true, issuedBefore: '0001-01-01T00:00:00+14:00' }],
    [{ tokenId: 'old', expiresAt: '0000-01-01T00:00:00Z' }],
    [{ tokenId: 'far', expiresAt: '9999-12-31T23:59:59Z' }],
    [{ tokenId: '👩‍🚀 "quoted" \'; drop table run; --' }],
  ])('takes %j', async (input) => {
    expect(await scene.revoke(input)).toBe(0);
    expect((await scene.user.post(VIEWER)).status).toBe(200);
  });

  it('answers what it did, to the whole second', async () => {
    const input = { userId: 'zoe', issuedBefore: '2026-01-01T00:00:00.500Z' };
    const { revokeTokens } = await scene.admin.query(revokeDocument, { input });
    const issuedBefore = '2026-01-01T00:00:01.000Z';
    expect(revokeTokens).toEqual({
      tokenId: null,
      userId: 'zoe',
      all: false,
      issuedBefore,
      cancelledRuns: 0,
    });
  });
});

describe('a restart', () => {
  it.each<Way>(['token', 'user', 'all'])('keeps what was revoked by %s', async (way) => {
    const folder = await mkdtemp(join(tmpdir(), 'ambit-revocation-'));
    try {
      await using server = await startTestApp({
        definition,
        env: { DATABASE_URL: '', AMBIT_DATA_DIR: folder },
      });
      await using scene = await setScene(server);
      const other = await scene.sign({ iat: Math.floor(Date.now() / 1000) + 8 });
      await scene.revokeBy(way);
      await server.app.stop();
      await using again = await startApp({
        definition,
        config: server.config,
        log: createLogger('silent'),
      });
      expect((await startTestClient(again.url, scene.token).post(VIEWER)).status).toBe(401);
      expect((await startTestClient(again.url, other).post(VIEWER)).status).toBe(200);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
