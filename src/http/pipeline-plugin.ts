import {
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import { type DocumentNode, parse } from 'graphql';

import { toGraphQLError } from '../graphql/format-error.ts';
import type { AdmittedOperation } from '../graphql/decide-operation.ts';
import type { OperationAnswer, OperationPipeline } from '../graphql/operation.ts';
import type { Results } from '../graphql/run-within.ts';
import type { ReadDocument } from '../graphql/read-document.ts';
import type { Logger } from '../lib/logger.ts';
import type { MediaType } from './media-type.ts';

/** The context as Apollo carries it: Apollo clones the outer object for every request and leaves the inner one as it is. */
export interface CarriedContext<TContext> {
  readonly context: TContext;
  readonly mediaType: MediaType;
  /** Throws `LimitExceededError` when the caller has asked for too much. */
  countCost(cost: number): void;
}

/** Names the operation to the caller, as it is named in the log and in the audit log. */
export const CORRELATION_HEADER = 'x-correlation-id';

/** Stands for a document that was refused: Apollo must not read that one itself. */
const REFUSED = parse('{ __typename }');

/**
 * Puts the pipeline in the place of Apollo's own parsing, validation and execution, so that an operation meets the same
 * checks as over the websocket: (1) the text is read and the document set, which Apollo then takes as parsed and validated;
 * (2) Apollo refuses what HTTP forbids, as a mutation by GET; (3) admitted and run, the answer set as the response.
 */
export function pipelinePlugin<TContext extends object>(
  pipeline: OperationPipeline<TContext>,
  log: Logger,
): ApolloServerPlugin<CarriedContext<TContext>> {
  return {
    async requestDidStart() {
      let read: ReadDocument | null = null;
      return {
        async didResolveSource(request) {
          read = pipeline.readDocument(request.source);
          // Apollo declares it read-only for plugins, and parses only what is not there.
          (request as { document?: DocumentNode }).document = read.document ?? REFUSED;
        },
        async responseForOperation(request) {
          // Never null here: Apollo resolves the source first.
          const answer = await answerRequest(pipeline, read ?? pipeline.readDocument(''), request);
          return toResponse(answer, request.contextValue.mediaType);
        },
      };
    },
    async unexpectedErrorProcessingRequest({ error }) {
      log.error({ err: error }, 'the HTTP library failed');
    },
  };
}

async function answerRequest<TContext extends object>(
  pipeline: OperationPipeline<TContext>,
  read: ReadDocument,
  { request, contextValue }: GraphQLRequestContext<CarriedContext<TContext>>,
): Promise<OperationAnswer> {
  const { admitted, errors, correlationId } = pipeline.admit(read, {
    operationName: request.operationName,
    variables: request.variables,
    context: contextValue.context,
    canStream: false,
  });
  const result = admitted === null ? { errors } : await runCounted(pipeline, admitted, contextValue);
  if (Symbol.asyncIterator in result) throw new Error('A subscription was admitted where none can stream.');
  const answer = pipeline.answer(result);
  return { ...answer, headers: { ...answer.headers, [CORRELATION_HEADER]: correlationId } };
}

/** A caller who has asked for too much is told so in the place of a result. */
async function runCounted<TContext extends object>(
  pipeline: OperationPipeline<TContext>,
  admitted: AdmittedOperation<TContext>,
  { countCost }: CarriedContext<TContext>,
): Promise<Results> {
  try {
    countCost(admitted.cost);
  } catch (error) {
    return { errors: [toGraphQLError(error)] };
  }
  return await pipeline.run(admitted);
}

function toResponse({ result, status, headers }: OperationAnswer, mediaType: MediaType): GraphQLResponse {
  const type: [string, string] = ['content-type', `${mediaType}; charset=utf-8`];
  return {
    body: { kind: 'single', singleResult: result },
    http: { status, headers: new HeaderMap([...Object.entries(headers), type]) },
  };
}
