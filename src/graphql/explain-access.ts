import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';

import { type Caller } from '../directive/caller.ts';
import { type AccessList, explainPlan } from '../directive/explain-plan.ts';
import { type OperationPlan, type PlannedField } from '../directive/plan-node.ts';
import { type SchemaViews } from '../directive/schema-views.ts';
import { writtenParents } from '../directive/written-parents.ts';
import { InvalidDocumentError } from '../errors.ts';
import { toAmbitError } from './format-error.ts';

/** An operation as it would be sent. */
export interface AccessQuestion {
  readonly operation: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What an operation asks of one caller. */
export interface AccessReport extends AccessList {
  /** Whether it would be executed, were it sent now. */
  readonly admitted: boolean;
}

export interface AccessInput {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly plan: OperationPlan;
  readonly caller: Caller;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly views: SchemaViews;
}

/** The guarded places of the operation. A type that the document does not name is told to those alone who see it. */
export function explainAccess({ schema, document, plan, caller, variables, views }: AccessInput): AccessList {
  const parents = writtenParents(schema, document);
  const view = views.viewOf(caller.grants);
  const tell = ({ node, coordinate, definition }: PlannedField): string => {
    const written = parents.get(node);
    const [typeName = ''] = coordinate.split('.');
    const isTellable = written === undefined || written === typeName || view.getType(typeName) !== undefined;
    return isTellable ? coordinate : `${written}.${definition.name}`;
  };
  return explainPlan(plan, { caller, variables, tell });
}

/** What refuses an operation before anybody's rights are looked at, as an error of a field. */
export function toAccessError(error: unknown): unknown {
  const known = toAmbitError(error);
  if (known !== null) return known;
  if (!(error instanceof GraphQLError)) return error;
  const { message, locations = [] } = error;
  const code = error.extensions['code'];
  if (code !== 'GRAPHQL_PARSE_FAILED' && code !== 'GRAPHQL_VALIDATION_FAILED') return error;
  return new InvalidDocumentError({ code, message, locations });
}
