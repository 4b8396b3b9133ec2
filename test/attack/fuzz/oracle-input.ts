import {
  type InputPlaceModel,
  type Lists,
  type OperationModel,
  type SchemaModel,
  type TypeRef,
  type Value,
} from './model.ts';

/** A coerced value: text, numbers and booleans, names of enum values in objects of their own, lists, and input objects. */
export type Coerced =
  | null
  | string
  | number
  | boolean
  | { readonly enum: string }
  | readonly Coerced[]
  | { readonly fields: ReadonlyMap<string, Coerced> };

/** One entry of an any-of list, with the value of the input where it stands at one. */
export interface Entry {
  readonly scope: string;
  readonly value: Coerced;
}

/** What is to be met: of each list, one entry. */
export type Needs = readonly (readonly Entry[])[];

type Places = readonly InputPlaceModel[];

/** `undefined`: the variable is not there at all. */
type Variables = (name: string) => Value | undefined;

/** The variables of an operation: as sent, else as declared. */
export function variablesIn({ variables }: OperationModel): Variables {
  return (name) => variables[name]?.sent ?? variables[name]?.fallback ?? undefined;
}

/** The arguments or the fields of an input object as a resolver gets them: those given, and defaults of those left out. */
export function coerceAll(
  schema: SchemaModel,
  places: Places,
  { given, variables }: { given: Readonly<Record<string, Value>>; variables: Variables },
): Map<string, Coerced> {
  const coerced = new Map<string, Coerced>();
  for (const { name, type, fallback } of places) {
    let value: Value | undefined = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value?.kind === 'variable') value = variables(value.name);
    value ??= fallback ?? undefined;
    if (value !== undefined) coerced.set(name, coerce(schema, type, { value, variables }));
  }
  return coerced;
}

function coerce(
  schema: SchemaModel,
  type: TypeRef,
  { value, variables }: { value: Value; variables: Variables },
): Coerced {
  const { named, lists } = type;
  if (value.kind === 'variable') {
    const held = variables(value.name);
    return held === undefined ? null : coerce(schema, type, { value: held, variables });
  }
  if (value.kind === 'null') return null;
  if (lists > 0) {
    const inner = { named, lists: lists - 1 };
    const items = value.kind === 'list' ? value.items : [value];
    return items.map((item) => coerce(schema, inner, { value: item, variables }));
  }
  if (value.kind === 'enum') return { enum: value.name };
  if (value.kind === 'plain') return named === 'ID' ? String(value.value) : value.value;
  if (value.kind !== 'object') throw new Error(`${named} cannot be a list.`);
  const input = schema.inputs.find(({ name }) => name === named);
  return { fields: coerceAll(schema, input?.fields ?? [], { given: value.fields, variables }) };
}

/** What the values ask for that are there and not null. */
export function needsOf(schema: SchemaModel, places: Places, values: ReadonlyMap<string, Coerced>): Needs {
  return places.flatMap(({ name, type, rule }) => {
    const value = values.get(name);
    if (value === undefined || value === null) return [];
    return [...needsOfPlace(rule, value), ...needsOfType(schema, type.named, value)];
  });
}

/** Where a rule asks for the value, each element of a list is one; what has none is one that is no id. */
function needsOfPlace(rule: Lists, value: Coerced): Needs {
  const takesValue = rule.flat().some((scope) => scope.includes('{value}'));
  const values = takesValue ? elementsOf(value) : [value];
  return values.flatMap((one) => rule.map((anyOf) => anyOf.map((scope) => ({ scope, value: one }))));
}

function elementsOf(value: Coerced): readonly Coerced[] {
  if (!isList(value)) return [value];
  return value.length === 0 ? [null] : value.flatMap(elementsOf);
}

function needsOfType(schema: SchemaModel, named: string, value: Coerced): Needs {
  if (value === null) return [];
  if (isList(value)) return value.flatMap((item) => needsOfType(schema, named, item));
  const scalar = schema.scalars.find(({ name }) => name === named);
  if (scalar !== undefined) return needsOfPlace(scalar.lists, value);
  const input = schema.inputs.find(({ name }) => name === named);
  if (typeof value === 'object' && 'fields' in value)
    return needsOf(schema, input?.fields ?? [], value.fields);
  const found = schema.enums.find(({ name }) => name === named);
  if (found === undefined || typeof value !== 'object') return [];
  const used = found.values.find(({ name }) => name === value.enum);
  return [...needsOfPlace(found.lists, value), ...needsOfPlace(used?.lists ?? [], value)];
}

function isList(value: Coerced): value is readonly Coerced[] {
  return Array.isArray(value);
}
