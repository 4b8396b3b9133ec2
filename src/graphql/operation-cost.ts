import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLField,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { fragmentsOf } from '../directive/fragments-of.ts';
import { listDepth } from '../directive/list-depth.ts';
import type { FieldWeights } from './field-weights.ts';
import { readPageSize } from './page-size.ts';

/** What a list counts whose length no argument bounds. */
export const ASSUMED_ITEMS = 10;
/** What a subscription counts its one result as often as. */
export const ASSUMED_EVENTS = 100;

export interface CostInput {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly weights: FieldWeights;
}

/**
 * The cost of a selection set: `fixed`, and what comes to it for each item of the page around it. Kept apart so that a
 * fragment is measured once, whatever the sizes of the pages that it is spread in.
 */
interface Cost {
  readonly fixed: number;
  readonly perItem: number;
}

const NOTHING: Cost = { fixed: 0, perItem: 0 };

/**
 * How much work a validated operation can make, from the document, the variables and the schema alone: every field counts
 * its weight, and what is selected below a list counts once for each item. A list directly below a field with `first` or
 * `last` (`edges`) has as many items as that page, any other list `ASSUMED_ITEMS`. A subscription counts as a list of
 * `ASSUMED_EVENTS`. A fragment counts as often as it is spread. `@skip` and `@include` are not looked at, and
 * introspection, which graphql's own rule bounds, counts as one field. Linear in the document, however often fragments are
 * spread (the class of CVE-2025-32030). Throws `InvalidInputError` when a page's size will not do.
 */
export function estimateCost({ schema, document, operation, variables, weights }: CostInput): number {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, Cost>();

  function ofFragment(name: string): Cost {
    const known = measured.get(name);
    const fragment = fragments.get(name);
    if (known !== undefined || fragment === undefined) return known ?? NOTHING;
    const cost = ofSelections(fragment.selectionSet, fragment.typeCondition.name.value);
    measured.set(name, cost);
    return cost;
  }

  function ofField(node: FieldNode, parentType: string): Cost {
    const field = fieldOf(schema, parentType, node.name.value);
    if (field === undefined) return { fixed: 1, perItem: 0 };
    const page = readPageSize(node, field, variables);
    const weight = weights[`${parentType}.${field.name}`] ?? 1;
    const named = getNamedType(field.type);
    if (node.selectionSet === undefined || isLeafType(named)) return { fixed: weight, perItem: 0 };
    const { fixed, perItem } = ofSelections(node.selectionSet, named.name);
    const below = fixed + perItem * (page ?? ASSUMED_ITEMS);
    const depth = listDepth(field.type);
    if (depth === 0) return { fixed: weight + below, perItem: 0 };
    if (page !== null) return { fixed: weight + below * page * ASSUMED_ITEMS ** (depth - 1), perItem: 0 };
    return { fixed: weight, perItem: below * ASSUMED_ITEMS ** (depth - 1) };
  }

  function ofSelections({ selections }: SelectionSetNode, parentType: string): Cost {
    let [fixed, perItem] = [0, 0];
    for (const selection of selections) {
      const cost =
        selection.kind === Kind.FIELD
          ? ofField(selection, parentType)
          : selection.kind === Kind.FRAGMENT_SPREAD
            ? ofFragment(selection.name.value)
            : ofSelections(selection.selectionSet, selection.typeCondition?.name.value ?? parentType);
      fixed += cost.fixed;
      perItem += cost.perItem;
    }
    return { fixed, perItem };
  }

  const root = schema.getRootType(operation.operation);
  if (!root) return 0;
  const { fixed, perItem } = ofSelections(operation.selectionSet, root.name);
  const once = fixed + perItem * ASSUMED_ITEMS;
  return operation.operation === 'subscription' ? once * ASSUMED_EVENTS : once;
}

/** Fields of an interface are weighed as such; introspection has none here. */
function fieldOf(
  schema: GraphQLSchema,
  typeName: string,
  fieldName: string,
): GraphQLField<unknown, unknown> | undefined {
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  const fields = type.getFields();
  return Object.hasOwn(fields, fieldName) ? fields[fieldName] : undefined;
}
