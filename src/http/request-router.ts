import type { IncomingMessage, ServerResponse } from 'node:http';

import type { HttpConfig } from '../config.ts';
import { UnavailableError } from '../errors.ts';
import type { OperationPipeline } from '../graphql/operation.ts';
import { NO_LONGER_NEEDED } from '../lib/no-longer-needed.ts';
import { allowsOrigin } from './allows-origin.ts';
import { answerHealth, answerReady, type ProbeOptions } from './answer-probe.ts';
import { answerCors } from './cors.ts';
import type { EventStreamServer } from './event-stream-server.ts';
import type { GraphqlHandler } from './graphql-handler.ts';
import type { CallerPace } from './caller-pace.ts';
import { HttpProblem, sendError } from './http-problem.ts';
import { prefersEventStream, prefersHtml } from './media-type.ts';
import { METRICS_PATH, type MetricsEndpoint } from './metrics-endpoint.ts';
import { parsePath } from './parse-path.ts';

/** Paths that are none of GraphQL's. */
export interface Site {
  /** As `/name/`. All paths that begin so are the site's. */
  readonly prefix: string;
  /** One more path that is the site's, as `/`. */
  readonly path?: string;
  /** Answers a request of any method. No page of another origin may read the answer, whatever CORS_ORIGINS says. */
  answer(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

export interface RequestRouterOptions extends ProbeOptions {
  readonly pipeline: Pick<OperationPipeline<never>, 'formatError'>;
  readonly config: Pick<HttpConfig, 'corsOrigins'>;
  readonly graphql: GraphqlHandler;
  readonly streams: Pick<EventStreamServer, 'handle'>;
  readonly pace: Pick<CallerPace, 'countRequest'>;
  page?(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
  readonly answerMetrics: MetricsEndpoint;
  readonly sites?: readonly Site[];
  isStopping(): boolean;
}

export interface RequestRouter {
  /** Answers every request, whatever happens on the way. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Aborts the signals of the requests in flight. */
  abort(): void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

/** Finds who answers a request, by path and method. */
export function createRequestRouter(options: RequestRouterOptions): RequestRouter {
  const inFlight = new Set<AbortController>();
  return {
    async handle(request, response) {
      const controller = new AbortController();
      inFlight.add(controller);
      // Answered or left: either way nobody waits any longer.
      response.once('close', () => {
        inFlight.delete(controller);
        controller.abort(NO_LONGER_NEEDED);
      });
      try {
        setCommonHeaders(response, options.isStopping());
        const site = findSite(request, options.sites);
        if (site !== undefined) return void (await site.answer(request, response));
        if (answerCors(request, response, options.config.corsOrigins)) return;
        await route({ request, response, signal: controller.signal }, options);
      } catch (error) {
        sendError(response, error, options.pipeline.formatError);
      }
    },
    abort() {
      for (const controller of inFlight) controller.abort();
    },
  };
}

/** The site whose the request's path is. */
function findSite(request: IncomingMessage, sites: readonly Site[] = []): Site | undefined {
  const path = parsePath(request);
  if (path === null) return undefined;
  return sites.find((site) => path === site.path || path.startsWith(site.prefix));
}

function setCommonHeaders(response: ServerResponse, isStopping: boolean): void {
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  if (isStopping) response.setHeader('connection', 'close');
}

const METHODS: Readonly<Record<string, readonly string[]>> = {
  '/graphql': ['GET', 'POST'],
  '/health': ['GET', 'HEAD'],
  '/ready': ['GET', 'HEAD'],
  [METRICS_PATH]: ['GET', 'HEAD'],
};

async function route(exchange: Exchange, options: RequestRouterOptions): Promise<void> {
  const { request, response } = exchange;
  const path = parsePath(request);
  if (path === null || !Object.hasOwn(METHODS, path)) {
    throw new HttpProblem(404, 'There is nothing at this address. GraphQL is at /graphql.');
  }
  const allow = [...(METHODS[path] ?? []), 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') return void response.writeHead(204, { allow }).end();
  if (!METHODS[path]?.includes(request.method ?? '')) {
    throw new HttpProblem(405, 'The method is not allowed at this address.', { allow });
  }
  if (path === '/health') return answerHealth(response, options);
  if (path === '/ready') return answerReady(response, { ...options, isStopping: options.isStopping() });
  if (path === METRICS_PATH) return options.answerMetrics(request, response);
  return answerGraphql(exchange, options);
}

async function answerGraphql(
  { request, response, signal }: Exchange,
  options: RequestRouterOptions,
): Promise<void> {
  if (options.isStopping()) throw new UnavailableError('The server is shutting down.');
  // Probes are not counted: a balancer may share its address with all that it forwards.
  options.pace.countRequest(request);
  if (!allowsOrigin(request, options.config.corsOrigins)) {
    throw new HttpProblem(403, 'Pages of this origin are refused: it is not among CORS_ORIGINS.');
  }
  if (request.method === 'GET' && !hasQuery(request) && prefersHtml(request.headers.accept)) {
    if (options.page !== undefined) return options.page(request, response);
    throw new HttpProblem(406, 'GraphQL is answered here by POST, with application/json in both directions.');
  }
  if (request.method === 'POST' && prefersEventStream(request.headers.accept))
    return await options.streams.handle(request, response);
  await options.graphql.handle(request, response, signal);
}

function hasQuery(request: IncomingMessage): boolean {
  const parameters = new URLSearchParams(/\?.*$/s.exec(request.url ?? '')?.[0]);
  return parameters.has('query') || parameters.has('documentId');
}
