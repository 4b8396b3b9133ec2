import { expect } from 'vitest';

import { sendKeys, sendStatus, startKeyServer } from '../auth/key-server.ts';
import { keyOf, signToken, type TestKey, toJwk } from '../_util/keys.ts';
import { rawRequest } from '../_util/raw-request.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { ask, assertTight, type Transport } from './ask.ts';
import { type AttackCase, BOTH } from './attack-case.ts';

const HEALTH = '{ health { status } }';
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const good = () => ({ sub: 'eve', scopes: ['agents:read'], exp: inSeconds(600) });

function keyOfServer({ config }: TestApp): TestKey {
  const secret = config.jwt.verificationKeys[0] ?? '';
  return { algorithm: 'HS256', signing: new TextEncoder().encode(secret), verification: secret };
}

/** The status over HTTP; over a socket 200 where it is let in, else the code it is closed with. */
async function judge(over: Transport, { app }: TestApp, token: string): Promise<number> {
  const authorization = `Bearer ${token}`;
  if (over === 'HTTP') {
    const headers = { 'content-type': 'application/json', authorization };
    const body = JSON.stringify({ query: HEALTH });
    const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
    assertTight(await response.text());
    return response.status;
  }
  await using client = await SocketClient.connect(`${app.url}/graphql`);
  client.send({ type: 'connection_init', payload: { authorization } });
  const first = await Promise.race([client.next().catch(() => null), client.closed.then(() => null)]);
  if (first !== null) return 200;
  const { code, reason } = await client.closed;
  expect(reason).toMatch(/^(Token refused|Try again later)$/);
  return code;
}

const CLAIMS: readonly (readonly [number, string, () => object])[] = [
  [82, 'without exp', () => ({ ...good(), exp: undefined })],
  [82, 'with exp null', () => ({ ...good(), exp: null })],
  [83, 'with exp as text', () => ({ ...good(), exp: String(inSeconds(600)) })],
  [83, 'with a negative exp', () => ({ ...good(), exp: -1 })],
  [83, 'of the future', () => ({ ...good(), nbf: inSeconds(300) })],
  [83, 'issued in the future', () => ({ ...good(), iat: inSeconds(300) })],
  [83, 'that has expired, by a fraction', () => ({ ...good(), exp: inSeconds(-60) + 0.5 })],
];

const REFUSED: readonly AttackCase[] = CLAIMS.map(([number, title, claims]) => ({
  number,
  title: `a token ${title}`,
  over: BOTH,
  async run({ app }, over) {
    const token = await signToken(keyOfServer(app), claims());
    expect(await judge(over as Transport, app, token)).toBe(over === 'HTTP' ? 401 : 4403);
  },
}));

const FOR_EVER: AttackCase = {
  number: 83,
  title: 'a token that lasts for ever is read as ten years, and its timer does not fire',
  over: BOTH,
  async run({ app }, over) {
    const token = await signToken(keyOfServer(app), { ...good(), exp: 1e300 });
    const asked = { url: app.app.url, token, query: '{ viewer { expiresAt } }' };
    const { data } = await ask(over as Transport, asked);
    // Only the row's own field is in it.
    const { expiresAt } = (data as { viewer: { expiresAt: string } }).viewer;
    expect(Number(expiresAt.slice(0, 4)) - new Date().getFullYear()).toBeLessThan(11);
  },
};

const many = Array.from({ length: 1000 }, () => 'a:b');

/** Claims of scopes that open nothing. */
const SCOPES: readonly AttackCase[] = (
  [
    ['a number', { scopes: 5 }],
    ['lists in lists', { scopes: [['agents:run']] }],
    ['an object', { scopes: { 0: 'agents:run', length: 1 } }],
    ['text with tabs', { scope: 'x:y\tagents:run' }],
    ['text with another space', { scope: 'x:y\u00a0agents:run' }],
    ['a space after it', { scopes: ['agents:run '] }],
    ['an administrator with a space', { scopes: ['agent_os:admin '] }],
    ['an administrator in capitals', { scopes: ['AGENT_OS:ADMIN'] }],
    ['the empty list, beside text that says more', { scopes: [], scope: 'agents:run' }],
    ['more than are read', { scopes: [...many, 'agents:run'] }],
    ['one too long', { scopes: [`agents:${'x'.repeat(600)}:run`] }],
    ['stars', { scopes: ['*', '*:*', '*:*:*', 'agents:*'] }],
  ] as const
).map(([title, claims]) => ({
  number: 85,
  title,
  over: BOTH,
  async run({ app }, over) {
    const token = await signToken(keyOfServer(app), { sub: 'eve', exp: inSeconds(600), ...claims });
    const query = '{ viewer { isAdmin can(scope: "agents:run") } agents { name } }';
    const { data, text } = await ask(over as Transport, { url: app.app.url, token, query });
    assertTight(text);
    expect(text).not.toContain('Named');
    expect(data).toMatchObject({ viewer: { isAdmin: false, can: false } });
  },
}));

const AMBIGUOUS: readonly AttackCase[] = (
  [
    ['two headers', (token) => `Authorization: Bearer ${token}\r\nAuthorization: Bearer ${token}`, 401],
    ['two in one header', (token) => `Authorization: Bearer ${token}, Bearer ${token}`, 401],
    ['two spaces', (token) => `Authorization: Bearer  ${token}`, 401],
    ['no scheme', (token) => `Authorization: ${token}`, 401],
    ['the scheme in small letters', (token) => `Authorization: bearer ${token}`, 200],
  ] satisfies [string, (token: string) => string, number][]
).map(([title, write, status]) => ({
  number: 86,
  title,
  over: ['HTTP'],
  async run({ app }) {
    const body = JSON.stringify({ query: '{ viewer { id } }' });
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const token = await signToken(keyOfServer(app), good());
    const answer = await rawRequest(app.app.port, `${head}\r\n${write(token)}\r\n\r\n${body}`);
    expect(answer.status).toBe(status);
  },
}));

const TWO_TOKENS: readonly AttackCase[] = [
  {
    number: 86,
    title: 'the header of the handshake and the payload say two things',
    over: ['socket'],
    async run({ app }) {
      const [one, other] = [await app.token('ann', []), await app.token('bob', [])];
      const headers = { authorization: `Bearer ${one}` };
      await using client = await SocketClient.connect(`${app.app.url}/graphql`, { headers });
      client.send({ type: 'connection_init', payload: { authorization: `Bearer ${other}` } });
      expect((await client.closed).code).toBe(4401);
    },
  },
  {
    number: 86,
    title: 'a cookie is no token',
    over: BOTH,
    async run({ app }, over) {
      const token = await app.token('ann', []);
      const headers = {
        'content-type': 'application/json',
        cookie: `authorization=Bearer ${token}; token=${token}`,
      };
      const query = '{ viewer { id } }';
      if (over === 'HTTP') {
        const init = { method: 'POST', headers, body: JSON.stringify({ query }) };
        expect((await fetch(`${app.app.url}/graphql`, init)).status).toBe(401);
      } else {
        const { cookie } = headers;
        await using client = await SocketClient.ready(`${app.app.url}/graphql`, undefined, {
          headers: { cookie },
        });
        const [answer] = await client.run('1', query);
        expect(answer).toMatchObject({
          type: 'error',
          payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
        });
      }
    },
  },
];

const key = keyOf('ES256');
const claims = () => ({ ...good(), aud: 'ambit' });

function startWithKeys(url: string): Promise<TestApp> {
  return startTestApp({ env: { JWT_JWKS_URL: url, JWT_AUDIENCE: 'ambit' } });
}

const KEYS: readonly AttackCase[] = [
  {
    number: 88,
    title: 'a flood of unknown keys',
    over: BOTH,
    async run(_world, over) {
      await using keys = await startKeyServer(sendKeys(toJwk(key, { kid: 'a', alg: 'ES256' })));
      await using server = await startWithKeys(keys.url);
      const flood = await Promise.all(
        Array.from({ length: 50 }, (_, kid) => signToken(key, claims(), { kid: `x${kid}` })),
      );
      const codes = await Promise.all(flood.map((token) => judge(over as Transport, server, token)));
      expect(new Set(codes)).toEqual(new Set([over === 'HTTP' ? 401 : 4403]));
      expect(keys.paths.length).toBeLessThan(3);
      const token = await signToken(key, claims(), { kid: 'a' });
      expect(await judge(over as Transport, server, token)).toBe(200);
    },
  },
  {
    number: 89,
    title: 'the keys go away: those that are known go on, new ones are refused',
    over: BOTH,
    async run(_world, over) {
      await using keys = await startKeyServer(sendKeys(toJwk(key, { kid: 'a', alg: 'ES256' })));
      await using server = await startWithKeys(keys.url);
      keys.answer = sendStatus(503);
      const token = (kid: string) => signToken(key, claims(), { kid });
      expect(await judge(over as Transport, server, await token('a'))).toBe(200);
      expect([401, 503, 4403, 1013]).toContain(await judge(over as Transport, server, await token('b')));
    },
  },
  {
    number: 89,
    title: 'the keys were never there',
    over: BOTH,
    async run(_world, over) {
      await using keys = await startKeyServer(sendStatus(503));
      await using server = await startWithKeys(keys.url);
      const token = await signToken(key, claims(), { kid: 'a' });
      expect(await judge(over as Transport, server, token)).toBe(over === 'HTTP' ? 503 : 1013);
    },
  },
];

export const TOKENS: readonly AttackCase[] = [
  ...REFUSED,
  FOR_EVER,
  ...SCOPES,
  ...AMBIGUOUS,
  ...TWO_TOKENS,
  ...KEYS,
];
