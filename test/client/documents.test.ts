import { parse } from 'graphql';
import { afterAll, beforeAll, expect, expectTypeOf, it } from 'vitest';

import { type AmbitClient, createAmbitClient } from '../../src/client.ts';
import { runAgentDocument, runDocument, runEventsDocument } from '../_util/documents.ts';
import { type RunEventsSubscription, type RunQuery } from '../_util/generated/graphql.ts';
import { type TestApp } from '../_util/test-app.ts';
import { createClient, SCOPES, startBot } from './client-fixture.ts';

let server: TestApp;
let client: AmbitClient & AsyncDisposable;
beforeAll(async () => {
  server = await startBot();
  client = createClient({ url: `${server.app.url}/graphql`, token: await server.token('ann', SCOPES) });
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

it('takes documents of the client preset, typed as they are', async () => {
  server.model.enqueue({ text: 'Hi.' });
  const { runAgent } = await client.request(runAgentDocument, { input: { agentId: 'bot', message: 'hi' } });
  const id = runAgent?.id ?? '';
  const answer = await client.request(runDocument, { id });
  expectTypeOf(answer).toEqualTypeOf<RunQuery>();
  expect(answer.run?.output).toBe('Hi.');
  for await (const data of client.subscribe(runEventsDocument, { runId: id, after: 0 })) {
    expectTypeOf(data).toEqualTypeOf<RunEventsSubscription>();
    expect(data.runEvents.runId).toBe(id);
  }
  // @ts-expect-error the document needs an id
  await expect(client.request(runDocument)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  // @ts-expect-error the id is a text
  await expect(client.request(runDocument, { id: {} })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

it('takes syntax trees and texts', async () => {
  expect(await client.request(parse('{ viewer { id } }') as object)).toEqual({ viewer: { id: 'ann' } });
  expect(
    await client
      .request('query ($id: ID!) { run(id: $id) { id } }', { id: crypto.randomUUID() })
      .catch(String),
  ).toBe('AmbitClientError: Run not found.');
});

it('asks variables that are a function whenever it sends', async () => {
  const answers: unknown[] = [];
  for await (const data of client.subscribe(
    'query ($scope: String!) { viewer { can(scope: $scope) } }',
    () => ({ scope: 'agents:run' }),
  ))
    answers.push(data);
  expect(answers).toEqual([{ viewer: { can: true } }]);
});

it.each(['', '/graphql', 'ws://127.0.0.1/graphql', 'file:///graphql'])('the url "%s" is no good', (url) => {
  expect(() => createAmbitClient({ url })).toThrow(TypeError);
});
