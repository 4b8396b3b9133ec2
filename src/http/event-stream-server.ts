import type { IncomingMessage, ServerResponse } from 'node:http';

import type { ExecutionResult } from 'graphql';

import { parseBearerToken } from '../auth/bearer-token.ts';
import { LimitExceededError, UnauthenticatedError, UnavailableError } from '../errors.ts';
import { toGraphQLError } from '../graphql/format-error.ts';
import type { OperationPipeline } from '../graphql/operation.ts';
import { refusesStream } from '../graphql/refuses-stream.ts';
import { callAt } from '../lib/call-at.ts';
import { NO_LONGER_NEEDED } from '../lib/no-longer-needed.ts';
import type { Principal } from '../scope/principal.ts';
import { revoked } from '../scope/revocation-list.ts';
import type { CallerPace } from './caller-pace.ts';
import type { ContextInput } from './context-input.ts';
import { EventStream } from './event-stream.ts';
import type { GuardedVerify } from './guarded-verify.ts';
import type { HoldPrincipalOptions } from './hold-principal.ts';
import type { HttpLimits } from './http-limits.ts';
import { OperationStream, RefusedOperation } from './operation-stream.ts';
import { CORRELATION_HEADER } from './pipeline-plugin.ts';
import { readJsonBody } from './read-body.ts';
import { readOperation, type SentOperation } from './read-operation.ts';
import type { SocketCounts } from './socket-counts.ts';

export interface EventStreamServerOptions<TContext extends object> extends HoldPrincipalOptions {
  readonly pipeline: OperationPipeline<TContext>;
  readonly verify: GuardedVerify;
  readonly pace: CallerPace;
  readonly sockets: SocketCounts;
  readonly limits: HttpLimits;
  createContext(input: ContextInput): TContext;
}

export interface EventStreamServer {
  /** Open streams. */
  readonly size: number;
  /**
   * Answers a POST with a stream of events. Throws `HttpProblem` and errors of ours for what is no GraphQL request, for a token that will
   * not do and for a caller who has too much: those are answered in JSON, with their status. What is wrong with the operation is an event.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends every stream, and refuses others. Clients ask again elsewhere, since nothing says that they are complete. */
  closeAll(): void;
}

/**
 * GraphQL over server-sent events in distinct connections mode, over the pipeline:
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. It is not carried out by the protocol's own library, since that
 * parses and validates by itself, and pulls from a source without regard to whether its client reads.
 */
export function createEventStreamServer<TContext extends object>(
  options: EventStreamServerOptions<TContext>,
): EventStreamServer {
  const { limits, pace, sockets } = options;
  const streams = new Set<EventStream>();
  const keepAlive = setInterval(() => {
    for (const stream of streams) stream.checkAlive();
  }, limits.keepAliveMs).unref();
  let isStopping = false;
  return {
    get size() {
      return streams.size;
    },
    async handle(request, response) {
      const address = pace.addressOf(request);
      sockets.assertRoom(address);
      const stream = new EventStream(response, { address, limits });
      sockets.countAddress(stream);
      const operation = readOperation(await readJsonBody(request, limits.bodyBytes), options.pipeline);
      const principal = await readPrincipal(request, stream, { response, ...options });
      streams.add(stream);
      stream.onceClosed(() => streams.delete(stream));
      if (isStopping) throw new UnavailableError('The server is shutting down.');
      await answer(stream, { operation, principal, carriers: [request.headers] }, options);
    },
    closeAll() {
      isStopping = true;
      clearInterval(keepAlive);
      for (const stream of streams) stream.end();
    },
  };
}

/** Who asks, counted. */
async function readPrincipal<TContext extends object>(
  request: IncomingMessage,
  stream: EventStream,
  {
    response,
    pipeline,
    verify,
    pace,
    sockets,
  }: EventStreamServerOptions<TContext> & { response: ServerResponse },
): Promise<Principal | null> {
  try {
    const token = parseBearerToken(request.headersDistinct['authorization']);
    const principal = token === null ? null : await verify(token, stream.address);
    pace.countUser(principal);
    if (principal !== null && !sockets.countUser(stream, principal.id)) {
      const message = 'The limit socketsPerUser is reached.';
      throw new LimitExceededError('socketsPerUser', message, { status: 429 });
    }
    return principal;
  } catch (thrown) {
    const error = toGraphQLError(thrown);
    response.setHeader(
      CORRELATION_HEADER,
      pipeline.noteRefusedToken(error, { userId: null, transport: 'sse' }),
    );
    throw error;
  }
}

interface Asked {
  readonly operation: SentOperation;
  readonly principal: Principal | null;
  readonly carriers: ContextInput['carriers'];
}

/** Runs an operation to its end, or to that of its stream or its caller's token. */
async function answer<TContext extends object>(
  stream: EventStream,
  { operation, principal, carriers }: Asked,
  options: EventStreamServerOptions<TContext>,
): Promise<void> {
  const { pipeline, pace, createContext } = options;
  const controller = new AbortController();
  const { admitted, errors, correlationId } = pipeline.admit(pipeline.readDocument(operation.query), {
    operationName: operation.operationName,
    variables: operation.variables,
    context: createContext({ principal, signal: controller.signal, transport: 'sse', carriers }),
    canStream: true,
  });
  const tell = (result: ExecutionResult): void => stream.next(pipeline.answer(result).result);
  stream.begin({ [CORRELATION_HEADER]: correlationId });
  try {
    if (errors !== null) throw new RefusedOperation(errors);
    pace.countCost({ address: stream.address, principal }, admitted.cost);
    const isSubscription = admitted.operation.operation === 'subscription';
    const results = new OperationStream({
      start: () => pipeline.run(admitted),
      controller,
      ready: () => stream.ready(),
      refuses: (result) => isSubscription && refusesStream(result),
      onEnd: () => undefined,
    });
    if (stream.ending.aborted) return;
    stream.ending.addEventListener('abort', () => void results.return(), { once: true });
    // What runs for a query is ended by the pipeline.
    const letGo =
      principal === null || !isSubscription ? null : hold(principal, { stream, tell, ...options });
    try {
      for await (const result of results) tell(result);
    } finally {
      letGo?.();
    }
  } catch (error) {
    tell({ errors: error instanceof RefusedOperation ? error.errors : [toGraphQLError(error)] });
  } finally {
    controller.abort(NO_LONGER_NEEDED);
  }
  stream.complete();
}

/** Ends the stream, saying why, when the principal's token expires or is revoked; returns what calls that off. */
function hold(
  principal: Principal,
  {
    stream,
    tell,
    onRevoked,
    now,
  }: HoldPrincipalOptions & { readonly stream: EventStream; tell(result: ExecutionResult): void },
): () => void {
  const end = (error: UnauthenticatedError) => (): void => {
    tell({ errors: [toGraphQLError(error)] });
    stream.complete();
  };
  const expired = new UnauthenticatedError('invalid', 'The token has expired.');
  const callOffs = [callAt(principal.validUntil, end(expired), now)];
  // It may call back at once.
  if (onRevoked !== undefined) callOffs.push(onRevoked(principal, end(revoked())));
  return () => {
    for (const callOff of callOffs) callOff();
  };
}
