import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type AmbitRun, applyEvent, emptyTranscript } from '../../src/client.ts';
import { runDocument } from '../_util/documents.ts';
import { CuttingProxy } from '../_util/cutting-proxy.ts';
import { type TestApp } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';
import { createClient, enqueueSum, readAll, SCOPES, startBot, TRANSPORTS } from './client-fixture.ts';

const BOT = { agentId: 'bot', message: 'hi' };
const PAY = { toolCalls: [{ name: 'pay', arguments: {} }] };

let server: TestApp;
let token: string;
let reader: TestClient;
beforeAll(async () => {
  server = await startBot();
  token = await server.token('ann', SCOPES);
  reader = await server.client('ann', SCOPES);
});
afterAll(() => server[Symbol.asyncDispose]());

async function statusOf(id: string) {
  return (await reader.query(runDocument, { id })).run?.status;
}

describe.each(TRANSPORTS)('over %s, aborting', (transport) => {
  const open = () => createClient({ url: `${server.app.url}/graphql`, token, transport });

  it('before anything was sent starts nothing', async () => {
    await using client = open();
    const run = client.runAgent({ ...BOT, signal: AbortSignal.abort() });
    await expect(readAll(run)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(run.result).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await reader.post(runDocument, { id: run.id })).toMatchObject({
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    });
  });

  it('while the answer of its start is lost cancels the run all the same', async () => {
    await using proxy = await CuttingProxy.to(server.app.port);
    await using client = createClient({ url: proxy.url, token, transport });
    server.model.enqueue({ hang: 'body' });
    const controller = new AbortController();
    const cut = proxy.cutAfter(0);
    const run = client.runAgent({ ...BOT, signal: controller.signal });
    await cut;
    controller.abort();
    expect((await run.result).status).toBe('CANCELLED');
    expect(await statusOf(run.id)).toBe('CANCELLED');
  });

  it('at once after the call cancels it, or never starts it', async () => {
    await using client = open();
    server.model.enqueue({ hang: 'body' });
    const controller = new AbortController();
    const run = client.runAgent({ ...BOT, signal: controller.signal });
    await Promise.resolve();
    controller.abort();
    const status = await run.result.then(
      (ended) => ended.status,
      (error: unknown) => error,
    );
    if (status !== 'CANCELLED') expect(status).toMatchObject({ code: 'ABORTED' });
    expect(['CANCELLED', undefined]).toContain(
      (await reader.post(runDocument, { id: run.id })).data?.run?.status,
    );
  });

  it('is listened for no longer than the run goes on', async () => {
    await using client = open();
    server.model.enqueue({ text: 'one' });
    const { signal } = new AbortController();
    const run = client.runAgent({ ...BOT, signal });
    expect(getEventListeners(signal, 'abort')).not.toEqual([]);
    await run.result;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('while it speaks cancels it, and its events tell that', async () => {
    await using client = open();
    server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const controller = new AbortController();
    const run = client.runAgent({ ...BOT, signal: controller.signal });
    let view = emptyTranscript();
    for await (const event of run) {
      view = applyEvent(view, event);
      if (event.__typename === 'TextDelta') controller.abort();
    }
    expect(view).toMatchObject({ status: 'CANCELLED', run: { status: 'CANCELLED' } });
    expect((await run.cancel()).status).toBe('CANCELLED');
  });

  it('while it waits for an approval cancels it', async () => {
    await using client = open();
    server.model.enqueue(PAY);
    const run = client.runAgent(BOT);
    const cancelled: Promise<AmbitRun>[] = [];
    for await (const event of run) if (event.__typename === 'ApprovalRequested') cancelled.push(run.cancel());
    expect((await run.result).status).toBe('CANCELLED');
    expect((await cancelled[0])?.status).toBe('CANCELLED');
  });

  it('what was only resumed ends the reading, in silence, and the run goes on', async () => {
    await using client = open();
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id, started } = client.runAgent(BOT);
    await started;
    const controller = new AbortController();
    const resumed = client.resumeRun(id, { signal: controller.signal });
    for await (const event of resumed) if (event.seq > 0) controller.abort();
    await expect(resumed.result).rejects.toMatchObject({ code: 'ABORTED' });
    step.release();
    expect((await client.resumeRun(id).result).status).toBe('COMPLETED');
  });

  it('what was resumed to be cancelled cancels it', async () => {
    await using client = open();
    server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const { id, started } = client.runAgent(BOT);
    await started;
    const signal = AbortSignal.abort();
    expect((await client.resumeRun(id, { signal, cancelOnAbort: true }).result).status).toBe('CANCELLED');
  });

  it('approvals are decided, and what is not open is a conflict', async () => {
    await using client = open();
    server.model.enqueue(PAY);
    server.model.enqueue({ text: 'Paid.' });
    const run = client.runAgent(BOT);
    let view = emptyTranscript();
    for await (const event of run) {
      view = applyEvent(view, event);
      if (event.__typename !== 'ApprovalRequested') continue;
      expect(view).toMatchObject({ status: 'PAUSED', approvals: [{ name: 'pay' }] });
      await expect(run.decide([{ toolCallId: crypto.randomUUID(), approve: true }])).rejects.toMatchObject({
        code: 'CONFLICT',
      });
      await run.decide([{ toolCallId: event.toolCall.id, approve: true, note: 'Go.' }]);
    }
    expect(view).toMatchObject({ status: 'COMPLETED', approvals: [], run: { output: 'Paid.' } });
    expect(view.toolCalls).toMatchObject([{ name: 'pay', status: 'COMPLETED', result: 'paid' }]);
    expect(view.timeline.map(({ kind }) => kind)).toEqual(['model', 'waiting', 'tool', 'model']);
    expect(view.timeline.every(({ endedAt }) => endedAt !== null)).toBe(true);
  });

  it('a client that is disposed of ends what it reads', async () => {
    const client = open();
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const run = client.runAgent(BOT);
    const reading = readAll(run);
    await step.paused;
    const ended = reading.catch((error: unknown) => error);
    await client.dispose();
    expect(await ended).toMatchObject({ code: 'ABORTED' });
    step.release();
    expect(await reader.query(runDocument, { id: run.id })).toMatchObject({ run: { id: run.id } });
  });

  it('its result is told to who asks for it while an event is at hand, and asks nothing once it is known', async () => {
    const sent: unknown[] = [];
    await using client = createClient({
      url: `${server.app.url}/graphql`,
      token,
      transport: 'sse',
      fetch: (...request) => {
        sent.push(request);
        return fetch(...request);
      },
    });
    enqueueSum(server);
    const run = client.runAgent(BOT);
    for await (const event of run)
      if (event.__typename === 'RunStarted') expect((await run.result).status).toBe('COMPLETED');
    const before = sent.length;
    await run.result;
    await client.request('{ __typename }');
    expect(sent.length - before).toBe(1);
  });

  it('a cancellation that did not come through may be asked for again', async () => {
    let isDown = true;
    await using client = createClient({
      url: `${server.app.url}/graphql`,
      token,
      retry: { firstDelayMs: 1, maxDelayMs: 1, patienceMs: 1 },
      fetch: (url, request) =>
        isDown && String(request?.body).includes('CancelRun')
          ? Promise.reject(new TypeError('The network is down.'))
          : fetch(url, request),
    });
    server.model.enqueue({ hang: 'body' });
    const run = client.runAgent(BOT);
    await run.started;
    await expect(run.cancel()).rejects.toMatchObject({ code: 'NETWORK' });
    isDown = false;
    expect((await run.cancel()).status).toBe('CANCELLED');
  });

  it('a run of somebody else is told as one that there is not', async () => {
    server.model.enqueue({ text: 'mine' });
    await using owner = open();
    const { id } = await owner.runAgent(BOT).result;
    await using stranger = createClient({
      url: `${server.app.url}/graphql`,
      token: await server.token('eve', SCOPES),
      transport,
    });
    const run = stranger.resumeRun(id);
    await expect(readAll(run)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(run.cancel()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const decision = { toolCallId: crypto.randomUUID(), approve: true };
    await expect(run.decide([decision])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('a run that there is not is told as such', async () => {
    await using client = open();
    const run = client.resumeRun(crypto.randomUUID());
    const { started } = run;
    await expect(readAll(run)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    // An event loop later: a rejection that nobody had listened for would have failed this file.
    await client.request('{ __typename }');
    await expect(started).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(run.result).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('behind a proxy that refuses websockets', () => {
  it('a run is followed by server-sent events, and websockets are not tried again', async () => {
    await using proxy = await CuttingProxy.to(server.app.port);
    proxy.refusesUpgrades = true;
    await using client = createClient({ url: proxy.url, token });
    for (let count = 0; count < 2; count++) {
      enqueueSum(server);
      const events = await readAll(client.runAgent(BOT));
      expect(events.at(-1)?.__typename).toBe('RunFinished');
    }
    expect(proxy.upgrades).toBe(1);
  });

  it('one that let a websocket through before is tried again', async () => {
    await using proxy = await CuttingProxy.to(server.app.port);
    await using client = createClient({ url: proxy.url, token });
    const viewer = async () => {
      for await (const data of client.subscribe('{ viewer { id } }')) return data;
      return null;
    };
    expect(await viewer()).toEqual({ viewer: { id: 'ann' } });
    proxy.refusesUpgrades = true;
    expect(await viewer()).toEqual({ viewer: { id: 'ann' } });
    proxy.refusesUpgrades = false;
    expect(await viewer()).toEqual({ viewer: { id: 'ann' } });
    expect(proxy.upgrades).toBe(3);
  });
});

it.each([...TRANSPORTS, 'auto'] as const)(
  'over %s, patience with a server that is not there ends',
  async (transport) => {
    const retry = { firstDelayMs: 1, maxDelayMs: 5, patienceMs: 10 };
    await using client = createClient({ url: 'http://127.0.0.1:9/graphql', token, transport, retry });
    await expect(client.runAgent(BOT).result).rejects.toMatchObject({ code: 'NETWORK' });
    await expect(readAll(client.resumeRun(crypto.randomUUID()))).rejects.toMatchObject({ code: 'NETWORK' });
  },
);

it.each([...TRANSPORTS, 'auto'] as const)(
  'over %s, what is no Ambit server is told as such',
  async (transport) => {
    await using client = createClient({ url: `${server.app.url}/health`, token, transport });
    await expect(client.runAgent(BOT).result).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    if (transport !== 'websocket')
      await expect(readAll(client.resumeRun(crypto.randomUUID()))).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
  },
);
