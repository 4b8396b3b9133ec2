import { decodeJwt } from 'jose';
import { expect, it } from 'vitest';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { createTokenOffer } from '../../src/command/token-offer.ts';
import { readConfig } from '../../src/config.ts';
import { callers } from '../../src/demo/callers.ts';
import { startServerProcess } from '../_util/server-process.ts';
import { createTempFolder } from '../store/temp-folder.ts';

const MODEL = { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };

interface Offers {
  readonly callers: readonly {
    readonly id: string;
    readonly scopes: readonly string[];
    readonly token: string;
  }[];
}

async function readOffers(url: string): Promise<Offers> {
  const response = await fetch(new URL('/playground/tokens', url));
  return (await response.json()) as Offers; // judged below
}

it('in development mode a server offers the five callers, each with a token that it takes', async () => {
  await using folder = await createTempFolder();
  await using server = await startServerProcess({ ...MODEL, AMBIT_DATA_DIR: folder.path });
  const offers = await readOffers(server.url);
  expect(offers.callers.map(({ id, scopes }) => ({ id, scopes }))).toEqual(
    callers.map(({ id, scopes }) => ({ id, scopes })),
  );
  for (const { id, token } of offers.callers) {
    const answer = await fetch(new URL('/graphql', server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { id } }' }),
    });
    expect(await answer.json()).toEqual({ data: { viewer: { id } } });
    const { exp = 0, iat = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(24 * 3600);
  }
});

it('in an app without the agents of the example, the limited user is limited to the first', async () => {
  const agents = ['first', 'second'].map((id) => defineAgent({ id, name: id }));
  const app = defineApp({ id: 'shop', name: 'Shop', agents });
  const config = readConfig({ JWT_VERIFICATION_KEY: 'x'.repeat(32) });
  const offers = await createTokenOffer(app, config)();
  expect(offers.find(({ id }) => id === 'limited_user')).toMatchObject({
    may: 'read and run first; other agents do not exist for them',
    scopes: ['agents:first:read', 'agents:first:run'],
  });
  expect(offers.filter(({ id }) => id !== 'limited_user').map(({ scopes }) => scopes)).toEqual(
    callers.filter(({ id }) => id !== 'limited_user').map(({ scopes }) => scopes),
  );
});

it('with a configured key a server offers nobody', async () => {
  const key = 'a secret for tests that is longer than sixty-four characters so that all are content';
  await using server = await startServerProcess({
    ...MODEL,
    DATABASE_URL: 'memory',
    JWT_VERIFICATION_KEY: key,
  });
  expect(await readOffers(server.url)).toEqual({ callers: [] });
});
