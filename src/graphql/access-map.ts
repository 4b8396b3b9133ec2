import type { GraphQLSchema } from 'graphql';

import { fieldReach, type Reach } from '../directive/field-reach.ts';
import { formatRequiredScope, type RequiredScope } from '../directive/required-scope.ts';
import { SchemaViews } from '../directive/schema-views.ts';
import type { GrantSet } from '../scope/grant-set.ts';
import { type AccessPlace, listAccessPlaces, placeReach } from './access-places.ts';

/** One place of the schema, and how far one caller comes to it by which of the scopes that it holds. */
export interface AccessMapEntry {
  /** As of an `AccessPlace`. */
  readonly coordinate: string;
  /** Whether it needs no token. */
  readonly isPublic: boolean;
  /** All of them must be met; none: any valid token. */
  readonly requirements: readonly ScopeRequirement[];
  readonly reach: Reach;
}

export interface ScopeRequirement {
  /** One of them is enough; ids as `<id>`. */
  readonly anyOf: readonly string[];
  readonly reach: Reach;
  /** The caller's scopes, as granted, that meet it, for all ids or for some; the first hundred. */
  readonly heldBy: readonly string[];
  /** Whether everybody meets it for the own id. */
  readonly isOwnHeld: boolean;
}

/** Gives the map of a caller. */
export type MapAccess = (grants: GrantSet) => AccessMapEntry[];

/** A token may hold hundreds of scopes of one kind. */
const MAX_GRANTS = 100;

/** Maps of one guarded schema: its places are listed once. */
export function createAccessMap(schema: GraphQLSchema): MapAccess {
  const views = new SchemaViews(schema);
  const places = listAccessPlaces(schema);
  return (grants) => places.map((place) => toEntry(place, grants, views));
}

function toEntry(place: AccessPlace, grants: GrantSet, views: SchemaViews): AccessMapEntry {
  const { coordinate, rule } = place;
  return {
    coordinate,
    isPublic: rule === null,
    requirements: (rule?.allOf ?? []).map((anyOf) => ({
      anyOf: anyOf.map((required) => formatRequiredScope(required, null)),
      reach: fieldReach({ allOf: [anyOf] }, grants),
      heldBy: [...new Set(anyOf.flatMap((required) => holdersOf(required, grants)))].slice(0, MAX_GRANTS),
      isOwnHeld: anyOf.some((required) => required.type === 'scope' && required.family.isOwnHeld),
    })),
    reach: placeReach(place, grants, views),
  };
}

function holdersOf(required: RequiredScope, grants: GrantSet): readonly string[] {
  if (required.type === 'admin') return grants.isAdmin ? [required.text] : [];
  const { family, hole, id } = required;
  const { resource, action } = family;
  if (hole !== null) return grants.grantsOf(resource, action, MAX_GRANTS);
  const grant = grants.grantFor({ resource, id, action });
  return grant === null ? [] : [grant];
}
