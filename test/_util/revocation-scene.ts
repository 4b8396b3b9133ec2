import { defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { z } from 'zod';

import { runDocument, runEventsDocument } from './documents.ts';
import { graphql } from './generated/gql.ts';
import { type RevokeTokensInput, type RunPartsFragment } from './generated/graphql.ts';
import { signToken, type TestKey } from './keys.ts';
import { SocketClient } from './socket-client.ts';
import { startTestApp, type TestApp } from './test-app.ts';
import { startTestClient, type TestClient } from './test-client.ts';
import { type DatabaseKind } from './test-database.ts';

export const revokeDocument = graphql(`
  mutation RevokeTokens($input: RevokeTokensInput!) {
    revokeTokens(input: $input) {
      tokenId
      userId
      all
      issuedBefore
      cancelledRuns
    }
  }
`);

/** How tokens of a user are revoked. */
export const WAYS = ['token', 'user', 'all'] as const;
export type Way = (typeof WAYS)[number];

/** Tells what it sees of who started the run. */
const pay = defineTool({
  name: 'pay',
  description: 'Pays.',
  parameters: z.object({}),
  needsApproval: true,
  run: (_args, { principal }) => Object.keys(principal).toSorted().join(),
});
const agents = [defineAgent({ id: 'bot', name: 'Bot', tools: [pay] })];
export const definition = defineApp({ id: 'test', name: 'Test', agents });

export function startServer(kind: DatabaseKind): Promise<TestApp> {
  return startTestApp({ kind, definition, allowLeftOver: true, echo: true });
}

/** A user of a server, with a token that was issued a while ago, and an admin whose token stays good. */
export interface Scene extends AsyncDisposable {
  readonly server: TestApp;
  readonly userId: string;
  readonly token: string;
  readonly user: TestClient;
  readonly admin: TestClient;
  /** A token of the user, but for what the claims say. */
  sign(claims: object): Promise<string>;
  client(claims: object): Promise<TestClient>;
  /** A socket with the user's token, let in. */
  socket(token?: string): Promise<SocketClient>;
  /** How many runs are cancelled for it. */
  revoke(input: RevokeTokensInput): Promise<number>;
  revokeBy(way: Way): Promise<number>;
}

export async function setScene(server: TestApp): Promise<Scene> {
  const resources = new AsyncDisposableStack();
  const secret = server.config.jwt.verificationKeys[0] ?? '';
  const key: TestKey = {
    algorithm: 'HS256',
    signing: new TextEncoder().encode(secret),
    verification: secret,
  };
  const userId = `ann ${crypto.randomUUID()}`;
  const tokenId = `jti ${crypto.randomUUID()}`;
  const seconds = Math.floor(Date.now() / 1000);
  const own = { sub: userId, scopes: ['agents:run', 'sessions:read', 'sessions:write'], iat: seconds - 100 };
  const sign: Scene['sign'] = (claims) => signToken(key, { ...own, exp: seconds + 3600, ...claims });
  const client: Scene['client'] = async (claims) =>
    resources.use(startTestClient(server.app.url, await sign(claims)));
  const admin = await client({
    sub: 'root',
    jti: crypto.randomUUID(),
    iat: seconds + 9, // after what is revoked meanwhile
    scopes: ['agent_os:admin'],
  });
  const revoke: Scene['revoke'] = async (input) => {
    const { revokeTokens } = await admin.query(revokeDocument, { input });
    return revokeTokens?.cancelledRuns ?? Number.NaN;
  };
  const token = await sign({ jti: tokenId });
  const inputs = { token: { tokenId }, user: { userId }, all: { all: true } };
  return {
    server,
    userId,
    token,
    user: resources.use(startTestClient(server.app.url, token)),
    admin,
    sign,
    client,
    revoke,
    revokeBy: (way) => revoke(inputs[way]),
    async socket(bearer = token) {
      const payload = { authorization: `Bearer ${bearer}` };
      return resources.use(await SocketClient.ready(`${server.app.url}/graphql`, payload));
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** The run when it is over. */
export async function ended(client: TestClient, id: string): Promise<RunPartsFragment | null | undefined> {
  for await (const { errors } of client.subscribe(runEventsDocument, { runId: id, after: 0 }))
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return (await client.query(runDocument, { id })).run;
}
