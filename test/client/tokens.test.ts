import { setTimeout as delay } from 'node:timers/promises';

import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CuttingProxy } from '../_util/cutting-proxy.ts';
import { signToken, type TestKey } from '../_util/keys.ts';
import { type TestApp } from '../_util/test-app.ts';
import { createClient, readAll, SCOPES, startBot, TRANSPORTS } from './client-fixture.ts';

const VIEWER = '{ viewer { id } }';
const BOT = { agentId: 'bot', message: 'hi' };

let server: TestApp;
beforeAll(async () => {
  server = await startBot({ env: { JWT_LEEWAY_SECONDS: '0' } });
});
afterAll(() => server[Symbol.asyncDispose]());

/** A token that expires in so many seconds, a fraction of one less. */
async function tokenFor(seconds: number): Promise<string> {
  const secret = server.config.jwt.verificationKeys[0] ?? '';
  const signing = new TextEncoder().encode(secret);
  const key: TestKey = { algorithm: 'HS256', signing, verification: secret };
  const now = Math.floor(Date.now() / 1000);
  return await signToken(key, { sub: 'ann', scopes: SCOPES, iat: now - 100, exp: now + seconds });
}

const expired = () => tokenFor(-50);
const good = () => tokenFor(3600);

/** A callback that gives these tokens, the last one again and again, and how often it was asked. */
function give(...tokens: readonly string[]) {
  const asked = { count: 0 };
  const token = (): string => tokens[Math.min(asked.count++, tokens.length - 1)] ?? '';
  return { asked, token };
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  const open = (token: string | (() => string | Promise<string>)) =>
    createClient({ url: `${server.app.url}/graphql`, token, transport });

  it('a token that has expired is replaced once, for all who use it at that time', async () => {
    const { asked, token } = give(await expired(), await good());
    await using client = open(token);
    const first = async () => {
      for await (const data of client.subscribe(VIEWER)) return data;
      return null;
    };
    const answers = await Promise.all([first(), first(), first(), client.request(VIEWER), first()]);
    expect(answers).toEqual(Array.from({ length: 5 }, () => ({ viewer: { id: 'ann' } })));
    expect(asked.count).toBe(2);
  });

  it('a text that has expired ends in an error that says so', async () => {
    await using client = open(await expired());
    const message = expect.stringContaining('The token has expired at 20');
    await expect(client.request(VIEWER)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message });
    const reading = readAll(client.resumeRun(crypto.randomUUID()));
    await expect(reading).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message });
  });

  it('a callback that gives nothing better is not asked again and again', async () => {
    const same = give(await expired());
    await using first = open(same.token);
    await expect(first.runAgent(BOT).result).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(same.asked.count).toBe(2);
    const bad = give(await expired(), await tokenFor(-60), await tokenFor(-70));
    await using second = open(bad.token);
    const reading = readAll(second.resumeRun(crypto.randomUUID()));
    await expect(reading).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(bad.asked.count).toBe(2);
  });

  it('a callback that fails is asked again a few times, and its error is the cause', async () => {
    const failure = new Error('No login.');
    let asked = 0;
    await using client = open(() => {
      asked++;
      return Promise.reject(failure);
    });
    const reading = readAll(client.resumeRun(crypto.randomUUID()));
    await expect(reading).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', cause: failure });
    expect(asked).toBe(6);
  });

  it('a run goes on when its token expires while it is followed', async () => {
    const [short, next] = [await tokenFor(5), await good()];
    const { asked, token } = give(short, next);
    await using proxy = await CuttingProxy.to(server.app.port);
    await using client = createClient({ url: proxy.url, token, transport });
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const run = client.runAgent(BOT);
    const heard = Promise.withResolvers<void>();
    const reading = (async () => {
      let last = '';
      for await (const event of run) {
        last = event.__typename;
        heard.resolve();
      }
      return last;
    })();
    await heard.promise;
    const before = proxy.connections;
    // Nothing tells a test of it but the clock: the first token has expired then.
    await delay((decodeJwt(short).exp ?? 0) * 1000 + 200 - Date.now());
    step.release();
    expect(await reading).toBe('RunFinished');
    expect(asked.count).toBe(2);
    // The socket is given the next token before; a stream of events is asked for anew.
    if (transport === 'websocket') expect(proxy.connections).toBe(before);
  });

  it('without a token what needs none is answered, and the rest says that it needs one', async () => {
    await using client = createClient({ url: `${server.app.url}/graphql`, transport });
    expect(await client.request('{ health { status } }')).toEqual({ health: { status: 'ok' } });
    await expect(client.runAgent(BOT).result).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

it('what the token does not allow names the scopes', async () => {
  const token = await server.token('bob', ['sessions:read']);
  await using client = createClient({ url: `${server.app.url}/graphql`, token });
  const run = client.runAgent(BOT);
  const error = { code: 'FORBIDDEN', requiredScopes: [['agents:bot:run']] };
  await expect(run.result).rejects.toMatchObject(error);
  await expect(readAll(run)).rejects.toMatchObject(error);
  const partial = client.request('{ health { status } config { id } }');
  await expect(partial).rejects.toMatchObject({
    code: 'FORBIDDEN',
    data: { health: { status: 'ok' }, config: null },
  });
});
