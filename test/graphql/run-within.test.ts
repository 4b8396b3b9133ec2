import { expect, test } from 'vitest';

import { UnavailableError } from '../../src/errors.ts';
import { type Results, runWithin } from '../../src/graphql/run-within.ts';
import { SocketClient } from '../_util/socket-client.ts';
import { post, startToyServer } from '../_util/toy-server.ts';

test('what is in time is handed on, at once or later, results and failures', async () => {
  const result = { data: { a: 1 } };
  expect(await runWithin(1000, result)).toBe(result);
  expect(await runWithin(1000, Promise.resolve(result))).toBe(result);
  await expect(runWithin(1000, Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('a source that comes late is ended, and a late failure is nobody’s', async () => {
  const late = Promise.withResolvers<Results>();
  await expect(runWithin(1, late.promise)).rejects.toThrow(UnavailableError);
  const ended = Promise.withResolvers<void>();
  const source = (async function* events() {})();
  source.return = async () => {
    ended.resolve();
    return { done: true, value: undefined };
  };
  late.resolve(source);
  await ended.promise;
  const failed = Promise.withResolvers<Results>();
  await expect(runWithin(1, failed.promise)).rejects.toThrow(UnavailableError);
  failed.reject(new Error('late'));
});

test('an operation that hangs is answered on both transports, and others on the socket go on', async () => {
  await using server = await startToyServer({ pipelineOptions: { limits: { queryMs: 30 } } });
  expect(await post(server, '{ wait }')).toMatchObject({
    status: 503,
    body: { errors: [{ extensions: { code: 'UNAVAILABLE' } }] },
  });
  await using socket = await SocketClient.ready(server.url);
  expect(await socket.run('1', '{ wait }')).toMatchObject([
    { type: 'error', payload: [{ extensions: { code: 'UNAVAILABLE' } }] },
  ]);
  expect(await socket.run('2', '{ hello }')).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
  // Whoever waited was told to stop.
  expect(server.state.signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});
