import type { IncomingMessage, ServerResponse } from 'node:http';

import { ApolloServer, HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { parseBearerToken } from '../auth/bearer-token.ts';
import { toGraphQLError } from '../graphql/format-error.ts';
import type { OperationPipeline } from '../graphql/operation.ts';
import { isRecord } from '../lib/is-record.ts';
import type { Logger } from '../lib/logger.ts';
import type { CallerPace } from './caller-pace.ts';
import type { ContextInput } from './context-input.ts';
import type { GuardedVerify } from './guarded-verify.ts';
import { HttpProblem } from './http-problem.ts';
import { chooseMediaType, type MediaType } from './media-type.ts';
import { type CarriedContext, CORRELATION_HEADER, pipelinePlugin } from './pipeline-plugin.ts';
import { readJsonBody } from './read-body.ts';

export interface GraphqlHandlerOptions<TContext extends object> {
  readonly pipeline: OperationPipeline<TContext>;
  readonly verify: GuardedVerify;
  readonly pace: CallerPace;
  createContext(input: ContextInput): TContext;
  readonly log: Logger;
  readonly maxBodyBytes: number;
}

export interface GraphqlHandler extends AsyncDisposable {
  /** Answers POST, and GET with a query. Throws `HttpProblem` and errors of ours for what is no GraphQL request. */
  handle(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void>;
}

/** GraphQL over HTTP through Apollo Server, which checks the request's form and CSRF; the operation is the pipeline's. */
export async function startGraphqlHandler<TContext extends object>(
  options: GraphqlHandlerOptions<TContext>,
): Promise<GraphqlHandler> {
  const apollo = createApollo(options);
  await apollo.start();
  return {
    async handle(request, response, signal) {
      const mediaType = chooseMediaType(request.headers.accept);
      if (mediaType === null) {
        throw new HttpProblem(406, 'Answers are application/graphql-response+json or application/json.');
      }
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: await toApolloRequest(request, options),
        context: () => createCarriedContext(options, { request, signal, mediaType }),
      });
      send(response, answer);
    },
    [Symbol.asyncDispose]: () => apollo.stop(),
  };
}

function createApollo<TContext extends object>({
  pipeline,
  log,
}: GraphqlHandlerOptions<TContext>): ApolloServer<CarriedContext<TContext>> {
  return new ApolloServer<CarriedContext<TContext>>({
    schema: pipeline.schema,
    nodeEnv: 'production',
    introspection: true, // the pipeline decides
    documentStore: null, // the pipeline reads documents
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
    formatError: (_formatted, error) => pipeline.formatError(error).formatted,
    plugins: [
      pipelinePlugin(pipeline, log),
      // Each of these would else be switched on by the environment or by default.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

async function toApolloRequest<TContext extends object>(
  request: IncomingMessage,
  { pipeline, maxBodyBytes }: GraphqlHandlerOptions<TContext>,
): Promise<HTTPGraphQLRequest> {
  const headers = new HeaderMap();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    headers.set(name, values?.join(', ') ?? '');
  }
  const method = request.method ?? 'GET';
  const search = /\?.*$/s.exec(request.url ?? '')?.[0] ?? '';
  if (method !== 'POST') return { method, headers, search: withQuery(search, pipeline), body: undefined };
  const body = await readJsonBody(request, maxBodyBytes);
  if (isRecord(body)) body['query'] = pipeline.findQuery(body);
  return { method, headers, search, body };
}

/** The parameters of a GET, the document that `documentId` names as its `query`: Apollo knows no documentId. */
function withQuery(search: string, { findQuery }: Pick<OperationPipeline<object>, 'findQuery'>): string {
  const parameters = new URLSearchParams(search);
  const ids = parameters.getAll('documentId');
  if (ids.length === 0) return search;
  const query = findQuery({ query: parameters.get('query'), documentId: ids.length > 1 ? ids : ids[0] });
  if (typeof query === 'string') parameters.set('query', query);
  return `?${parameters.toString()}`;
}

async function createCarriedContext<TContext extends object>(
  { pipeline, verify, pace, createContext }: GraphqlHandlerOptions<TContext>,
  { request, signal, mediaType }: { request: IncomingMessage; signal: AbortSignal; mediaType: MediaType },
): Promise<CarriedContext<TContext>> {
  try {
    const token = parseBearerToken(request.headersDistinct['authorization']);
    const address = pace.addressOf(request);
    const principal = token === null ? null : await verify(token, address);
    pace.countUser(principal);
    return {
      context: createContext({ principal, signal, transport: 'http', carriers: [request.headers] }),
      mediaType,
      countCost: (cost) => pace.countCost({ address, principal }, cost),
    };
  } catch (thrown) {
    const error = toGraphQLError(thrown);
    const correlationId = pipeline.noteRefusedToken(error, { userId: null, transport: 'http' });
    const { status, headers } = pipeline.formatError(error);
    const entries = Object.entries({ ...headers, [CORRELATION_HEADER]: correlationId });
    // Where Apollo looks for the status of an error; it is not shown.
    Object.assign(error.extensions, { http: { status, headers: new HeaderMap(entries) } });
    throw error;
  }
}

function send(response: ServerResponse, { status, headers, body }: HTTPGraphQLResponse): void {
  if (body.kind !== 'complete') throw new Error('An answer in parts was not asked for.');
  if (response.destroyed) return;
  response.writeHead(status ?? 200, {
    ...Object.fromEntries(headers),
    'content-length': Buffer.byteLength(body.string),
  });
  response.end(body.string);
}
