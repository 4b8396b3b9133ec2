import {
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import { type DocumentNode, parse } from 'graphql';

import { toGraphQLError } from '../graphql/format-error.ts';
import type { OperationAnswer, OperationPipeline } from '../graphql/operation.ts';
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

/** Stands for a document that was refused: Apollo must not read that one itself. */
const REFUSED = parse('{ __typename }');

/**
 * Puts the pipeline in the place of Apollo's own parsing, validation and execution, so that an operation meets the same
 * checks as over the websocket: (1) the text is read and the document set, which Apollo then takes as parsed and validated;
 * (2) Apollo refuses what HTTP forbids, as a mutation by GET; (3) admitted and run, the answer set as the response.
 */
export function pipelinePlugin<TContext>(
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

async function answerRequest<TContext>(
  pipeline: OperationPipeline<TContext>,
  read: ReadDocument,
  { request, contextValue }: GraphQLRequestContext<CarriedContext<TContext>>,
): Promise<OperationAnswer> {
  const { admitted, errors } = pipeline.admit(read, {
    operationName: request.operationName,
    variables: request.variables,
    context: contextValue.context,
    canStream: false,
  });
  if (admitted === null) return pipeline.answer({ errors });
  try {
    contextValue.countCost(admitted.cost);
  } catch (error) {
    return pipeline.answer({ errors: [toGraphQLError(error)] });
  }
  const result = await pipeline.run(admitted);
  if (Symbol.asyncIterator in result) throw new Error('A subscription was admitted where none can stream.');
  return pipeline.answer(result);
}

function toResponse({ result, status, headers }: OperationAnswer, mediaType: MediaType): GraphQLResponse {
  const type: [string, string] = ['content-type', `${mediaType}; charset=utf-8`];
  return {
    body: { kind: 'single', singleResult: result },
    http: { status, headers: new HeaderMap([...Object.entries(headers), type]) },
  };
}
