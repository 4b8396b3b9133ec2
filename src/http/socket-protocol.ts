import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import { makeServer, type Server } from 'graphql-ws';

import { toGraphQLError } from '../graphql/format-error.ts';
import { acceptSocket, type AcceptSocketOptions } from './accept-socket.ts';
import type { CallerPace } from './caller-pace.ts';
import type { ContextInput } from './context-input.ts';
import { type OperationStream, RefusedOperation } from './operation-stream.ts';
import type { OperationPipeline } from '../graphql/operation.ts';
import type { SocketConnection } from './socket-connection.ts';
import { startSocketOperation } from './start-socket-operation.ts';

export interface SocketProtocolOptions<TContext extends object> extends AcceptSocketOptions {
  readonly pipeline: OperationPipeline<TContext>;
  createContext(input: ContextInput): TContext;
  readonly pace: CallerPace;
  readonly maxOperations: number;
}

/**
 * graphql-transport-ws over the pipeline: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. No hook throws, since
 * graphql-ws would close the socket with every other operation on it. Its hooks for endings are not used: they wait for
 * sources that may never end.
 */
export function createSocketProtocol<TContext extends object>(
  options: SocketProtocolOptions<TContext>,
): Server<SocketConnection> {
  const { pipeline } = options;
  /** The stream of each operation that was admitted, by the arguments that graphql-ws hands back. */
  const streams = new WeakMap<ExecutionArgs, OperationStream>();

  function streamOf(args: ExecutionArgs): OperationStream {
    const stream = streams.get(args);
    if (stream === undefined) throw new Error('An operation is run that was not admitted.');
    return stream;
  }

  return makeServer<Record<string, unknown>, SocketConnection>({
    connectionInitWaitTimeout: 0, // the connection's own deadline covers verification as well
    onConnect: ({ extra, connectionParams }) => acceptSocket(extra, connectionParams, options),
    onSubscribe({ extra, subscriptions }, id, payload) {
      try {
        const running = Object.keys(subscriptions).length;
        const started = startSocketOperation(extra, { id, running, ...payload }, options);
        if (started.errors !== null) return started.errors;
        streams.set(started.args, started.stream);
        return started.args;
      } catch (error) {
        pipeline.noteRefusedToken(error, { userId: extra.principal?.id ?? null, transport: 'websocket' });
        return [toGraphQLError(error)];
      }
    },
    execute: streamOf,
    subscribe: streamOf,
    // The two libraries write one and the same result type with and without exact optional properties.
    onNext: (...[, , , , result]) => pipeline.answer(result as ExecutionResult).result,
    onError: (...[, , , errors]) => toldErrors(errors).map((error) => pipeline.formatError(error).formatted),
  });
}

function toldErrors(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const cause = errors[0]?.originalError;
  return cause instanceof RefusedOperation ? cause.errors : errors;
}
