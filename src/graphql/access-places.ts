import { type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';

import { fieldReach, type Reach } from '../directive/field-reach.ts';
import { type FieldRule } from '../directive/field-rule.ts';
import { requireRules } from '../directive/schema-rules.ts';
import { type SchemaViews } from '../directive/schema-views.ts';
import type { GrantSet } from '../scope/grant-set.ts';

/** A place of a schema that asks for something, or could. */
export interface AccessPlace {
  /** `Type.field`, `Type.field(argument:)`, `Input.field`, `Enum.VALUE`, or the name of an enum or a scalar. */
  readonly coordinate: string;
  /** `null`: it asks for nothing, not even a token. */
  readonly rule: FieldRule | null;
  /** Of a field; `null` for all else. */
  readonly field: { readonly typeName: string; readonly name: string } | null;
}

/** All root fields of a guarded schema, then its other guarded fields, then its guarded inputs and enum values. */
export function listAccessPlaces(schema: GraphQLSchema): AccessPlace[] {
  const rules = requireRules(schema);
  const fields = orderedTypes(schema).flatMap(({ type, isRoot }) =>
    Object.keys(type.getFields()).flatMap((name): AccessPlace[] => {
      const rule = rules.ruleOf(type.name, name);
      if (rule === null && !isRoot) return [];
      return [{ coordinate: `${type.name}.${name}`, rule, field: { typeName: type.name, name } }];
    }),
  );
  const parts = [...rules.partRules].map(([coordinate, rule]) => ({ coordinate, rule, field: null }));
  return [...fields, ...parts];
}

/** How far a caller comes to the place: to no field that no way leads to. */
export function placeReach({ rule, field }: AccessPlace, grants: GrantSet, views: SchemaViews): Reach {
  if (field === null) return fieldReach(rule, grants);
  const seen = views.viewOf(grants).getType(field.typeName);
  return isObjectType(seen) && field.name in seen.getFields() ? fieldReach(rule, grants) : 'none';
}

/** Roots first. */
function orderedTypes(
  schema: GraphQLSchema,
): { readonly type: GraphQLObjectType; readonly isRoot: boolean }[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(
    isObjectType,
  );
  const others = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !roots.includes(type) && !type.name.startsWith('__'));
  return [
    ...roots.map((type) => ({ type, isRoot: true })),
    ...others.map((type) => ({ type, isRoot: false })),
  ];
}
