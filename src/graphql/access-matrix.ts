import type { GraphQLSchema } from 'graphql';

import { type FieldRule } from '../directive/field-rule.ts';
import { type Reach } from '../directive/field-reach.ts';
import { formatRequiredScope } from '../directive/required-scope.ts';
import { SchemaViews } from '../directive/schema-views.ts';
import type { GrantSet } from '../scope/grant-set.ts';
import { listAccessPlaces, placeReach } from './access-places.ts';

/** One field, what it asks for, and how far each caller comes to it. */
export interface MatrixRow {
  /** As of an `AccessPlace`. */
  readonly coordinate: string;
  /** Of every list one scope, ids as `<id>`; `null`: nothing, not even a token. */
  readonly requiredScopes: readonly (readonly string[])[] | null;
  /** In the order of the callers. */
  readonly reach: readonly Reach[];
}

/** How far each caller comes to each place of the schema. */
export function createAccessMatrix(schema: GraphQLSchema, callers: readonly GrantSet[]): MatrixRow[] {
  const views = new SchemaViews(schema);
  return listAccessPlaces(schema).map((place) => ({
    coordinate: place.coordinate,
    requiredScopes: place.rule === null ? null : toTexts(place.rule),
    reach: callers.map((grants) => placeReach(place, grants, views)),
  }));
}

function toTexts({ allOf }: FieldRule): string[][] {
  return allOf.map((anyOf) => anyOf.map((required) => formatRequiredScope(required, null)));
}
