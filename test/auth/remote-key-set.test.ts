import { type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { FETCH_MAX_BYTES } from '../../src/auth/fetch-text.ts';
import { COOL_DOWN_MS, MAX_AGE_MS, RETRY_MS } from '../../src/auth/remote-key-set.ts';
import { createTokenVerifier, type TokenVerifier } from '../../src/auth/token-verifier.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { GOOD_CLAIMS, jwtConfig, keyOf, makeKey, NOW, signToken, toJwk } from '../_util/keys.ts';
import { cut, hang, type KeyServer, sendKeys, sendStatus, startKeyServer } from './key-server.ts';

const [first, second] = [keyOf('ES256'), keyOf('ES256', 'second')];
const claims = { ...GOOD_CLAIMS, aud: 'ambit', exp: GOOD_CLAIMS.exp + 86_400 };
const firstToken = await signToken(first, claims, { kid: 'a' });
const secondToken = await signToken(second, claims, { kid: 'b' });
const firstKey = toJwk(first, { kid: 'a' });
const secondKey = toJwk(second, { kid: 'b' });

/** A verifier of that server's keys with a clock that moves when told. */
class Station {
  #now = NOW;
  readonly lines: string[] = [];
  readonly server: KeyServer;

  constructor(server: KeyServer) {
    this.server = server;
  }

  async start(): Promise<TokenVerifier> {
    const config = jwtConfig({ jwksUrl: this.server.url, audience: 'ambit' });
    const log = createLogger('info', { write: (line) => void this.lines.push(line) });
    return createTokenVerifier(config, { now: () => this.#now, log });
  }

  pass(milliseconds: number): void {
    this.#now = new Date(this.#now.getTime() + milliseconds);
  }

  /** The requests so far. */
  get requests(): number {
    return this.server.paths.length;
  }
}

async function outcome(verifier: TokenVerifier, token: string): Promise<string> {
  return verifier.verify(token).then(
    ({ id }) => id,
    (error: Error) => error.name,
  );
}

/** How often each outcome is had when all tokens come at once. */
async function outcomes(verifier: TokenVerifier, tokens: readonly string[]): Promise<Record<string, number>> {
  const all = await Promise.all(tokens.map((token) => outcome(verifier, token)));
  return Object.fromEntries(
    Object.entries(Object.groupBy(all, (name) => name)).map(([name, list]) => [name, list?.length ?? 0]),
  );
}

async function withUnknownKids(count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => signToken(first, claims, { kid: `unknown-${index}` })),
  );
}

describe('the keys at JWT_JWKS_URL', () => {
  it('are fetched once at the start and serve every token', async () => {
    await using server = await startKeyServer(sendKeys(firstKey, secondKey));
    const station = new Station(server);
    const verifier = await station.start();
    expect(await outcomes(verifier, [firstToken, secondToken, firstToken])).toEqual({ alice: 3 });
    expect(station.requests).toBe(1);
  });

  it('are asked for each time, since they may go', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const verifier = await new Station(server).start();
    expect(await outcome(verifier, firstToken)).toBe('alice');
    expect(verifier.isRemembered(firstToken)).toBe(true);
    expect(verifier.recall(firstToken)).toBeNull();
  });

  it('are fetched again once they are old', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    station.pass(MAX_AGE_MS - 1);
    expect(await outcome(verifier, firstToken)).toBe('alice');
    expect(station.requests).toBe(1);
    station.pass(1);
    expect(await outcomes(verifier, Array<string>(50).fill(firstToken))).toEqual({ alice: 50 });
    expect(station.requests).toBe(2);
  });

  it('are fetched by one request however many wait for them', async () => {
    await using server = await startKeyServer(cut());
    const station = new Station(server);
    const verifier = await station.start();
    server.answer = sendKeys(firstKey, secondKey);
    station.pass(RETRY_MS);
    expect(await outcomes(verifier, Array<string>(100).fill(firstToken))).toEqual({ alice: 100 });
    expect(station.requests).toBe(2);
  });

  it('follow a rotation: the new key after the cool-down, the old one gone with it', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    server.answer = sendKeys(firstKey, secondKey);
    expect(await outcome(verifier, secondToken)).toBe('UnauthenticatedError');
    station.pass(COOL_DOWN_MS);
    expect(await outcomes(verifier, [firstToken, secondToken])).toEqual({ alice: 2 });
    server.answer = sendKeys(secondKey);
    station.pass(MAX_AGE_MS);
    expect(await outcomes(verifier, [firstToken, secondToken])).toEqual({
      alice: 1,
      UnauthenticatedError: 1,
    });
    expect(station.requests).toBe(3);
  });

  it('that are put in place under the same kid verify the new tokens, and no longer the old', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    expect(await outcome(verifier, firstToken)).toBe('alice');
    server.answer = sendKeys(toJwk(second, { kid: 'a' }));
    station.pass(MAX_AGE_MS);
    expect(await outcome(verifier, firstToken)).toBe('UnauthenticatedError');
    expect(await outcome(verifier, await signToken(second, claims, { kid: 'a' }))).toBe('alice');
  });

  it('that are all taken away verify nothing any more', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    expect(await outcome(verifier, firstToken)).toBe('alice');
    server.answer = sendKeys();
    station.pass(MAX_AGE_MS);
    expect(await outcome(verifier, firstToken)).toBe('UnauthenticatedError');
  });

  it('are asked for once per cool-down by a flood of unknown kids, which harms no good token', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    const flood = await withUnknownKids(200);
    expect(await outcomes(verifier, [...flood, firstToken])).toEqual({ UnauthenticatedError: 200, alice: 1 });
    expect(station.requests).toBe(1);
    for (const round of [2, 3]) {
      station.pass(COOL_DOWN_MS - 1);
      expect(await outcomes(verifier, flood)).toEqual({ UnauthenticatedError: 200 });
      expect(station.requests).toBe(round - 1);
      station.pass(1);
      expect(await outcomes(verifier, [...flood, firstToken])).toEqual({
        UnauthenticatedError: 200,
        alice: 1,
      });
      for (const token of flood.slice(0, 20)) await outcome(verifier, token);
      expect(station.requests).toBe(round);
    }
  });

  it("are not asked for because of a secret's algorithm, a broken token, or a known kid with a wrong signature", async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    station.pass(COOL_DOWN_MS);
    const tokens = [
      await signToken(keyOf('HS256'), claims, { kid: 'x' }),
      await signToken(second, claims, { kid: 'a' }),
      'a.b.c',
      `${Buffer.from('{"alg":"none","kid":"x"}').toString('base64url')}.e30.`,
    ];
    expect(await outcomes(verifier, tokens)).toEqual({ UnauthenticatedError: 4 });
    expect(station.requests).toBe(1);
  });

  it('are never looked for where a token says', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    await using evil = await startKeyServer(sendKeys(secondKey));
    const station = new Station(server);
    const verifier = await station.start();
    station.pass(COOL_DOWN_MS);
    const header = { kid: evil.url, jku: evil.url, x5u: evil.url, jwk: secondKey };
    expect(await outcome(verifier, await signToken(second, claims, header))).toBe('UnauthenticatedError');
    expect(evil.paths).toEqual([]);
    expect(server.paths).toEqual(['/jwks', '/jwks']);
  });

  it('do not become fresh for ever by a clock that is set back', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    server.answer = sendKeys(firstKey, secondKey);
    station.pass(-3_600_000);
    expect(await outcome(verifier, secondToken)).toBe('alice');
  });
});

describe('an endpoint that is down', () => {
  it('at the start makes good tokens unavailable, bad ones invalid, until it is there', async () => {
    await using server = await startKeyServer(cut());
    const station = new Station(server);
    const verifier = await station.start();
    const hmac = await signToken(keyOf('HS256'), claims);
    expect(await outcomes(verifier, [firstToken, firstToken, hmac, 'x'])).toEqual({
      UnavailableError: 2,
      UnauthenticatedError: 2,
    });
    expect(station.requests).toBe(1);
    station.pass(RETRY_MS);
    expect(await outcomes(verifier, Array<string>(50).fill(firstToken))).toEqual({ UnavailableError: 50 });
    expect(station.requests).toBe(2);
    server.answer = sendKeys(firstKey);
    station.pass(RETRY_MS);
    expect(await outcome(verifier, firstToken)).toBe('alice');
  });

  it('says so once in the log, and once that it is back', async () => {
    await using server = await startKeyServer(sendStatus(503));
    const station = new Station(server);
    const verifier = await station.start();
    for (let round = 0; round < 3; round += 1) {
      station.pass(RETRY_MS);
      await outcome(verifier, firstToken);
    }
    expect(station.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'The keys of JWT_JWKS_URL cannot be fetched.',
    ]);
    server.answer = sendKeys(firstKey);
    station.pass(RETRY_MS);
    await outcome(verifier, firstToken);
    expect(station.lines).toHaveLength(2);
    expect(station.lines[1]).toContain('there again');
    server.answer = cut();
    station.pass(MAX_AGE_MS);
    await outcome(verifier, firstToken);
    expect(station.lines).toHaveLength(3);
  });

  it.each<[string, () => KeyServer['answer']]>([
    ['cuts the connection', cut],
    ['answers 500', () => sendStatus(500)],
    ['answers 404', () => sendStatus(404)],
    ['answers 204', () => sendStatus(204)],
    ['answers a page', () => (response) => void response.end('<html>Maintenance</html>')],
    ['answers a set with a private key', () => sendKeys(secondKey, { ...secondKey, d: 'AAAA' })],
    ['answers a set with a secret', () => sendKeys({ kty: 'oct', k: 'AAAA' })],
    ['answers too much', () => (response) => void response.end(padded(FETCH_MAX_BYTES + 1))],
    ['answers too much, packed', () => sendPacked(padded(50_000_000))],
    ['stops in the middle', () => sendHalf],
  ])('later and %s leaves its last keys in use, and is asked again', async (_, answer) => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    server.answer = answer();
    station.pass(MAX_AGE_MS);
    expect(await outcomes(verifier, [firstToken, firstToken])).toEqual({ alice: 2 });
    expect(station.requests).toBe(2);
    expect(await outcome(verifier, secondToken)).toBe('UnauthenticatedError');
    expect(station.requests).toBe(2);
    station.pass(86_400_000);
    server.answer = sendKeys(firstKey, secondKey);
    expect(await outcome(verifier, secondToken)).toBe('alice');
  });

  it('and hangs holds up the first caller only', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    const held: ServerResponse[] = [];
    server.answer = (response) => void held.push(response);
    station.pass(MAX_AGE_MS);
    const waiting = outcome(verifier, firstToken);
    await server.arrival(2);
    held[0]?.destroy();
    expect(await waiting).toBe('alice');
    station.pass(RETRY_MS);
    expect(await outcomes(verifier, Array<string>(20).fill(firstToken))).toEqual({ alice: 20 });
    await server.arrival(3);
    expect(await outcome(verifier, firstToken)).toBe('alice');
    expect(station.requests).toBe(3);
    // Nobody has waited until the request was given up.
    expect(held[1]?.destroyed).toBe(false);
  });

  it('and hangs is asked once by a flood of unknown kids, which ends with that and holds up no good token', async () => {
    await using server = await startKeyServer(sendKeys(firstKey));
    const station = new Station(server);
    const verifier = await station.start();
    const held: ServerResponse[] = [];
    server.answer = (response) => void held.push(response);
    station.pass(COOL_DOWN_MS);
    const flood = outcomes(verifier, await withUnknownKids(500));
    await server.arrival(2);
    expect(await outcomes(verifier, Array<string>(20).fill(firstToken))).toEqual({ alice: 20 });
    expect(station.requests).toBe(2);
    held[0]?.destroy();
    expect(await flood).toEqual({ UnauthenticatedError: 500 });
    expect(await outcomes(verifier, await withUnknownKids(500))).toEqual({ UnauthenticatedError: 500 });
    expect(station.requests).toBe(2);
  });

  it('from the start is given five seconds, the body included', async () => {
    await using silent = await startKeyServer(hang());
    await using dripping = await startKeyServer((response) => {
      const timer = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(timer));
    });
    const starts = [silent, dripping].map((server) => new Station(server).start());
    for (const verifier of await Promise.all(starts)) {
      expect(await outcome(verifier, firstToken)).toBe('UnavailableError');
    }
  });
});

describe('an endpoint that redirects', () => {
  it.each([301, 302, 303, 307, 308])('with %i is not followed', async (status) => {
    await using evil = await startKeyServer(sendKeys(firstKey));
    await using server = await startKeyServer(sendStatus(status, { location: evil.url }));
    const verifier = await new Station(server).start();
    expect(await outcome(verifier, firstToken)).toBe('UnavailableError');
    expect(evil.paths).toEqual([]);
  });
});

describe('a start', () => {
  it.each<[string, KeyServer['answer'], string]>([
    ['a private key', sendKeys({ ...firstKey, d: 'AAAA' }), 'JWT_JWKS_URL holds a private or symmetric key'],
    ['a secret', sendKeys({ kty: 'oct', k: 'AAAA' }), 'JWT_JWKS_URL holds a private or symmetric key'],
    ['a page', (response) => void response.end('<html>'), 'JWT_JWKS_URL is not a JSON Web Key Set.'],
  ])('with %s at JWT_JWKS_URL is refused', async (_, answer, message) => {
    await using server = await startKeyServer(answer);
    const start = new Station(server).start();
    await expect(start).rejects.toThrow(TypeError);
    await expect(start).rejects.toThrow(message);
  });

  it('warns of a key URL without TLS on another machine', async () => {
    const lines: string[] = [];
    const log = createLogger('warn', { write: (line) => void lines.push(line) });
    const answer = async (): Promise<Response> => Response.json({ keys: [firstKey] });
    for (const jwksUrl of [
      'http://id.example.com/jwks',
      'https://id.example.com/jwks',
      'http://127.0.0.1/jwks',
    ]) {
      await createTokenVerifier(jwtConfig({ jwksUrl, audience: 'ambit' }), { log, fetch: answer });
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('JWT_JWKS_URL is not https');
  });

  it('takes the keys of JWT_VERIFICATION_KEY first, and goes on with them while the endpoint is down', async () => {
    await using server = await startKeyServer(cut());
    const own = makeKey('ES256');
    const config = jwtConfig({
      verificationKeys: [own.verification],
      jwksUrl: server.url,
      audience: 'ambit',
    });
    const verifier = await createTokenVerifier(config, { now: () => NOW });
    expect(await outcome(verifier, await signToken(own, claims, { kid: 'x' }))).toBe('alice');
    expect(await outcome(verifier, firstToken)).toBe('UnavailableError');
  });
});

/** A good key set with so many spaces behind it. */
function padded(spaces: number): string {
  return JSON.stringify({ keys: [secondKey] }) + ' '.repeat(spaces);
}

function sendPacked(text: string): KeyServer['answer'] {
  const body = gzipSync(text);
  return (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
  };
}

function sendHalf(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 1000 });
  response.write('{"keys":[', () => response.destroy());
}
