import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import { type Caller } from '../directive/caller.ts';
import { CostExceededError, UnauthenticatedError } from '../errors.ts';
import { toWellFormedJson } from '../lib/to-well-formed-json.ts';
import { asksIntrospection } from './asks-introspection.ts';
import { coerceVariables } from './coerce-variables.ts';
import { type FieldWeights } from './field-weights.ts';
import { findExceededVariable } from './limit-variables.ts';
import { type Limits } from './limits.ts';
import { type OperationTrace } from './operation-audit.ts';
import { estimateCost } from './operation-cost.ts';

export interface OperationRequest<TContext> {
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: TContext;
  /** Whether the transport can carry more than one result; a subscription is refused where it cannot. */
  readonly canStream: boolean;
}

export interface ExaminationOptions<TContext> {
  readonly schema: GraphQLSchema;
  /** `null`: no token. May throw `UnauthenticatedError`: the token has expired since. */
  principalOf(context: TContext): Caller | null;
  readonly limits: Limits;
  readonly weights: FieldWeights;
  /** `token`: for any valid token; `off`: for nobody. */
  readonly introspection: 'token' | 'off';
  /** `null`: the operation is only asked about. */
  readonly trace: OperationTrace | null;
}

/** An operation that nothing is said against, whoever asks. */
export interface ExaminedOperation {
  readonly operation: OperationDefinitionNode;
  /** As sent. */
  readonly variableValues: Readonly<Record<string, unknown>>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** As `estimateCost` says. */
  readonly cost: number;
  /** `null`: no token. */
  readonly principal: Caller | null;
}

export type Examination =
  | { readonly examined: ExaminedOperation; readonly errors: null }
  | { readonly examined: null; readonly errors: readonly [GraphQLError, ...GraphQLError[]] };

/**
 * What can be said against an operation before it is judged whether the caller may: the choice of it, its variables, its cost, and
 * introspection where that is closed. Throws an error of ours, or a `GraphQLError`, for all but variables.
 */
export function examineOperation<TContext>(
  document: DocumentNode,
  request: OperationRequest<TContext>,
  options: ExaminationOptions<TContext>,
): Examination {
  const { schema, limits, weights, trace } = options;
  const operation = chooseOperation(document, request);
  const variableValues = readVariables(request.variables ?? {}, limits);
  const coerced = coerceVariables(schema, operation, variableValues);
  if (coerced.errors !== null) return { examined: null, errors: coerced.errors };
  const variables = coerced.values;
  trace?.choose({ schema, document, operation, variables });
  const cost = estimateCost({ schema, document, operation, variables, weights });
  if (cost > limits.cost) throw new CostExceededError(cost, limits.cost);
  const principal = options.principalOf(request.context);
  if (asksIntrospection(document, operation)) {
    if (trace !== null) trace.deciding = INTROSPECTION;
    assertIntrospection(options.introspection, principal);
    if (trace !== null) trace.deciding = null;
  }
  return { examined: { operation, variableValues, variables, cost, principal }, errors: null };
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

/** What the audit log calls it. */
const INTROSPECTION = 'Query.__schema';

/** `__schema` and `__type` are non-null, so they cannot be refused by themselves: the whole operation is. */
function assertIntrospection(introspection: 'token' | 'off', principal: Caller | null): void {
  if (introspection === 'off') throw invalid('Introspection is switched off.');
  requireToken(principal, 'Introspection');
}

/** @throws UnauthenticatedError without a token, telling what needs one. */
export function requireToken(caller: Caller | null, asked: string): Caller {
  if (caller === null) throw new UnauthenticatedError('missing', `${asked} needs a bearer token.`);
  return caller;
}

function invalid(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
}
