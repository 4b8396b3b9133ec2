import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';

import { type VisibleParts } from './visible-parts.ts';

/** The types that a caller can come to from the roots, by what is visible to them. */
export function reachableTypes(schema: GraphQLSchema, visible: VisibleParts): ReadonlySet<GraphQLNamedType> {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const reached = new Set<GraphQLNamedType>();
  for (const root of roots) if (root && visible.has(root)) reached.add(root);
  for (const type of reached) {
    // The loop goes on to what is added.
    for (const next of nextTypes(schema, visible, type)) if (visible.has(next)) reached.add(next);
  }
  return reached;
}

function nextTypes(schema: GraphQLSchema, visible: VisibleParts, type: GraphQLNamedType): GraphQLNamedType[] {
  if (isUnionType(type)) return [...type.getTypes()];
  if (isInputObjectType(type)) return visible.inputFields(type).map((field) => getNamedType(field.type));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const fields = visible.fields(type);
  return [
    ...fields.map((field) => getNamedType(field.type)),
    ...fields.flatMap((field) => visible.args(type, field)).map((argument) => getNamedType(argument.type)),
    ...visible.interfaces(type),
    ...(isInterfaceType(type) ? schema.getPossibleTypes(type) : []),
  ];
}
