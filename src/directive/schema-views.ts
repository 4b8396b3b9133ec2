import { type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';

import { type GrantSet } from '../scope/grant-set.ts';
import { listAtoms, openKey, openPlaces } from './open-places.ts';
import { possibleTypes } from './possible-types.ts';
import { type RequiredScope } from './required-scope.ts';
import { createSchemaView } from './schema-view.ts';
import { requireRules, type SchemaRules } from './schema-rules.ts';

/** Views kept; a view takes about the memory of the schema without its resolvers. */
const MAX_VIEWS = 32;

/**
 * The views of one guarded schema: callers who can open the same places share one. The least recently used are dropped.
 * @throws TypeError when the schema does not come from `guardSchema`, or when one of its fields gives the query type:
 * introspection below the root would be answered from the whole schema.
 */
export class SchemaViews {
  readonly #schema: GraphQLSchema;
  readonly #rules: SchemaRules;
  readonly #atoms: readonly RequiredScope[];
  readonly #views = new Map<string, GraphQLSchema>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
    this.#rules = requireRules(schema);
    this.#atoms = listAtoms(this.#rules);
    const toQuery = findFieldOfQuery(schema);
    if (toQuery !== null) throw new TypeError(`${toQuery}: no field may give the query type.`);
  }

  /** The schema as the holder of these grants can use it. */
  viewOf(grants: GrantSet): GraphQLSchema {
    const key = openKey(this.#atoms, grants);
    const view = this.#views.get(key) ?? createSchemaView(this.#schema, openPlaces(this.#rules, grants));
    this.#views.delete(key);
    this.#views.set(key, view);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= MAX_VIEWS) break;
      this.#views.delete(oldest);
    }
    return view;
  }
}

function findFieldOfQuery(schema: GraphQLSchema): string | null {
  const query = schema.getQueryType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (possibleTypes(schema, field.type).some((given) => given === query))
        return `${type.name}.${field.name}`;
    }
  }
  return null;
}
