import type { ExecutionResult } from 'graphql';
import { expect, test } from 'vitest';

import { OperationStream, RefusedOperation } from '../../src/http/operation-stream.ts';

function createStream(
  start: (signal: AbortSignal) => Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, void>>,
  ready: () => Promise<void> = async () => undefined,
) {
  const controller = new AbortController();
  const seen = { ends: 0 };
  const stream = new OperationStream({
    start: () => start(controller.signal),
    controller,
    ready,
    onEnd: () => seen.ends++,
  });
  return { stream, signal: controller.signal, seen };
}

async function collect(stream: AsyncIterable<ExecutionResult>): Promise<unknown[]> {
  const results: unknown[] = [];
  for await (const { data } of stream) results.push(data);
  return results;
}

test('a single result is one step, then the end', async () => {
  const { stream, signal, seen } = createStream(async () => ({ data: { a: 1 } }));
  expect(await collect(stream)).toEqual([{ a: 1 }]);
  expect([signal.aborted, seen.ends]).toEqual([true, 1]);
});

test('errors without data are thrown, to be told as a refusal', async () => {
  const { stream, signal, seen } = createStream(async () => ({ errors: [] }));
  await expect(stream.next()).rejects.toBeInstanceOf(RefusedOperation);
  expect([signal.aborted, seen.ends]).toEqual([true, 1]);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('nothing is started before the first pull, nor pulled before the reader is ready', async () => {
  const gate = Promise.withResolvers<void>();
  let started = 0;
  const { stream } = createStream(
    async () => {
      started++;
      return { data: {} };
    },
    () => gate.promise,
  );
  expect(started).toBe(0);
  const step = stream.next();
  await Promise.resolve();
  expect(started).toBe(0);
  gate.resolve();
  expect(await step).toEqual({ done: false, value: { data: {} } });
});

test('return answers a pull that never comes', async () => {
  const { stream, signal, seen } = createStream(() => new Promise(() => undefined));
  const step = stream.next();
  await stream.return();
  expect(await step).toEqual({ done: true, value: undefined });
  expect([signal.aborted, seen.ends]).toEqual([true, 1]);
});

test('a source that starts after the end is ended', async () => {
  const gate = Promise.withResolvers<AsyncGenerator<ExecutionResult, void, void>>();
  const started = Promise.withResolvers<void>();
  const { stream } = createStream(() => {
    started.resolve();
    return gate.promise;
  });
  const step = stream.next();
  await started.promise;
  await stream.return();
  await step;
  const source = neverYielding();
  const { promise: returned, resolve } = Promise.withResolvers<string>();
  gate.resolve(
    Object.assign(source, {
      async return() {
        resolve('returned');
        return { done: true as const, value: undefined };
      },
    }),
  );
  expect(await returned).toBe('returned');
});

async function* neverYielding(): AsyncGenerator<ExecutionResult, void, void> {
  await new Promise(() => undefined);
  yield { data: {} };
}

test('a source that fails after the end, or while it ends, disturbs nobody', async () => {
  async function* failing(signal: AbortSignal): AsyncGenerator<ExecutionResult, void, void> {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    if (signal.aborted) throw new Error('late');
    yield { data: {} };
  }
  const started = Promise.withResolvers<void>();
  const { stream } = createStream(async (signal) => {
    started.resolve();
    return failing(signal);
  });
  const step = stream.next();
  await started.promise;
  await stream.return();
  expect(await step).toEqual({ done: true, value: undefined });
  await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would fail this file
});

test('a source runs its finally when the reader stops', async () => {
  let finished = false;
  async function* endless(): AsyncGenerator<ExecutionResult, void, void> {
    try {
      for (;;) yield { data: {} };
    } finally {
      finished = true;
    }
  }
  const { stream } = createStream(async () => endless());
  for await (const _result of stream) break;
  await new Promise((resolve) => setImmediate(resolve));
  expect(finished).toBe(true);
});
