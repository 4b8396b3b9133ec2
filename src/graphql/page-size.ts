import { type FieldNode, type GraphQLField, Kind } from 'graphql';

import { InvalidInputError } from '../errors.ts';

/** The most items that one page gives. */
export const MAX_PAGE_SIZE = 100;

const PAGE_ARGUMENTS = ['first', 'last'] as const;

/**
 * How many items the page that `node` asks for can hold, or `null` when `field` has no pages. A size that is left open counts
 * its schema default, or `MAX_PAGE_SIZE`. Throws `InvalidInputError` when a `first` or `last` is not from 1 to `MAX_PAGE_SIZE`.
 */
export function readPageSize(
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
