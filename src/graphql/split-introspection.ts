import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';

import { fragmentsOf } from '../directive/fragments-of.ts';

/** One operation as two: what it asks of the schema itself, and the rest. */
export interface SplitOperation {
  /** Its root fields are `__schema` and `__type` alone. */
  readonly introspection: DocumentNode;
  /** `null`: nothing else is asked for. */
  readonly rest: DocumentNode | null;
  /** The response keys of both, in the order in which the operation would have answered them. */
  readonly keys: readonly string[];
}

const splits = new WeakMap<OperationDefinitionNode, SplitOperation>();

/** Splits an operation of a validated document by its root fields, each with its own alias, arguments and directives. */
export function splitIntrospection(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): SplitOperation {
  const known = splits.get(operation);
  if (known !== undefined) return known;
  const fragments = fragmentsOf(document);
  const selectionSet = inlineSpreads(operation.selectionSet, fragments);
  const introspection = keepFields(selectionSet, isIntrospection);
  const rest = keepFields(selectionSet, (field) => !isIntrospection(field));
  const toDocument = (selectionSet: SelectionSetNode, variables: typeof operation.variableDefinitions) => {
    const definition: OperationDefinitionNode = {
      ...operation,
      selectionSet,
      ...(variables && { variableDefinitions: variables }),
    };
    return { kind: Kind.DOCUMENT, definitions: [definition, ...fragments.values()] } as const;
  };
  const split = {
    introspection: toDocument(introspection, operation.variableDefinitions?.filter(ofSimpleType)),
    rest: rest.selections.length === 0 ? null : toDocument(rest, operation.variableDefinitions),
    keys: [...new Set(keysOf(selectionSet))],
  };
  splits.set(operation, split);
  return split;
}

/** Whether a field asks for the schema itself. `__typename` does not. */
export function isIntrospection({ name }: FieldNode): boolean {
  return name.value === '__schema' || name.value === '__type';
}

/** Introspection takes no other variables, and the types of others may not be in the caller's view. */
function ofSimpleType({ type }: { readonly type: TypeNode }): boolean {
  if (type.kind !== Kind.NAMED_TYPE) return ofSimpleType(type);
  return type.name.value === 'String' || type.name.value === 'Boolean';
}

/**
 * Root fragments in the place of their spreads, without their type conditions: all of them apply to the root type, or
 * validation had refused them. Their number is bounded by the limit of root fields.
 */
function inlineSpreads(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionSetNode {
  const inlined = selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return [selection];
    const { directives = [] } = selection;
    const set =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : fragments.get(selection.name.value)?.selectionSet;
    if (set === undefined) return [];
    return [{ kind: Kind.INLINE_FRAGMENT, directives, selectionSet: inlineSpreads(set, fragments) }];
  });
  return { kind: Kind.SELECTION_SET, selections: inlined };
}

function keepFields(
  { selections }: SelectionSetNode,
  isKept: (field: FieldNode) => boolean,
): SelectionSetNode {
  const kept = selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return isKept(selection) ? [selection] : [];
    const { selectionSet } = selection as InlineFragmentNode; // no spreads are left
    const inner = keepFields(selectionSet, isKept);
    return inner.selections.length === 0 ? [] : [{ ...selection, selectionSet: inner } as InlineFragmentNode];
  });
  return { kind: Kind.SELECTION_SET, selections: kept };
}

function keysOf({ selections }: SelectionSetNode): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.alias?.value ?? selection.name.value];
    return selection.kind === Kind.INLINE_FRAGMENT ? keysOf(selection.selectionSet) : [];
  });
}
