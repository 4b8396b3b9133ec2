import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  subscribe,
} from 'graphql';

import { type Judgement, judgePlan } from '../directive/judge-plan.ts';
import { planOperation } from '../directive/operation-plan.ts';
import { toRefusalError } from '../directive/refusal-error.ts';
import { UnauthenticatedError } from '../errors.ts';
import type { Logger } from '../lib/logger.ts';
import { isLargerThan } from '../lib/is-larger-than.ts';
import { toWellFormedJson } from '../lib/to-well-formed-json.ts';
import type { GrantSet } from '../scope/grant-set.ts';
import { asksIntrospection } from './asks-introspection.ts';
import { coerceVariables } from './coerce-variables.ts';
import {
  chooseErrorHead,
  createErrorFormatter,
  type ErrorFormatter,
  toGraphQLError,
} from './format-error.ts';
import { assertPageLimits } from './limit-pages.ts';
import { findExceededVariable } from './limit-variables.ts';
import { DEFAULT_LIMITS, exceeds, type Limits } from './limits.ts';
import { createDocumentReader, type ReadDocument } from './read-document.ts';
import { untilRevoked } from './until-revoked.ts';

export interface OperationPipelineOptions<TContext> {
  /** As `guardSchema` gave it. */
  readonly schema: GraphQLSchema;
  /** `null`: no token. May throw `UnauthenticatedError`: the token has expired since. */
  principalOf(context: TContext): { readonly grants: GrantSet } | null;
  /** Calls back when the caller's token is revoked; returns what calls that off. Default: never. */
  onRevoked?(context: TContext, callback: () => void): () => void;
  /** Those left out are of `DEFAULT_LIMITS`. */
  readonly limits?: Partial<Limits>;
  /** `token`: for any valid token; `off`: for nobody. */
  readonly introspection: 'token' | 'off';
  readonly log: Logger;
  /** Names an internal error for the caller and the log; a random UUID by default. */
  readonly newCorrelationId?: () => string;
}

export interface OperationRequest<TContext> {
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: TContext;
  /** Whether the transport can carry more than one result; a subscription is refused where it cannot. */
  readonly canStream: boolean;
}

export interface AdmittedOperation<TContext> {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As sent: executing coerces them again. */
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly contextValue: TContext;
}

export type Admission<TContext> =
  | { readonly admitted: AdmittedOperation<TContext>; readonly errors: null }
  | { readonly admitted: null; readonly errors: readonly GraphQLError[] };

/** A result with its errors formatted, and the HTTP status and headers it has where there are such. */
export interface OperationAnswer {
  readonly result: FormattedExecutionResult;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What every operation goes through, whatever carried it: read (size, parse, limits, validation) → admit (choice of the
 * operation, variables, pages, authorization) → run → answer (errors formatted). None of these throws for what a caller sent.
 */
export interface OperationPipeline<TContext> {
  readonly schema: GraphQLSchema;
  readDocument(query: string): ReadDocument;
  admit(read: ReadDocument, request: OperationRequest<TContext>): Admission<TContext>;
  /**
   * The result of a query or mutation, or one result per event of a subscription; the source may still throw. A query or mutation whose
   * caller's token is revoked meanwhile ends at once, without data.
   */
  run(
    admitted: AdmittedOperation<TContext>,
  ): Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, void>>;
  answer(result: ExecutionResult): OperationAnswer;
  readonly formatError: ErrorFormatter;
}

/** The pipeline over `schema`. Make one per server: it keeps the documents it has read. */
export function createOperationPipeline<TContext>(
  options: OperationPipelineOptions<TContext>,
): OperationPipeline<TContext> {
  const { schema } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const formatError = createErrorFormatter(options);
  return {
    schema,
    formatError,
    readDocument: createDocumentReader(schema, limits),
    admit(read, request) {
      try {
        if (read.errors !== null) return { admitted: null, errors: read.errors };
        return admit(read.document, request, { ...options, limits });
      } catch (error) {
        return { admitted: null, errors: [toGraphQLError(error)] };
      }
    },
    async run({ operation, ...args }) {
      const run = operation.operation === 'subscription' ? subscribe : execute;
      const operationName = operation.name?.value ?? null;
      const perform = async () => await run({ schema, ...args, operationName, hideSuggestions: true });
      const { onRevoked } = options;
      try {
        if (onRevoked === undefined || operation.operation === 'subscription') return await perform();
        return await untilRevoked(perform, (callback) => onRevoked(args.contextValue, callback));
      } catch (error) {
        return { errors: [toGraphQLError(error)] };
      }
    },
    answer({ data, errors }) {
      if (!isLargerThan(data, limits.resultCharacters)) return answer(data, errors, formatError);
      const tooLarge = toGraphQLError(exceeds('resultCharacters', limits.resultCharacters));
      return answer(undefined, [tooLarge], formatError);
    },
  };
}

function admit<TContext>(
  document: DocumentNode,
  request: OperationRequest<TContext>,
  options: OperationPipelineOptions<TContext> & { readonly limits: Limits },
): Admission<TContext> {
  const { schema, limits } = options;
  const operation = chooseOperation(document, request);
  const variableValues = readVariables(request.variables ?? {}, limits);
  const coerced = coerceVariables(schema, operation, variableValues);
  if (coerced.errors !== null) return { admitted: null, errors: coerced.errors };
  const variables = coerced.values;
  assertPageLimits({ schema, document, operation, variables, maxItems: limits.pageItems });
  const principal = options.principalOf(request.context);
  if (asksIntrospection(document, operation)) assertIntrospection(options.introspection, principal);
  const judgement = judgePlan(planOperation(schema, document, operation), { principal, variables });
  if (isRefused(operation, judgement)) return { admitted: null, errors: toErrors(judgement) };
  return { admitted: { document, operation, variableValues, contextValue: request.context }, errors: null };
}

function chooseOperation<TContext>(
  document: DocumentNode,
  { operationName, canStream }: OperationRequest<TContext>,
): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    throw invalid(
      operationName
        ? 'The document has no operation of that name.'
        : 'operationName must say which operation to run.',
    );
  }
  if (operation.operation === 'subscription' && !canStream) {
    throw invalid('A subscription runs over a websocket (graphql-transport-ws) at this address.');
  }
  return operation;
}

function readVariables(
  variables: Readonly<Record<string, unknown>>,
  limits: Limits,
): Readonly<Record<string, unknown>> {
  const exceeded = findExceededVariable(variables, limits);
  if (exceeded !== null) throw exceeded;
  // An object stays one: toWellFormedJson keeps the shape of its argument.
  return toWellFormedJson(variables) as Readonly<Record<string, unknown>>;
}

/** `__schema` and `__type` are non-null, so they cannot be refused by themselves: the whole operation is. */
function assertIntrospection(introspection: 'token' | 'off', principal: object | null): void {
  if (introspection === 'off') throw invalid('Introspection is switched off.');
  if (principal === null) throw new UnauthenticatedError('missing', 'Introspection needs a bearer token.');
}

/** A mutation with any refused field runs nothing; others go on without the refused fields, unless nothing is left. */
function isRefused({ operation }: OperationDefinitionNode, judgement: Judgement): boolean {
  return judgement.allRootFieldsRefused || (operation === 'mutation' && judgement.anyRefused);
}

function toErrors({ refusals }: Judgement): GraphQLError[] {
  return refusals.map((refusal) => toGraphQLError(toRefusalError(refusal), refusal.path));
}

function invalid(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
}

function answer(
  data: ExecutionResult['data'],
  errors: ExecutionResult['errors'],
  formatError: ErrorFormatter,
): OperationAnswer {
  const shown = data === undefined ? {} : { data };
  if (errors === undefined || errors.length === 0) return { result: shown, status: 200, headers: {} };
  const answers = errors.map(formatError);
  const result = { errors: answers.map(({ formatted }) => formatted), ...shown };
  if (data !== undefined && data !== null) return { result, status: 200, headers: {} };
  return { result, ...chooseErrorHead(answers) };
}
