import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { HttpConfig } from '../config.ts';
import type { TrustProxy } from '../config/protection.ts';
import type { OperationPipeline } from '../graphql/operation.ts';
import type { Logger } from '../lib/logger.ts';
import type { Principal } from '../scope/principal.ts';
import type { HealthReport } from './answer-probe.ts';
import { CallerPace } from './caller-pace.ts';
import { createClientAddress, isTrusting } from './client-address.ts';
import type { ContextInput } from './context-input.ts';
import { createEventStreamServer, type EventStreamServer } from './event-stream-server.ts';
import { type GraphqlHandler, startGraphqlHandler } from './graphql-handler.ts';
import { createGuardedVerify } from './guarded-verify.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { listen } from './listen.ts';
import { createMetricsEndpoint, type MetricsEndpoint, type MetricsSource } from './metrics-endpoint.ts';
import { createRequestRouter, type Site } from './request-router.ts';
import { SocketCounts } from './socket-counts.ts';
import { stopServer } from './stop-server.ts';
import { toUrl } from './to-url.ts';
import { trackConnections } from './track-connections.ts';
import { createWebsocketServer, type WebsocketServer } from './websocket-server.ts';

export interface HttpServerOptions<TContext extends object> {
  readonly pipeline: OperationPipeline<TContext>;
  readonly config: HttpConfig;
  /** Throws `UnauthenticatedError` for a token that will not do, `UnavailableError` when that cannot be told now. */
  verify(token: string): Promise<Principal>;
  /** Calls back, once at most, when the principal's token is revoked; returns what calls that off. Default: never. */
  onRevoked?(principal: Principal, callback: () => void): () => void;
  createContext(input: ContextInput): TContext;
  health(): Promise<HealthReport>;
  /** As `ProbeOptions`. */
  hindrances(): Promise<readonly string[]>;
  readonly log: Logger;
  /** Answers GET /graphql without a query from a browser; without it that is 406. */
  page?(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
  /** Answer their own paths, as what the page loads. Without them, those are 404. */
  readonly sites?: readonly Site[];
  /** Runs when the server stops, before the sockets are closed: the place to end operations that wait. */
  onStop?(): void | Promise<void>;
  /** As `TokenVerifier`. Without it, none is recalled. */
  recall?(token: string): Principal | null;
  /** Whether the token has been found good lately. Without it, none is known to have been. */
  isRemembered?(token: string): boolean;
  /** What /metrics answers. Without it, that is 404. */
  readonly metrics?: MetricsSource | undefined;
  /** Told of each refusal because a limit was reached, by the limit's name, where no answer goes through the pipeline. */
  readonly onLimit?: (limit: string) => void;
  /** Whose X-Forwarded-For is believed; nobody's by default. */
  readonly trustProxy?: TrustProxy;
  /** Those left out are of `DEFAULT_HTTP_LIMITS`. */
  readonly limits?: Partial<HttpLimits>;
  /** How long requests and sockets get to end when the server stops; 5 s by default. */
  readonly graceMs?: number;
  readonly now?: () => Date;
}

export interface HttpServer extends AsyncDisposable {
  /** Without a path, as http://127.0.0.1:4000. */
  readonly url: string;
  readonly port: number;
  /** Open connections that stream results, by transport. */
  connections(): Readonly<Record<string, number>>;
  /** Ends everything within `graceMs` and a second, also with clients that neither read nor leave. Calling again waits for the same end. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Serves GraphQL over HTTP, websocket and server-sent events on `/graphql`, and `/health` and `/ready`. Throws an `Error` whose message says what
 * to do when the address cannot be listened on.
 */
export async function startHttpServer<TContext extends object>(
  options: HttpServerOptions<TContext>,
): Promise<HttpServer> {
  const limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
  const now = options.now ?? (() => new Date());
  const addressOf = createClientAddress(options.trustProxy ?? []);
  const pace = new CallerPace({ limits, addressOf, now });
  const verify = createGuardedVerify({ ...options, limits, now });
  const graphql = await startGraphqlHandler({ ...options, verify, pace, maxBodyBytes: limits.bodyBytes });
  const { corsOrigins } = options.config;
  const counted = { ...options, verify, pace, limits, now, sockets: new SocketCounts(limits) };
  const sockets = createWebsocketServer({ ...counted, corsOrigins });
  const streams = createEventStreamServer(counted);
  const server = createHttpServer(limits);
  const { metrics, pipeline } = options;
  const answerMetrics = createMetricsEndpoint({ metrics, verify, pace, formatError: pipeline.formatError });
  const running = serve(server, { options, limits, pace, graphql, sockets, streams, answerMetrics });
  try {
    await listen(server, options.config);
  } catch (error) {
    sockets.closeAll();
    streams.closeAll();
    await graphql[Symbol.asyncDispose]();
    throw error;
  }
  // A connection that could not be accepted (no file descriptors) must not end the process.
  server.on('error', (err) => options.log.error({ err }, 'the HTTP server failed'));
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: toUrl(options.config.host, port),
    port,
    connections: () => ({ websocket: sockets.size, sse: streams.size }),
    stop: running,
    [Symbol.asyncDispose]: () => running(),
  };
}

function createHttpServer(limits: HttpLimits): Server {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, limits.requestTimeoutMs),
    keepAliveTimeout: 65_000, // longer than the usual 60 s of a proxy, so that the proxy is the one to close
    maxHeaderSize: 32_768, // a token of 16 KiB and its company
    // Others (HTTP/2 over plain TCP) are offers that may be ignored: RFC 9110, section 7.8.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.maxConnections = limits.connections;
  return server.setTimeout(limits.idleTimeoutMs);
}

/** Wires the server up and gives what stops it. */
function serve<TContext extends object>(
  server: Server,
  parts: {
    readonly options: HttpServerOptions<TContext>;
    readonly limits: HttpLimits;
    readonly pace: CallerPace;
    readonly graphql: GraphqlHandler;
    readonly sockets: WebsocketServer;
    readonly streams: EventStreamServer;
    readonly answerMetrics: MetricsEndpoint;
  },
): HttpServer['stop'] {
  const { options, limits, pace, graphql, sockets, streams, answerMetrics } = parts;
  let stopped: Promise<void> | null = null;
  const router = createRequestRouter({
    ...options,
    graphql,
    streams,
    pace,
    answerMetrics,
    timeoutMs: limits.probeTimeoutMs,
    isStopping: () => stopped !== null,
  });
  const connections = trackConnections(
    server,
    isTrusting(options.trustProxy) ? Infinity : limits.connectionsPerAddress,
  );
  server.on('request', (request, response) => {
    void router.handle(request, response);
    // A connection that was kept alive by an answer has nothing to wait for once the server stops.
    response.once('close', () => stopped && setImmediate(() => server.closeIdleConnections()));
  });
  server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head));
  return ({ graceMs = options.graceMs ?? 5000 } = {}) =>
    (stopped ??= stopServer(server, {
      graceMs,
      sockets,
      streams,
      abortRequests: () => router.abort(),
      destroyConnections: () => {
        for (const connection of connections) connection.destroy();
      },
      onStop: async () => options.onStop?.(),
      log: options.log,
    }).then(() => graphql[Symbol.asyncDispose]()));
}
