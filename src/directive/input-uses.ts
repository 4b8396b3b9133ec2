import { type FieldRule } from './field-rule.ts';
import { toId } from './hole-id.ts';
import { type InputPlace, type InputRule, type InputTypeRules } from './input-rule.ts';

/** An input that a call gives and that has a rule, once per coordinate and id. */
export interface UsedInput {
  readonly coordinate: string;
  /** Holes for the value are filled. */
  readonly rule: FieldRule;
}

/** A used input with the place in the arguments where it stands. */
export interface InputUse extends UsedInput {
  /** From the name of the argument on: names of input fields, indexes of lists. */
  readonly path: readonly (string | number)[];
}

/** The uses in one value. Values are shared by fields, elements and aliases, and so are these. */
interface Uses {
  readonly here: readonly (UsedInput & { readonly key: string })[];
  readonly below: readonly (readonly [string | number, Uses])[];
}

const NONE: Uses = { here: [], below: [] };

/**
 * What the coerced arguments use of the places, whatever the values come from: literals, variables, defaults. What is
 * `null` or absent is not used. What was found in an object or a list is remembered with it, so that a large variable
 * that many fields are given is read once; a resolver that changes its arguments changes nothing of that.
 */
export function usedInputs(
  places: readonly InputPlace[],
  args: Readonly<Record<string, unknown>>,
): readonly UsedInput[] {
  const uses = joined(places.map((place) => usesOfOwn(place, args)));
  return uses === NONE ? [] : distinctIn(uses);
}

/** The same, every occurrence with its place. There can be very many, so they come one by one. */
export function* listInputUses(
  places: readonly InputPlace[],
  args: Readonly<Record<string, unknown>>,
): Generator<InputUse, void, undefined> {
  for (const place of places) yield* listUses(usesOfOwn(place, args), [place.name]);
}

function* listUses(
  { here, below }: Uses,
  path: readonly (string | number)[],
): Generator<InputUse, void, undefined> {
  for (const { coordinate, rule } of here) yield { coordinate, rule, path };
  for (const [step, uses] of below) yield* listUses(uses, [...path, step]);
}

function usesOfOwn(place: InputPlace, object: object): Uses {
  if (!Object.hasOwn(object, place.name)) return NONE;
  return usesAt(place, (object as Record<string, unknown>)[place.name]); // an own property, checked above
}

function usesAt({ rule, depth, type }: InputPlace, value: unknown): Uses {
  if (value === null || value === undefined) return NONE;
  const own = rule === null ? NONE : rule.takesValue ? usesOfValue(rule, depth, value) : usesOf([rule]);
  return type === null ? own : joined([own, usesOfType(type, depth, value)]);
}

/** Every element must fill the hole; an empty list, and a null in it, fills nothing, and so is refused. */
function usesOfValue(rule: InputRule, depth: number, value: unknown): Uses {
  if (depth === 0 || !Array.isArray(value)) return { here: [filled(rule, value)], below: [] };
  if (value.length === 0) return { here: [filled(rule, null)], below: [] };
  return remembered(value, `${rule.coordinate} ${depth}`, () =>
    joinedBelow(value.map((element, index) => [index, usesOfValue(rule, depth - 1, element)])),
  );
}

function usesOfType(type: InputTypeRules, depth: number, value: unknown): Uses {
  if (value === null || value === undefined) return NONE;
  if (depth > 0 && Array.isArray(value)) {
    return remembered(value, `${type.name} ${depth}`, () =>
      joinedBelow(value.map((element, index) => [index, usesOfType(type, depth - 1, element)])),
    );
  }
  const { own, values, fields } = type;
  if (fields.length > 0 && typeof value === 'object') {
    return remembered(value, type.name, () =>
      joinedBelow(fields.map((field) => [field.name, usesOfOwn(field, value)])),
    );
  }
  return usesOf([...(own === null ? [] : [own]), ...(values.get(value) ?? [])]);
}

function usesOf(rules: readonly InputRule[]): Uses {
  if (rules.length === 0) return NONE;
  return { here: rules.map(({ coordinate, rule }) => ({ key: coordinate, coordinate, rule })), below: [] };
}

function filled({ coordinate, rule }: InputRule, value: unknown): Uses['here'][number] {
  const id = toId(value);
  const allOf = rule.allOf.map((anyOf) =>
    anyOf.map((required) =>
      required.type === 'scope' && required.hole?.from === 'value'
        ? { ...required, hole: { from: 'value' as const, id } }
        : required,
    ),
  );
  return { key: JSON.stringify([coordinate, id]), coordinate, rule: { allOf } };
}

function joined(all: readonly Uses[]): Uses {
  const some = all.filter((uses) => uses !== NONE);
  const [only] = some;
  if (only === undefined || some.length === 1) return only ?? NONE;
  return { here: some.flatMap(({ here }) => here), below: some.flatMap(({ below }) => below) };
}

function joinedBelow(steps: readonly (readonly [string | number, Uses])[]): Uses {
  const below = steps.filter(([, uses]) => uses !== NONE);
  return below.length === 0 ? NONE : { here: [], below };
}

const OPEN = Symbol('being read');
const usesByValue = new WeakMap<object, Map<string, Uses | typeof OPEN>>();

/** @throws TypeError for a value that contains itself, as only a default written in code can. */
function remembered(value: object, key: string, read: () => Uses): Uses {
  const known = usesByValue.get(value) ?? new Map<string, Uses | typeof OPEN>();
  usesByValue.set(value, known);
  const uses = known.get(key);
  if (uses === OPEN) throw new TypeError('A value of the arguments contains itself.');
  if (uses !== undefined) return uses;
  known.set(key, OPEN);
  try {
    const found = read();
    known.set(key, found);
    return found;
  } finally {
    if (known.get(key) === OPEN) known.delete(key);
  }
}

const distinct = new WeakMap<Uses, Uses['here']>();

function distinctIn(uses: Uses): Uses['here'] {
  const known = distinct.get(uses);
  if (known !== undefined) return known;
  const byKey = new Map(uses.here.map((use) => [use.key, use]));
  for (const [, below] of uses.below) for (const use of distinctIn(below)) byKey.set(use.key, use);
  const found = [...byKey.values()];
  distinct.set(uses, found);
  return found;
}
