import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startApp } from '../../src/app.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { CuttingProxy } from '../_util/cutting-proxy.ts';
import { type TestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import {
  createClient,
  definition,
  enqueueSum,
  readAll,
  readLog,
  SCOPES,
  startBot,
  toShort,
  TRANSPORTS,
} from './client-fixture.ts';

const HELLO = { agentId: 'bot', message: 'What is 1 + 2?' };

describe.each(TRANSPORTS)('over %s, a run', (transport) => {
  let server: TestApp;
  let reader: TestClient;
  let token: string;
  let proxy: CuttingProxy;
  beforeAll(async () => {
    server = await startBot({ intervalMs: 10 });
    token = await server.token('ann', SCOPES);
    reader = await server.client('ann', SCOPES);
    proxy = await CuttingProxy.to(server.app.port);
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const open = () => createClient({ url: proxy.url, token, transport });

  it('whose connections are all cut after every one of its events is told whole, each event once', async () => {
    await using client = open();
    enqueueSum(server);
    const run = client.runAgent(HELLO);
    const events: object[] = [];
    for await (const event of run) {
      events.push(toShort(event));
      expect(run.cursor).toBe(event.__typename === 'EventsReset' ? -1 : event.seq);
      proxy.cutAll();
    }
    expect(events.length).toBeGreaterThan(6);
    expect(events).toEqual(await readLog(reader, run.id));
    expect(await run.result).toMatchObject({
      id: run.id,
      status: 'COMPLETED',
      output: 'The sum of the two is three.',
    });
  });

  it('is told whole wherever the stream is cut, and from wherever a page that is loaded again goes on', async () => {
    await using first = open();
    enqueueSum(server);
    const { id, result } = first.runAgent(HELLO);
    await result;
    const log = await readLog(reader, id);
    for (let known = 0; known < log.length; known++) {
      await using client = open();
      const events: object[] = [];
      for await (const event of client.resumeRun(id, { after: known })) {
        if (events.push(toShort(event)) === 1) proxy.cutAll();
      }
      expect(events).toEqual(log.slice(known));
    }
  });

  it('is told whole after a cut at any byte of the answer, handshakes and half frames among them', async () => {
    await using first = open();
    enqueueSum(server);
    const { id, result } = first.runAgent(HELLO);
    await result;
    const log = await readLog(reader, id);
    let isBehindTheEnd = false;
    for (let bytes = 0; !isBehindTheEnd; bytes += 131) {
      await using client = open();
      let hasCut = false;
      void proxy.cutAfter(bytes).then(() => (hasCut = true));
      const events = await readAll(client.resumeRun(id));
      expect(events.map(toShort)).toEqual(log);
      isBehindTheEnd = !hasCut;
    }
  });

  it('whose start is cut, before its answer and within it, is started once', async () => {
    for (const bytes of [0, 1, 200]) {
      // Of its own: what others still say would count.
      await using proxy = await CuttingProxy.to(server.app.port);
      await using client = createClient({ url: proxy.url, token, transport });
      enqueueSum(server);
      const before = server.model.requests.length;
      const cut = proxy.cutAfter(bytes);
      const run = client.runAgent(HELLO);
      await cut;
      expect(await run.started).toMatchObject({ id: run.id, replayed: true });
      expect((await readAll(run)).map(toShort)).toEqual(await readLog(reader, run.id));
      expect(server.model.requests.length - before).toBe(2);
    }
  });

  it('that is cut between its start and its subscription is told whole', async () => {
    await using client = open();
    enqueueSum(server);
    const run = client.runAgent(HELLO);
    await run.started;
    proxy.cutAll();
    expect((await readAll(run)).map(toShort)).toEqual(await readLog(reader, run.id));
  });

  it('tells its result to who does not read its events, and to who stops reading', async () => {
    await using client = open();
    enqueueSum(server);
    const run = client.runAgent(HELLO);
    const { result } = run;
    for await (const event of run) if (event.__typename === 'TextDelta') break;
    expect(run.cursor).toBeGreaterThan(0);
    expect((await result).status).toBe('COMPLETED');
    const known = run.cursor;
    const log = await readLog(reader, run.id);
    expect((await readAll(run)).map(toShort)).toEqual(log.slice(known));
    expect((await client.resumeRun(run.id, { after: log.length }).result).id).toBe(run.id);
  });
});

// The second server needs the database of the first.
describe.runIf(DATABASE_KINDS.includes('postgres')).each(TRANSPORTS)('over %s', (transport) => {
  it('a run goes on when its server is restarted under it', async () => {
    await using server = await startBot({ kind: 'postgres' });
    const { config, app } = server;
    const token = await server.token('ann', SCOPES);
    const retries: string[] = [];
    await using client = createClient({
      url: `${app.url}/graphql`,
      token,
      transport,
      onRetry: ({ code }) => void retries.push(code),
    });
    server.model.enqueue({ text: 'one two three', pauseBefore: 1 });
    server.model.enqueue({ text: 'four five six' });
    const run = client.runAgent(HELLO);
    const types: string[] = [];
    const spoke = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const event of run) {
        types.push(event.__typename);
        if (event.__typename === 'TextDelta') spoke.resolve();
      }
    })();
    await spoke.promise;
    await app.stop({ graceMs: 100 });
    const log = createLogger('silent');
    await using again = await startApp({
      definition,
      config: { ...config, http: { ...config.http, port: app.port } },
      log,
    });
    await reading;
    expect(again.port).toBe(app.port);
    expect((await run.result).output).toBe('four five six');
    expect(new Set(types)).toContain('MessageSuperseded');
    expect(retries).toContain('NETWORK');
  });
});
