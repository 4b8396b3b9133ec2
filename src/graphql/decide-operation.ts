import type { DocumentNode, GraphQLError, OperationDefinitionNode } from 'graphql';

import { type Judgement, judgePlan } from '../directive/judge-plan.ts';
import { planOperation } from '../directive/operation-plan.ts';
import { toRefusalError } from '../directive/refusal-error.ts';
import { withoutStacks } from '../lib/without-stacks.ts';
import { type ExaminationOptions, examineOperation, type OperationRequest } from './examine-operation.ts';
import { toGraphQLError } from './format-error.ts';
import type { OperationTrace } from './operation-audit.ts';
import type { ReadDocument } from './read-document.ts';

export interface AdmittedOperation<TContext> {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As sent: executing coerces them again. */
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly contextValue: TContext;
  readonly correlationId: string;
  /** As `estimateCost` says. */
  readonly cost: number;
  /** When it was read, as `performance.now()` gives it. */
  readonly startedAt: number;
}

/** An operation that may run, or why none may. */
export type Decision<TContext> =
  | { readonly admitted: AdmittedOperation<TContext>; readonly errors: null }
  | { readonly admitted: null; readonly errors: readonly GraphQLError[] };

export type AdmitOptions<TContext> = ExaminationOptions<TContext> & {
  readonly trace: OperationTrace;
  readonly startedAt: number;
};

/** Chooses the operation, examines it and judges it by its caller's scopes. Whatever is wrong with it is among the errors. */
export function decideOperation<TContext extends object>(
  read: ReadDocument,
  request: OperationRequest<TContext>,
  options: AdmitOptions<TContext>,
): Decision<TContext> {
  try {
    if (read.errors !== null) return { admitted: null, errors: read.errors };
    return admit(read.document, request, options);
  } catch (error) {
    return { admitted: null, errors: [toGraphQLError(error)] };
  }
}

function admit<TContext extends object>(
  document: DocumentNode,
  request: OperationRequest<TContext>,
  options: AdmitOptions<TContext>,
): Decision<TContext> {
  const { examined, errors } = examineOperation(document, request, options);
  if (examined === null) return { admitted: null, errors };
  const { operation, variableValues, variables, cost, principal } = examined;
  const judgement = judgePlan(planOperation(options.schema, document, operation), { principal, variables });
  if (isRefused(operation, judgement)) return { admitted: null, errors: toErrors(judgement) };
  const { trace, startedAt } = options;
  const { correlationId } = trace;
  const contextValue = request.context;
  const admitted = { document, operation, variableValues, contextValue, correlationId, cost, startedAt };
  return { admitted, errors: null };
}

/** Whether nothing of it may run. A mutation with any refused field runs nothing; others go on without the refused fields, unless nothing is left. */
export function isRefused({ operation }: OperationDefinitionNode, judgement: Judgement): boolean {
  return judgement.allRootFieldsRefused || (operation === 'mutation' && judgement.anyRefused);
}

function toErrors({ refusals }: Judgement): GraphQLError[] {
  return withoutStacks(() =>
    refusals.map((refusal) => toGraphQLError(toRefusalError(refusal), refusal.path)),
  );
}
