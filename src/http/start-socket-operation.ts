import type { ExecutionArgs, GraphQLError } from 'graphql';

import { LimitExceededError, UnauthenticatedError } from '../errors.ts';
import type { OperationPipeline } from '../graphql/operation.ts';
import { refusesStream } from '../graphql/refuses-stream.ts';
import { isRecord } from '../lib/is-record.ts';
import { NO_LONGER_NEEDED } from '../lib/no-longer-needed.ts';
import type { CallerPace } from './caller-pace.ts';
import type { ContextInput } from './context-input.ts';
import { OperationStream } from './operation-stream.ts';
import type { SocketConnection } from './socket-connection.ts';

/** Characters of an operation's id, which every message about it repeats. */
const MAX_ID_LENGTH = 128;

export interface SocketOperation {
  readonly id: string;
  /** Operations of the socket that have not ended, this one included. */
  readonly running: number;
  readonly query: string;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface StartSocketOperationOptions<TContext extends object> {
  readonly pipeline: OperationPipeline<TContext>;
  createContext(input: ContextInput): TContext;
  readonly pace: CallerPace;
  readonly maxOperations: number;
  readonly now: () => Date;
}

export type StartedSocketOperation =
  | { readonly args: ExecutionArgs; readonly stream: OperationStream; readonly errors: null }
  | { readonly args: null; readonly errors: readonly GraphQLError[] };

/**
 * The stream of an operation that the pipeline admits, not yet pulled from, or its errors. Throws `LimitExceededError` for one
 * too many on the socket or of its caller, and `UnauthenticatedError` once the socket's token has expired, which closes it as well.
 */
export function startSocketOperation<TContext extends object>(
  connection: SocketConnection,
  operation: SocketOperation,
  options: StartSocketOperationOptions<TContext>,
): StartedSocketOperation {
  assertMayStart(connection, operation, options);
  const { pipeline, pace, createContext } = options;
  pace.countOperation(connection);
  const controller = new AbortController();
  const { admitted, errors } = pipeline.admit(pipeline.readDocument(String(pipeline.findQuery(operation))), {
    operationName: operation.operationName,
    variables: operation.variables,
    context: createContext({
      get principal() {
        return connection.principal;
      },
      signal: controller.signal,
      transport: 'websocket',
      carriers: [toRecord(operation.extensions), ...connection.carriers],
    }),
    canStream: true,
  });
  if (errors !== null) {
    controller.abort(NO_LONGER_NEEDED);
    return { args: null, errors };
  }
  pace.countCost(connection, admitted.cost);
  const { document, variableValues, contextValue } = admitted;
  const isSubscription = admitted.operation.operation === 'subscription';
  const operationName = operation.operationName ?? null;
  const stream: OperationStream = new OperationStream({
    start: () => pipeline.run(admitted),
    controller,
    ready: () => connection.ready(),
    refuses: (result) => isSubscription && refusesStream(result),
    onEnd: () => connection.streams.delete(stream),
  });
  connection.streams.add(stream);
  return {
    args: { schema: pipeline.schema, document, operationName, variableValues, contextValue },
    stream,
    errors: null,
  };
}

/** What a client sent as extensions, where that is an object. */
function toRecord(extensions: unknown): Readonly<Record<string, unknown>> {
  return isRecord(extensions) ? extensions : {};
}

function assertMayStart(
  connection: SocketConnection,
  { id, running }: SocketOperation,
  { maxOperations, now }: { readonly maxOperations: number; readonly now: () => Date },
): void {
  if (id.length > MAX_ID_LENGTH) {
    connection.closeWith(4400);
    throw new LimitExceededError('idLength', 'The operation id is too long.', { status: 400 });
  }
  if (connection.principal !== null && connection.principal.validUntil <= now()) {
    connection.closeWith(4403, 'Token expired');
    throw new UnauthenticatedError('invalid', 'The token has expired.');
  }
  if (running > maxOperations) {
    const message = `The socket goes beyond the limit operationsPerSocket (${maxOperations}).`;
    throw new LimitExceededError('operationsPerSocket', message, { status: 429 });
  }
}
