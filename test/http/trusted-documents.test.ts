import { hash } from 'node:crypto';

import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';

import { createTrustedDocuments } from '../../src/graphql/trusted-documents.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { post, startToyServer, toAnswer, type ToyServer } from '../_util/toy-server.ts';

const DOCUMENTS = {
  hello: 'query Hello { hello }',
  secret: 'query Secret { secret { text } }',
  count: 'subscription Count($to: Int!) { count(to: $to) }',
  touch: 'mutation Touch { touch }',
};
const idOf = (name: keyof typeof DOCUMENTS): string => `sha256:${hash('sha256', DOCUMENTS[name])}`;
const trustedDocuments = createTrustedDocuments(
  Object.fromEntries(Object.values(DOCUMENTS).map((text) => [`sha256:${hash('sha256', text)}`, text])),
  'file.json',
);

const startServer = (): Promise<ToyServer> => startToyServer({ pipelineOptions: { trustedDocuments } });

async function postBody({ url }: ToyServer, body: object, token?: string) {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return toAnswer(await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function get({ url }: ToyServer, parameters: [string, string][]) {
  const search = new URLSearchParams(parameters).toString();
  return toAnswer(await fetch(`${url}?${search}`, { headers: { 'apollo-require-preflight': '1' } }));
}

describe('a document that is registered', () => {
  test('runs by its id and by its text, over HTTP', async () => {
    await using server = await startServer();
    const data = { hello: 'hello' };
    expect(await postBody(server, { documentId: idOf('hello') })).toMatchObject({
      status: 200,
      body: { data },
    });
    expect(await postBody(server, { extensions: { documentId: idOf('hello') } })).toMatchObject({
      body: { data },
    });
    expect(await post(server, DOCUMENTS.hello)).toMatchObject({ status: 200, body: { data } });
    expect(await get(server, [['documentId', idOf('hello')]])).toMatchObject({ status: 200, body: { data } });
  });

  test('runs by its id and by its text, as an event stream; what is not registered is refused there too', async () => {
    await using server = await startServer();
    const ask = async (body: object): Promise<string> => {
      const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
      const init = { method: 'POST', headers, body: JSON.stringify({ variables: { to: 1 }, ...body }) };
      return await (await fetch(server.url, init)).text();
    };
    const whole = ':\n\nevent: next\ndata: {"data":{"count":1}}\n\nevent: complete\ndata:\n\n';
    expect(await ask({ documentId: idOf('count') })).toBe(whole);
    expect(await ask({ query: DOCUMENTS.count })).toBe(whole);
    expect(await ask({ query: `${DOCUMENTS.count} ` })).toContain('DOCUMENT_NOT_TRUSTED');
    expect(await ask({ query: '{ secret { text } }' })).toContain('DOCUMENT_NOT_TRUSTED');
  });

  test('runs by its id and by its text, over the websocket', async () => {
    await using server = await startServer();
    await using socket = await SocketClient.ready(server.url);
    const variables = { to: 2 };
    const events = [
      { payload: { data: { count: 1 } } },
      { payload: { data: { count: 2 } } },
      { type: 'complete' },
    ];
    expect(await socket.run('1', '', { documentId: idOf('count'), variables })).toMatchObject(events);
    const extensions = { documentId: idOf('count') };
    expect(await socket.run('2', '', { extensions, variables })).toMatchObject(events);
    expect(await socket.run('3', DOCUMENTS.count, { variables })).toMatchObject(events);
  });

  test('is judged with the rights of who runs it', async () => {
    await using server = await startServer();
    const body = { documentId: idOf('secret') };
    expect((await postBody(server, body)).status).toBe(401);
    expect((await postBody(server, body, 'nobody')).status).toBe(403);
    expect(await postBody(server, body, 'reader')).toMatchObject({
      body: { data: { secret: { text: 'the secret' } } },
    });
    await using socket = await SocketClient.ready(server.url, { authorization: 'Bearer nobody' });
    expect(await socket.run('1', '', body)).toMatchObject([
      { type: 'error', payload: [{ extensions: { code: 'FORBIDDEN' } }] },
    ]);
  });

  test('is no mutation by GET and no subscription over HTTP', async () => {
    await using server = await startServer();
    expect((await get(server, [['documentId', idOf('touch')]])).status).toBe(405);
    expect((await postBody(server, { documentId: idOf('count'), variables: { to: 1 } })).status).toBe(400);
    expect(server.state.calls).toEqual([]);
  });
});

describe('a document that is not', () => {
  test.each([
    ['another', '{ hello }'],
    ['white space changed', DOCUMENTS.hello.replaceAll(' ', '  ')],
    ['white space after it', `${DOCUMENTS.hello}\n`],
    ['a comment', `${DOCUMENTS.hello}#`],
    ['another name', 'query Hello2 { hello }'],
    ['one registered among more', `${DOCUMENTS.hello} ${DOCUMENTS.touch}`],
    ['introspection', getIntrospectionQuery()],
    ['__typename', '{ __typename }'],
    ['what does not parse', '{'],
    ['none', ''],
  ])('is refused on both transports: %s', async (_title, query) => {
    await using server = await startServer();
    await using socket = await SocketClient.ready(server.url, { authorization: 'Bearer admin' });
    const code = query === '' ? expect.anything() : 'DOCUMENT_NOT_TRUSTED';
    const refusal = [{ extensions: { code } }];
    expect(await post(server, query, { token: 'admin' })).toMatchObject({
      status: 400,
      body: { errors: refusal },
    });
    expect(await get(server, [['query', query]])).toMatchObject({ status: 400, body: { errors: refusal } });
    expect(await socket.run('1', query)).toMatchObject([
      { type: 'error', payload: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] },
    ]);
    expect(server.state.calls).toEqual([]);
    expect(server.logged).toEqual([]);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ documentId: `sha256:${'0'.repeat(64)}` }, 'DOCUMENT_NOT_TRUSTED'],
    [{ documentId: '__proto__' }, 'DOCUMENT_NOT_TRUSTED'],
    [{ documentId: 7 }, 'BAD_REQUEST'],
    [{ documentId: [idOf('hello')] }, 'BAD_REQUEST'],
    [{ documentId: idOf('hello'), query: '{ hello }' }, 'BAD_REQUEST'],
    [{ documentId: idOf('hello'), extensions: { documentId: idOf('touch') } }, 'BAD_REQUEST'],
  ])('is not smuggled in by its id: %j', async (body, code) => {
    await using server = await startServer();
    const refusal = [{ extensions: { code } }];
    expect(await postBody(server, body)).toMatchObject({ status: 400, body: { errors: refusal } });
    await using socket = await SocketClient.ready(server.url);
    expect(await socket.run('1', '', body)).toMatchObject([{ type: 'error', payload: refusal }]);
    expect(server.state.calls).toEqual([]);
  });

  test('nor by two ids in a GET, nor by an id where none are registered', async () => {
    await using server = await startServer();
    const twice: [string, string][] = [
      ['documentId', idOf('hello')],
      ['documentId', idOf('secret')],
    ];
    expect((await get(server, twice)).status).toBe(400);
    await using open = await startToyServer();
    expect(await postBody(open, { documentId: idOf('hello') })).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] },
    });
  });
});
