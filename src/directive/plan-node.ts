import { type FieldNode, type GraphQLField, type OperationDefinitionNode } from 'graphql';

import { type FieldRule } from './field-rule.ts';
import { type InputPlace } from './input-rule.ts';

/**
 * What an operation asks for, whoever asks: the guarded fields that it selects on each concrete type, and the way to
 * them. It is a graph, not a tree: each selection set of the document stands in it once per concrete type, however many
 * fragment spreads lead there, so its size is bounded by the document's times the number of types.
 */
export interface OperationPlan {
  readonly operation: OperationDefinitionNode['operation'];
  readonly root: PlanNode;
}

/** One selection set read on one object type; what leads to no guarded field is left out, but for root fields. */
export interface PlanNode {
  readonly typeName: string;
  readonly selections: readonly PlanSelection[];
}

/** What stands in a planned selection set, in document order. */
export type PlanSelection = PlannedField | PlannedFragment;

/** A field that is guarded, takes input that is, leads to a guarded one, or stands at the root. */
export interface PlannedField {
  readonly type: 'field';
  /** The response key. */
  readonly key: string;
  /** `Type.field`. */
  readonly coordinate: string;
  /** `null`: the field itself asks for nothing. */
  readonly rule: FieldRule | null;
  /** The arguments that have a rule or lead to one; whether they are used the variables tell. */
  readonly inputs: readonly InputPlace[];
  readonly conditions: readonly Condition[];
  /** One for each object type that the value can have. */
  readonly children: readonly PlanNode[];
  readonly node: FieldNode;
  readonly definition: GraphQLField<unknown, unknown>;
}

/** A fragment that applies to the type; it stands at the path of what surrounds it. */
export interface PlannedFragment {
  readonly type: 'fragment';
  readonly conditions: readonly Condition[];
  readonly children: readonly PlanNode[];
}

/** `@skip` or `@include`. The selection is left out when the value is `leavesOut`. */
export interface Condition {
  readonly leavesOut: boolean;
  readonly value: boolean | { readonly variable: string };
}
