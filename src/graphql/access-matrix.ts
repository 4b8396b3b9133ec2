import { type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';

import { fieldReach, type Reach } from '../directive/field-reach.ts';
import { type FieldRule } from '../directive/field-rule.ts';
import { formatRequiredScope } from '../directive/required-scope.ts';
import { requireRules } from '../directive/schema-rules.ts';
import { SchemaViews } from '../directive/schema-views.ts';
import type { GrantSet } from '../scope/grant-set.ts';

/** One field, what it asks for, and how far each caller comes to it. */
export interface MatrixRow {
  /** `Type.field`, `Type.field(argument:)`, `Input.field`, `Enum.VALUE`, or the name of an enum or a scalar. */
  readonly coordinate: string;
  /** Of every list one scope, ids as `<id>`; `null`: nothing, not even a token. */
  readonly requiredScopes: readonly (readonly string[])[] | null;
  /** In the order of the callers. */
  readonly reach: readonly Reach[];
}

/**
 * The guarded fields of the schema, all root fields, and the guarded inputs and enum values. A caller comes to no field that
 * no way leads to.
 */
export function createAccessMatrix(schema: GraphQLSchema, callers: readonly GrantSet[]): MatrixRow[] {
  const parts = [...requireRules(schema).partRules].map(([coordinate, rule]) => ({
    coordinate,
    requiredScopes: toTexts(rule),
    reach: callers.map((grants) => fieldReach(rule, grants)),
  }));
  return [...fieldRows(schema, callers), ...parts];
}

function toTexts({ allOf }: FieldRule): string[][] {
  return allOf.map((anyOf) => anyOf.map((required) => formatRequiredScope(required, null)));
}

function fieldRows(schema: GraphQLSchema, callers: readonly GrantSet[]): MatrixRow[] {
  const rules = requireRules(schema);
  const views = new SchemaViews(schema);
  return orderedTypes(schema).flatMap(({ type, isRoot }) =>
    Object.keys(type.getFields()).flatMap((name): MatrixRow[] => {
      const rule = rules.ruleOf(type.name, name);
      if (rule === null && !isRoot) return [];
      const requiredScopes = rule === null ? null : toTexts(rule);
      const reach = callers.map((grants): Reach => {
        const seen = views.viewOf(grants).getType(type.name);
        return isObjectType(seen) && name in seen.getFields() ? fieldReach(rule, grants) : 'none';
      });
      return [{ coordinate: `${type.name}.${name}`, requiredScopes, reach }];
    }),
  );
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
