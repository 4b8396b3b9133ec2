import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { HttpConfig } from '../config.ts';
import type { TrustProxy } from '../config/protection.ts';
import { createErrorFormatter } from '../graphql/format-error.ts';
import { answerHealth, answerReady, type ProbeOptions } from './answer-probe.ts';
import { CallerPace } from './caller-pace.ts';
import { createClientAddress } from './client-address.ts';
import { createGuardedVerify, type GuardedVerifyOptions } from './guarded-verify.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { sendJson } from './http-problem.ts';
import type { HttpServer } from './http-server.ts';
import { listen } from './listen.ts';
import {
  createMetricsEndpoint,
  METRICS_PATH,
  type MetricsEndpoint,
  type MetricsSource,
} from './metrics-endpoint.ts';
import { parsePath } from './parse-path.ts';
import { toUrl } from './to-url.ts';

export interface ProbeServerOptions extends Omit<ProbeOptions, 'timeoutMs'> {
  readonly config: HttpConfig;
  /** What /metrics answers. Without it, that is 404. */
  readonly metrics?: MetricsSource | undefined;
  readonly verify: Pick<GuardedVerifyOptions, 'verify' | 'recall' | 'isRemembered'>;
  /** Those left out are of `DEFAULT_HTTP_LIMITS`. */
  readonly limits?: Partial<HttpLimits>;
  /** Whose X-Forwarded-For is believed. */
  readonly trustProxy: TrustProxy;
  readonly now: () => Date;
  /** Runs when the server stops, before its address is closed. */
  onStop?(): Promise<void>;
}

/** Serves `/health`, `/ready` and `/metrics` alone: what a process needs that answers no requests of its own. */
export async function startProbeServer(options: ProbeServerOptions): Promise<HttpServer> {
  const probe = { ...options, timeoutMs: DEFAULT_HTTP_LIMITS.probeTimeoutMs };
  const answerMetrics = createAnswer(options);
  let stopped: Promise<void> | null = null;
  const server = createServer((request, response) => {
    response.setHeader('cache-control', 'no-store');
    const path = parsePath(request);
    if (path === '/health') return void answerHealth(response, probe);
    if (path === '/ready') return void answerReady(response, { ...probe, isStopping: stopped !== null });
    if (path === METRICS_PATH) return void answerMetrics(request, response);
    sendJson(response, {
      status: 404,
      body: { errors: [{ message: 'A worker answers /health, /ready and /metrics.' }] },
    });
  });
  await listen(server, options.config);
  server.on('error', (err) => options.log.error({ err }, 'the HTTP server failed'));
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    await options.onStop?.();
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    server.closeAllConnections();
    await closed.promise;
  };
  return {
    url: toUrl(options.config.host, port),
    port,
    connections: () => ({}),
    stop: () => (stopped ??= stop()),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  };
}

function createAnswer({ metrics, verify, log, now, ...options }: ProbeServerOptions): MetricsEndpoint {
  const limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
  const addressOf = createClientAddress(options.trustProxy);
  return createMetricsEndpoint({
    metrics,
    verify: createGuardedVerify({ ...verify, limits, now }),
    pace: new CallerPace({ limits, addressOf, now }),
    formatError: createErrorFormatter({ log }),
  });
}
