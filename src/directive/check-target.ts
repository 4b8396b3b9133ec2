import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

import { type FieldRule, holesOf } from './field-rule.ts';
import { type Hole } from './required-scope.ts';

/** A field that a rule applies to, with the type that has it. */
export interface Target {
  readonly schema: GraphQLSchema;
  readonly type: GraphQLObjectType | GraphQLInterfaceType;
  readonly field: GraphQLField<unknown, unknown>;
}

/** Why the rule cannot stand on that field: one sentence each, without the coordinate. */
export function checkTarget(rule: FieldRule, target: Target): string[] {
  const holes = holesOf(rule);
  const value = holes.some(({ from }) => from === 'value')
    ? ['{value} is what an argument or an input field is given, and stands there only.']
    : [];
  return [...value, ...checkHoles(holes, target)];
}

/** Why the holes cannot be filled at that field. */
export function checkHoles(holes: readonly Hole[], target: Target): string[] {
  return holes.flatMap((hole) => checkHole(hole, target) ?? []);
}

/** Why a denial could not null the field. */
export function checkNullable({ schema, type, field }: Target): string[] {
  return isNonNullType(field.type) && type !== schema.getSubscriptionType()
    ? ['a guarded field is nullable, so that a denial nulls it and nothing else.']
    : [];
}

function checkHole(hole: Hole, target: Target): string | null {
  switch (hole.from) {
    case 'args':
      return checkArgument(hole.path, target);
    case 'parent':
      return checkParent(hole.property, target);
    case 'item':
      return checkItem(hole.property, target);
    case 'loader':
      return null; // the names of loaders were checked when the text was read
    case 'value':
      return null; // checked where it stands
    default:
      return hole satisfies never;
  }
}

function checkArgument([name, ...rest]: readonly string[], { field }: Target): string | null {
  const written = `{args.${[name, ...rest].join('.')}}`;
  let type = field.args.find((argument) => argument.name === name)?.type;
  for (const step of rest) {
    const input = type && getNullableType(type);
    type = isInputObjectType(input) ? input.getFields()[step]?.type : undefined;
  }
  if (type === undefined) return `${written}: there is no such argument.`;
  return isLeafType(getNullableType(type))
    ? null
    : `${written}: an id is one scalar value, not ${String(type)}.`;
}

function checkParent(property: string, { schema, type }: Target): string | null {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  if (roots.some((root) => root === type)) return `{parent.${property}}: a root field has no parent.`;
  return hasResolver(type, property)
    ? `{parent.${property}}: ${type.name}.${property} has a resolver of its own, so it is no property of the object.`
    : null;
}

function checkItem(property: string, { schema, field }: Target): string | null {
  const element = getNamedType(field.type);
  if (!isListType(getNullableType(field.type))) return `{item.${property}}: the field gives no list.`;
  if (!isCompositeType(element)) return `{item.${property}}: the elements are no objects.`;
  const types = isObjectType(element) ? [element] : schema.getPossibleTypes(element);
  const resolved = types.find((type) => hasResolver(type, property));
  return resolved === undefined
    ? null
    : `{item.${property}}: ${resolved.name}.${property} has a resolver of its own, so it is no property of the object.`;
}

function hasResolver(type: GraphQLObjectType | GraphQLInterfaceType, property: string): boolean {
  if (isInterfaceType(type)) return false;
  const resolve = type.getFields()[property]?.resolve;
  return resolve !== undefined && resolve !== defaultFieldResolver;
}
