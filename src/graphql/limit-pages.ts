import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLField,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { InvalidInputError } from '../errors.ts';
import { exceeds } from './limits.ts';

/** The most items that one page gives. */
export const MAX_PAGE_SIZE = 100;

const PAGE_ARGUMENTS = ['first', 'last'] as const;

export interface PageLimitInput {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly maxItems: number;
}

/**
 * Throws `InvalidInputError` when a `first` or `last` is not from 1 to `MAX_PAGE_SIZE`, and `LimitExceededError`
 * (`pageItems`) when the pages within pages of the operation could hold more than `maxItems` objects. A page whose size is
 * left open counts its schema default, or `MAX_PAGE_SIZE`. `@skip` and `@include` are not looked at.
 */
export function assertPageLimits({ schema, document, operation, variables, maxItems }: PageLimitInput): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const counted = new Map<string, number>();

  function ofFragment(name: string): number {
    const known = counted.get(name);
    const fragment = fragments.get(name);
    if (known !== undefined || fragment === undefined) return known ?? 0;
    const items = ofSelections(fragment.selectionSet, fragment.typeCondition.name.value);
    counted.set(name, items);
    return items;
  }

  function ofField(node: FieldNode, parentType: string): number {
    const field = fieldOf(schema, parentType, node.name.value);
    if (field === undefined || node.selectionSet === undefined) return 0;
    const size = pageSize(node, field, variables);
    const below = ofSelections(node.selectionSet, getNamedType(field.type).name);
    return size === null ? below : size * (1 + below);
  }

  function ofSelections({ selections }: SelectionSetNode, parentType: string): number {
    let items = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) items += ofField(selection, parentType);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) items += ofFragment(selection.name.value);
      else items += ofSelections(selection.selectionSet, selection.typeCondition?.name.value ?? parentType);
    }
    return items;
  }

  const root = schema.getRootType(operation.operation);
  if (root && ofSelections(operation.selectionSet, root.name) > maxItems)
    throw exceeds('pageItems', maxItems);
}

function fieldOf(
  schema: GraphQLSchema,
  typeName: string,
  fieldName: string,
): GraphQLField<unknown, unknown> | undefined {
  const type = schema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName] : undefined;
}

/** The page's size, or `null` when `field` has no pages. */
function pageSize(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  variables: Readonly<Record<string, unknown>>,
): number | null {
  const names = PAGE_ARGUMENTS.filter((name) => field.args.some((argument) => argument.name === name));
  if (names.length === 0) return null;
  const sizes = names.map((name) => argumentValue(node, name, variables));
  for (const [index, size] of sizes.entries()) {
    if (size !== null && !(size >= 1 && size <= MAX_PAGE_SIZE)) {
      throw new InvalidInputError(
        names[index] ?? '',
        `"${names[index]}" must be from 1 to ${MAX_PAGE_SIZE}.`,
      );
    }
  }
  const given = sizes.filter((size) => size !== null);
  const defaults = field.args.filter(({ name }) => name === 'first').map(({ defaultValue }) => defaultValue);
  const fallback = typeof defaults[0] === 'number' ? defaults[0] : MAX_PAGE_SIZE;
  return given.length === 0 ? fallback : Math.min(...given);
}

function argumentValue(
  node: FieldNode,
  name: string,
  variables: Readonly<Record<string, unknown>>,
): number | null {
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value?.kind === Kind.INT) return Number(value.value);
  const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : null;
  return typeof given === 'number' ? given : null;
}
