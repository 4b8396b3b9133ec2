import {
  type DocumentNode,
  type FieldNode,
  getArgumentValues,
  getNullableType,
  type GraphQLField,
  GraphQLID,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { fragmentsOf } from '../directive/fragments-of.ts';
import { isRecord } from '../lib/is-record.ts';

/** An operation as it was chosen from its document. */
export interface ChosenOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Where something at the root happens. */
export interface RootPlace {
  /** `Query.agents` and the like. */
  readonly field: string;
  /** As `idsIn` gives them; none when the arguments do not coerce. */
  readonly ids: Readonly<Record<string, string>>;
}

/** The root fields of an operation by response key; the work is done at the first question, and once. */
export class RootPlaces {
  readonly #chosen: ChosenOperation;
  #fields: ReadonlyMap<string, FieldNode> | null = null;
  readonly #places = new Map<string, RootPlace>();

  constructor(chosen: ChosenOperation) {
    this.#chosen = chosen;
  }

  /** The root field of that response key; without one the only root field there is. */
  find(wanted?: string): RootPlace | null {
    this.#fields ??= readRootFields(this.#chosen);
    const key = wanted ?? (this.#fields.size === 1 ? [...this.#fields.keys()][0] : undefined);
    const node = key === undefined ? undefined : this.#fields.get(key);
    if (key === undefined || node === undefined) return null;
    const place = this.#places.get(key) ?? toPlace(this.#chosen, node);
    this.#places.set(key, place);
    return place;
  }
}

/** The first root field of each response key, through fragments, each of them once. */
function readRootFields({ document, operation }: ChosenOperation): Map<string, FieldNode> {
  const fields = new Map<string, FieldNode>();
  const fragments = fragmentsOf(document);
  const sets = new Set<SelectionSetNode>([operation.selectionSet]);
  for (const { selections } of sets) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        if (!fields.has(key)) fields.set(key, selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) sets.add(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) sets.add(fragment.selectionSet); // the loop goes on to what is added
      }
    }
  }
  return fields;
}

function toPlace({ schema, operation, variables }: ChosenOperation, node: FieldNode): RootPlace {
  const type = schema.getRootType(operation.operation);
  const field = `${type?.name ?? ''}.${node.name.value}`;
  const definition = type?.getFields()[node.name.value];
  if (definition === undefined) return { field, ids: {} };
  try {
    return { field, ids: idsIn(definition, getArgumentValues(definition, node, variables)) };
  } catch {
    // The caller is told by execution; a log of what was asked can do without.
    return { field, ids: {} };
  }
}

/** Of the coerced arguments of a field those of the type `ID`, and those in an input object, by the last name. */
export function idsIn(
  { args: definitions }: Pick<GraphQLField<unknown, unknown>, 'args'>,
  args: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const { name, type } of definitions) {
    const [inner, value] = [getNullableType(type), args[name]];
    addId(ids, { name, type }, value);
    if (!isInputObjectType(inner) || !isRecord(value)) continue;
    for (const field of Object.values(inner.getFields())) addId(ids, field, value[field.name]);
  }
  return ids;
}

function addId(
  ids: Record<string, string>,
  { name, type }: { readonly name: string; readonly type: GraphQLInputType },
  value: unknown,
): void {
  if (getNullableType(type) === GraphQLID && typeof value === 'string') ids[name] = value;
}
