import { execute, type GraphQLSchema, subscribe } from 'graphql';

import type { Caller } from '../directive/caller.ts';
import type { SchemaViews } from '../directive/schema-views.ts';
import { asksIntrospection } from './asks-introspection.ts';
import type { AdmittedOperation } from './decide-operation.ts';
import { requireToken } from './examine-operation.ts';
import { executeIntrospection } from './execute-introspection.ts';
import { toGraphQLError } from './format-error.ts';
import type { Limits } from './limits.ts';
import { type Results, runWithin } from './run-within.ts';
import { untilRevoked } from './until-revoked.ts';

export interface PerformerOptions<TContext extends object> {
  readonly schema: GraphQLSchema;
  readonly views: SchemaViews;
  readonly limits: Pick<Limits, 'mutationMs' | 'queryMs'>;
  /** As `OperationPipelineOptions`. */
  principalOf(context: TContext): Caller | null;
  /** As `OperationPipelineOptions`. */
  onRevoked?(context: TContext, callback: () => void): () => void;
}

/** The result of an operation, or the results of a subscription; what cannot even be started is an error of the result. */
export type PerformOperation<TContext> = (admitted: AdmittedOperation<TContext>) => Promise<Results>;

/** What performs the operations that were admitted, each within its time and as long as its caller's token is not revoked. */
export function createPerformer<TContext extends object>({
  schema,
  views,
  limits,
  principalOf,
  onRevoked,
}: PerformerOptions<TContext>): PerformOperation<TContext> {
  return async ({ operation, document, variableValues, contextValue }) => {
    const args = { schema, document, variableValues, contextValue, hideSuggestions: true };
    const ms = operation.operation === 'mutation' ? limits.mutationMs : limits.queryMs;
    const operationName = operation.name?.value ?? null;
    const perform = async (): Promise<Results> => {
      if (!asksIntrospection(document, operation))
        return await runWithin(ms, execute({ ...args, operationName }));
      const { grants } = requireToken(principalOf(contextValue), 'Introspection');
      return await runWithin(ms, executeIntrospection({ ...args, operation, view: views.viewOf(grants) }));
    };
    try {
      if (operation.operation === 'subscription')
        return await runWithin(ms, subscribe({ ...args, operationName }));
      if (onRevoked === undefined) return await perform();
      return await untilRevoked(perform, (callback) => onRevoked(contextValue, callback));
    } catch (error) {
      return { errors: [toGraphQLError(error)] };
    }
  };
}
