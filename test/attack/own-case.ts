import { once } from 'node:events';

import { expect } from 'vitest';
import { WebSocket } from 'ws';

import { SocketClient } from '../_util/socket-client.ts';
import { ask, type Transport } from './ask.ts';
import { type AttackCase, type Carrier } from './attack-case.ts';
import { type DocServer, type DocServerOptions, docToken, startDocServer } from './doc-server.ts';

export const CHANGES = 'subscription { docChanged(id: "1") { title } }';
export const READ = ['docs:1:read'];

export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });
export const urlOf = ({ http }: DocServer): string => `${http.url}/graphql`;
export const join = (server: DocServer, scopes: readonly string[] = READ): Promise<SocketClient> =>
  SocketClient.ready(urlOf(server), bearer(docToken(scopes)));

/** That others are served as ever. */
export async function assertUnharmed(server: DocServer): Promise<void> {
  const answer = await ask('socket', { url: server.http.url, query: '{ public }' });
  expect(answer.data).toEqual({ public: 'public' });
}

export interface OwnCase {
  readonly number: number;
  readonly title: string;
  readonly over?: readonly Carrier[];
  readonly options?: DocServerOptions;
  run(server: DocServer, over: Transport): Promise<void>;
}

/** A case with a server of its own, which serves others when it is over. */
export function ownCase({ number, title, over = ['socket'], options = {}, run }: OwnCase): AttackCase {
  return {
    number,
    title,
    over,
    async run(_world, carrier) {
      await using server = await startDocServer(options);
      await run(server, carrier as Transport);
      if (number !== 115 && number !== 118) await assertUnharmed(server);
    },
  };
}

export async function refusedUpgrade(
  url: string,
  protocols: string[],
  headers = {},
): Promise<number | undefined> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, { headers });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  socket.terminate();
  return response.statusCode;
}

/** The subprotocol that is spoken. */
export const TRANSPORT_WS = 'graphql-transport-ws';
