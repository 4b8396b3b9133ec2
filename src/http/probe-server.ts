import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { HttpConfig } from '../config.ts';
import { answerHealth, answerReady, type ProbeOptions } from './answer-probe.ts';
import { DEFAULT_HTTP_LIMITS } from './http-limits.ts';
import { sendJson } from './http-problem.ts';
import type { HttpServer } from './http-server.ts';
import { listen } from './listen.ts';
import { parsePath } from './parse-path.ts';
import { toUrl } from './to-url.ts';

export interface ProbeServerOptions extends Omit<ProbeOptions, 'timeoutMs'> {
  readonly config: HttpConfig;
  /** Runs when the server stops, before its address is closed. */
  onStop?(): Promise<void>;
}

/** Serves `/health` and `/ready` alone: what a process needs that answers no requests of its own. */
export async function startProbeServer(options: ProbeServerOptions): Promise<HttpServer> {
  const probe = { ...options, timeoutMs: DEFAULT_HTTP_LIMITS.probeTimeoutMs };
  let stopped: Promise<void> | null = null;
  const server = createServer((request, response) => {
    response.setHeader('cache-control', 'no-store');
    const path = parsePath(request);
    if (path === '/health') return void answerHealth(response, probe);
    if (path === '/ready') return void answerReady(response, { ...probe, isStopping: stopped !== null });
    sendJson(response, {
      status: 404,
      body: { errors: [{ message: 'A worker answers /health and /ready.' }] },
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
    stop: () => (stopped ??= stop()),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  };
}
