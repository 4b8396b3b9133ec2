import { getNullableType, type GraphQLType, isListType } from 'graphql';

/** How many lists are around the named type. */
export function listDepth(type: GraphQLType): number {
  const nullable = getNullableType(type);
  return isListType(nullable) ? 1 + listDepth(nullable.ofType) : 0;
}
