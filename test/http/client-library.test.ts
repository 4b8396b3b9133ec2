import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { startToyServer } from '../_util/toy-server.ts';

test('the client of graphql-ws streams, and connects again with a new token after 4403', async () => {
  await using server = await startToyServer();
  const tokens = ['unknown', 'reader'];
  const closes: unknown[] = [];
  const client = createClient({
    url: server.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryWait: async () => undefined,
    connectionParams: () => ({ authorization: `Bearer ${tokens.shift()}` }),
    on: { closed: (event) => closes.push((event as { code: number }).code) },
  });
  const counts: unknown[] = [];
  for await (const { data } of client.iterate({ query: 'subscription { agentEvents(id: "a1") }' }))
    counts.push(data);
  expect(counts).toEqual([{ agentEvents: 1 }]);
  expect(closes).toEqual([4403]);
  await client.dispose();
});

test('a refused operation is an error of its own iteration', async () => {
  await using server = await startToyServer();
  const client = createClient({
    url: server.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    lazy: false,
  });
  const refused = client.iterate({ query: 'subscription { mine' }).next();
  await expect(refused).rejects.toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
  expect(await client.iterate({ query: '{ hello }' }).next()).toMatchObject({
    value: { data: { hello: 'hello' } },
  });
  await client.dispose();
});
