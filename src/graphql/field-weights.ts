import { type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';

/** What a field counts in an operation's cost by itself, by coordinate (`Type.field`); those not named count 1. */
export type FieldWeights = Readonly<Record<string, number>>;

/**
 * The fields of Ambit's API that stand for more than a value at hand: rows with long texts, work that is begun, a question to
 * the database.
 */
export const FIELD_WEIGHTS: FieldWeights = {
  // Whatever a mutation does, the audit log has written it down before, and keeps that for long.
  'Mutation.runAgent': 1000,
  'Mutation.cancelRun': 1000,
  'Mutation.continueRun': 1000,
  'Mutation.createSession': 1000,
  'Mutation.renameSession': 1000,
  'Mutation.deleteSession': 1000,
  'Mutation.eraseUser': 1000,
  'Mutation.revokeTokens': 1000,
  // A document within the document, read and judged as one that is sent.
  'Query.explainAccess': 1000,
  // Every place of the schema, judged.
  'Query.accessMap': 1000,
  'Query.health': 10,
  'RunEdge.node': 4,
  'MessageEdge.node': 4,
  'ApprovalEdge.node': 4,
  'AuditEdge.node': 4,
  'RunFinished.run': 4,
  'Run.toolCalls': 4,
  'Run.pendingApprovals': 4,
};

/** Throws `TypeError` when a weight is of a field that `schema` does not have, or is no whole number from 0. */
export function assertFieldWeights(schema: GraphQLSchema, weights: FieldWeights): void {
  for (const [coordinate, weight] of Object.entries(weights)) {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const hasField =
      (isObjectType(type) || isInterfaceType(type)) && Object.hasOwn(type.getFields(), fieldName);
    if (!hasField) throw new TypeError(`There is a weight for "${coordinate}", which the schema lacks.`);
    if (!Number.isSafeInteger(weight) || weight < 0) {
      throw new TypeError(`The weight of "${coordinate}" must be a whole number from 0.`);
    }
  }
}
