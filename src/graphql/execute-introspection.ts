import {
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import { splitIntrospection } from './split-introspection.ts';

export interface IntrospectionInput extends Omit<ExecutionArgs, 'operationName' | 'schema'> {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** What everything but the introspection is executed on. */
  readonly schema: GraphQLSchema;
  /** What the introspection tells of. */
  readonly view: GraphQLSchema;
}

/**
 * Executes an operation that asks for `__schema` or `__type`: these on the view, all else on the schema itself, with the
 * answer of one operation.
 */
export async function executeIntrospection(input: IntrospectionInput): Promise<ExecutionResult> {
  const { document, operation, schema, view, ...args } = input;
  const { introspection, rest, keys } = splitIntrospection(document, operation);
  const told = await execute({ ...args, schema: view, document: introspection });
  if (rest === null) return told;
  return merge(told, await execute({ ...args, schema, document: rest }), keys);
}

function merge(told: ExecutionResult, others: ExecutionResult, keys: readonly string[]): ExecutionResult {
  const errors = [...(told.errors ?? []), ...(others.errors ?? [])];
  const shownErrors = errors.length === 0 ? {} : { errors };
  const failed = [told, others].find(({ data }) => data === undefined || data === null);
  if (failed !== undefined) return { ...failed, ...shownErrors };
  const all: Record<string, unknown> = { ...told.data, ...others.data };
  const data: Record<string, unknown> = Object.create(null);
  for (const key of keys) if (Object.hasOwn(all, key)) data[key] = all[key];
  return { data, ...shownErrors };
}
