import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Scene, setScene, startServer } from '../_util/revocation-scene.ts';
import { type SocketClient, type SocketMessage } from '../_util/socket-client.ts';
import { startRun } from '../_util/start-run.ts';
import { type TestApp } from '../_util/test-app.ts';

const EVENTS = `subscription ($runId: ID!) { runEvents(runId: $runId) { __typename seq } }`;
const RUN_AND_READ = ['agents:run', 'sessions:read'];

function give(socket: SocketClient, token: string): void {
  socket.send({ type: 'ping', payload: { authorization: `Bearer ${token}` } });
}

/** The next message of that type, about that operation; others are passed over. */
async function nextOf(socket: SocketClient, type: string, id?: string): Promise<SocketMessage> {
  for (;;) {
    const message = await socket.next();
    if (message.type === type && (id === undefined || message.id === id)) return message;
  }
}

describe('a ping with a token', () => {
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

  it('of the same user is taken: streams go on beyond the expiry of the first', async () => {
    const seconds = Date.now() / 1000;
    // Good for five seconds still, by the leeway of clocks.
    const short = await scene.sign({ exp: seconds - 5 });
    const socket = await scene.socket(short);
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const run = await startRun(scene.user);
    await step.paused;
    socket.subscribe('1', EVENTS, { variables: { runId: run.id } });
    await nextOf(socket, 'next', '1');
    const exp = Math.floor(seconds) + 100;
    give(socket, await scene.sign({ exp }));
    const pong = await nextOf(socket, 'pong');
    expect(pong.payload).toEqual({ expiresAt: new Date(exp * 1000).toISOString() });
    await delay(seconds * 1000 + 5500 - Date.now());
    step.release();
    await nextOf(socket, 'complete', '1');
    expect(await socket.run('2', '{ viewer { id } }')).toMatchObject([
      { type: 'next' },
      { type: 'complete' },
    ]);
  });

  it('of fewer scopes ends the streams that it does not allow, with FORBIDDEN, and no others', async () => {
    const socket = await scene.socket();
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const run = await startRun(scene.user);
    await step.paused;
    for (const id of ['bot', 'sessions']) socket.subscribe(id, EVENTS, { variables: { runId: run.id } });
    socket.subscribe('health', '{ health { status } }');
    await nextOf(socket, 'complete', 'health');
    give(socket, await scene.sign({ scopes: ['config:read'] }));
    await nextOf(socket, 'pong');
    step.release();
    const left = new Set(['bot', 'sessions']);
    while (left.size > 0) {
      const { type, id = '', payload } = await socket.next();
      if (type === 'next') throw new Error('An event was told to whom it is not allowed any more.');
      expect(payload).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      left.delete(id);
    }
    expect(await socket.run('3', '{ config { id } agents { id } }')).toMatchObject([
      { payload: { data: { config: { id: 'test' }, agents: null } } },
      { type: 'complete' },
    ]);
  });

  it('that may not read another user any more ends the stream of that one, and not the own', async () => {
    const reader = `reader of ${scene.userId}`;
    // A sub with a colon or spaces is opened by the global form.
    const wide = await scene.sign({ sub: reader, scopes: [...RUN_AND_READ, 'users:read'] });
    const socket = await scene.socket(wide);
    const steps = [1, 2].map(() => server.model.enqueue({ text: 'one two three', pauseBefore: 2 }));
    const foreign = await startRun(scene.user);
    await steps[0]?.paused;
    const own = await startRun(await scene.client({ sub: reader }));
    await steps[1]?.paused;
    socket.subscribe('foreign', EVENTS, { variables: { runId: foreign.id } });
    await nextOf(socket, 'next', 'foreign');
    socket.subscribe('own', EVENTS, { variables: { runId: own.id } });
    await nextOf(socket, 'next', 'own');
    give(socket, await scene.sign({ sub: reader, scopes: RUN_AND_READ }));
    await nextOf(socket, 'pong');
    for (const step of steps) step.release();
    const ends = new Map<string, string>();
    while (ends.size < 2) {
      const { type, id = '', payload } = await socket.next();
      if (type === 'error') expect(payload).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      if (type !== 'next') ends.set(id, type);
    }
    expect(Object.fromEntries(ends)).toEqual({ foreign: 'error', own: 'complete' });
  });

  it('of somebody else closes the socket with 4403', async () => {
    const socket = await scene.socket();
    give(socket, await scene.sign({ sub: 'mallory' }));
    expect(await socket.closed).toEqual({ code: 4403, reason: 'Token of another user' });
  });

  it.each<[string, object]>([
    ['that has expired', { exp: Math.floor(Date.now() / 1000) - 100 }],
    ['that does not count yet', { nbf: Math.floor(Date.now() / 1000) + 1000 }],
    ['without a sub', { sub: undefined }],
    ['of somebody else that has expired', { sub: 'mallory', exp: 1 }],
  ])('%s changes nothing, and the pong says why', async (_title, claims) => {
    const socket = await scene.socket();
    give(socket, await scene.sign(claims));
    const { payload } = await nextOf(socket, 'pong');
    expect(payload).toMatchObject({ code: 'UNAUTHENTICATED', error: expect.stringMatching(/^The bearer/) });
    expect(await socket.run('1', '{ viewer { id } }')).toMatchObject([
      { payload: { data: { viewer: { id: scene.userId } } } },
      { type: 'complete' },
    ]);
  });

  it('that is revoked is refused, and the one in its place outlives the revocation of the first', async () => {
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
    const socket = await scene.socket(await scene.sign({ jti: first }));
    await scene.revoke({ tokenId: second });
    give(socket, await scene.sign({ jti: second }));
    expect((await nextOf(socket, 'pong')).payload).toMatchObject({
      error: 'The bearer token has been revoked.',
    });
    const third = crypto.randomUUID();
    give(socket, await scene.sign({ jti: third }));
    expect((await nextOf(socket, 'pong')).payload).toHaveProperty('expiresAt');
    await scene.revoke({ tokenId: first });
    expect(await socket.run('1', '{ viewer { id } }')).toMatchObject([
      { type: 'next' },
      { type: 'complete' },
    ]);
    await scene.revoke({ tokenId: third });
    expect(await socket.closed).toEqual({ code: 4403, reason: 'Token revoked' });
  });
});
