import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

import { type OperationPlan } from './plan-node.ts';
import { Planner } from './planner.ts';

type Plans = WeakMap<DocumentNode, Map<OperationDefinitionNode, OperationPlan>>;
const plansBySchema = new WeakMap<GraphQLSchema, Plans>();

/**
 * The plan of one operation of a validated document, made once per schema, document and operation. Fields, types and
 * fragments that do not exist are left out.
 * @throws TypeError when the schema does not come from `guardSchema`.
 */
export function planOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationPlan {
  const byDocument: Plans = plansBySchema.get(schema) ?? new WeakMap();
  plansBySchema.set(schema, byDocument);
  const plans = byDocument.get(document) ?? new Map<OperationDefinitionNode, OperationPlan>();
  byDocument.set(document, plans);
  const plan = plans.get(operation) ?? new Planner(schema, document).plan(operation);
  plans.set(operation, plan);
  return plan;
}
