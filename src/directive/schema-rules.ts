import { type GraphQLSchema, isObjectType } from 'graphql';

import { type EffectiveRule } from './effective-rules.ts';
import { type FieldRule } from './field-rule.ts';
import { type HiddenValues } from './hide-values.ts';
import { type InputPlace, type InputRule } from './input-rule.ts';
import { possibleTypes } from './possible-types.ts';

/** The rules of a guarded schema, by type and field. */
export class SchemaRules {
  readonly #byType: ReadonlyMap<string, ReadonlyMap<string, EffectiveRule>>;
  readonly #reaching: ReadonlySet<string>;
  #partRules: ReadonlyMap<string, FieldRule> | null = null;

  constructor(schema: GraphQLSchema, byType: ReadonlyMap<string, ReadonlyMap<string, EffectiveRule>>) {
    this.#byType = byType;
    this.#reaching = typesReachingRules(schema, byType);
  }

  /** The rule of a field of an object type; `null` when it has none. */
  ruleOf(typeName: string, fieldName: string): FieldRule | null {
    return this.#byType.get(typeName)?.get(fieldName)?.own ?? null;
  }

  /** The arguments of a field that have a rule or lead to one. */
  inputsOf(typeName: string, fieldName: string): readonly InputPlace[] {
    return this.#byType.get(typeName)?.get(fieldName)?.inputs ?? [];
  }

  /** The values with rules of the enum that a field gives; `null` when there are none. */
  hiddenOf(typeName: string, fieldName: string): HiddenValues | null {
    return this.#byType.get(typeName)?.get(fieldName)?.hidden ?? null;
  }

  /**
   * The rules of what is no field, by coordinate: `Type.field(argument:)`, `Input.field` and a type's name where some field takes it,
   * `Enum.VALUE` where some field takes or gives it.
   */
  get partRules(): ReadonlyMap<string, FieldRule> {
    return (this.#partRules ??= collectPartRules(this.#effective()));
  }

  /** Every rule of the schema; one that stands on several fields comes several times. */
  all(): FieldRule[] {
    return [...this.#effective().flatMap(({ own }) => own ?? []), ...this.partRules.values()];
  }

  #effective(): EffectiveRule[] {
    return [...this.#byType.values()].flatMap((byField) => [...byField.values()]);
  }

  /** Whether some selection on that object type can come to a guarded field, at whatever depth. */
  reachesRule(typeName: string): boolean {
    return this.#reaching.has(typeName);
  }
}

const rulesBySchema = new WeakMap<GraphQLSchema, SchemaRules>();

/** Keeps the rules of a schema just guarded, for `requireRules`. */
export function rememberRules(schema: GraphQLSchema, rules: SchemaRules): void {
  rulesBySchema.set(schema, rules);
}

/** Whether `guardSchema` made this very schema. */
export function isGuarded(schema: GraphQLSchema): boolean {
  return rulesBySchema.has(schema);
}

/**
 * The rules of a schema that `guardSchema` gave.
 * @throws TypeError for any other schema, also one that was transformed afterwards.
 */
export function requireRules(schema: GraphQLSchema): SchemaRules {
  const rules = rulesBySchema.get(schema);
  if (rules === undefined)
    throw new TypeError('This schema does not come from guardSchema, which must be the last step.');
  return rules;
}

function collectPartRules(effective: readonly EffectiveRule[]): Map<string, FieldRule> {
  const given = effective.flatMap(({ hidden }) => (hidden === null ? [] : valueRules(hidden)));
  return new Map([...inputRules(effective.flatMap(({ inputs }) => inputs)), ...given]);
}

function valueRules({ type, byName }: HiddenValues): [coordinate: string, FieldRule][] {
  return [...byName].map(([value, rule]) => [`${type.name}.${value}`, rule]);
}

function inputRules(inputs: readonly InputPlace[]): Map<string, FieldRule> {
  const rules = new Map<string, FieldRule>();
  const add = (input: InputRule | null): void => {
    if (input !== null) rules.set(input.coordinate, input.rule);
  };
  const places = new Set(inputs);
  for (const { rule, type } of places) {
    add(rule);
    if (type === null) continue;
    add(type.own);
    for (const input of [...type.values.values()].flat()) add(input);
    for (const field of type.fields) places.add(field); // the loop goes on to what is added
  }
  return rules;
}

function typesReachingRules(
  schema: GraphQLSchema,
  byType: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
): Set<string> {
  const reaching = new Set(byType.keys());
  const referrers = referrersOf(schema);
  for (const name of reaching) {
    for (const referrer of referrers.get(name) ?? []) reaching.add(referrer); // the loop goes on to what is added
  }
  return reaching;
}

/** Object type → the object types with a field that may give one. */
function referrersOf(schema: GraphQLSchema): Map<string, Set<string>> {
  const referrers = new Map<string, Set<string>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const target of Object.values(type.getFields()).flatMap((field) =>
      possibleTypes(schema, field.type),
    )) {
      referrers.set(target.name, (referrers.get(target.name) ?? new Set()).add(type.name));
    }
  }
  return referrers;
}
