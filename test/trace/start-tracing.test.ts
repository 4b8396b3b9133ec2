import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { once } from 'node:events';

import { afterAll, expect, test } from 'vitest';

import { EnvReader } from '../../src/config/env-reader.ts';
import { readTraceConfig } from '../../src/config/trace-config.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { OperationSpan } from '../../src/trace/operation-span.ts';
import { startTracing } from '../../src/trace/start-tracing.ts';

// An endpoint that takes requests and answers none: worse than one that refuses them. One SDK a process: one test a file.
const requested = Promise.withResolvers<void>();
const silent = createServer(() => requested.resolve());
silent.listen(0, '127.0.0.1');
await once(silent, 'listening');
afterAll(() => silent.close().closeAllConnections());

test('an endpoint that answers nothing costs one warning, and a stop waits for it no longer than its time', async () => {
  // A listening TCP server's address is an object.
  const { port } = silent.address() as AddressInfo;
  const lines: string[] = [];
  const log = createLogger('warn', { write: (line) => void lines.push(line) });
  const config = readTraceConfig(
    new EnvReader({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '50',
    }),
  );
  if (config === null) throw new Error('Tracing is on.');
  const tracing = startTracing(config, log);
  const make = (carrier: object): OperationSpan => {
    const span = new OperationSpan([{ ...carrier }]);
    span.begin({
      type: 'query',
      name: null,
      correlationId: 'c',
      transport: 'http',
      startedAt: performance.now(),
    });
    span.end('INTERNAL_SERVER_ERROR', { isFault: true });
    return span;
  };
  const known = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`, tracestate: 'k=v' };
  // What the caller does not sample is not sampled here, and is passed on as such.
  expect(make(known).traceContext).toEqual({
    traceparent: expect.stringMatching(new RegExp(`^00-${'a'.repeat(32)}-[0-9a-f]{16}-00$`)),
    tracestate: 'k=v',
  });
  // Whatever a client sends in its place begins a trace.
  for (const traceparent of [1, null, {}, ['x'], 'nonsense', `${known.traceparent}, ${known.traceparent}`])
    expect(make({ traceparent }).traceContext?.traceparent).toMatch(/-01$/);
  await requested.promise;
  for (let index = 0; index < 3; index += 1) make({});
  expect(await tracing.stop()).toBe(true);
  expect(lines.filter((line) => line.includes('told once'))).toHaveLength(1);
  expect(lines.length).toBeLessThanOrEqual(2);
});
