import { type Decider, type FieldRule, lastDecider, ruleDecider, scopeDecider } from './field-rule.ts';
import { usedInputs } from './input-uses.ts';
import { argumentsOf } from './judge-plan.ts';
import { type Condition, type OperationPlan, type PlannedField } from './plan-node.ts';
import { formatRequiredScope } from './required-scope.ts';
import { walkPlan } from './walk-plan.ts';

/** What one guarded field of an operation asks for, whoever asks. */
export interface Requirement {
  /** Response keys from the root, without list indexes. */
  readonly path: readonly string[];
  /** `Type.field`, the type a concrete one. */
  readonly coordinate: string;
  /** Of every list one scope, ids as `<id>`; no list: any valid token; `null`: the field itself asks for nothing. */
  readonly allOf: readonly (readonly RequirementScope[])[] | null;
  /** What the inputs ask for that the field is given; none when the variables are not known. */
  readonly inputs: readonly RequiredInput[];
  /** The last who has a word in it. */
  readonly decidedBy: Decider;
  /** `@skip` and `@include` of the field itself. */
  readonly conditions: readonly Condition[];
}

/** An input with a rule that a field is given, once per coordinate and scopes. */
export interface RequiredInput {
  /** As `Query.docs(purge:)`, `DocFilter.title`, `Sort.SALARY`, `Sort`. */
  readonly coordinate: string;
  /** Of every list one scope, the value filled in where it is asked for. */
  readonly allOf: readonly (readonly RequirementScope[])[];
}

/** One entry of an any-of list. */
export interface RequirementScope {
  readonly scope: string;
  readonly decidedBy: Decider;
}

/**
 * The plan as a list, one entry per response path, concrete type and conditions. There can be very many, so they come
 * one by one. With coerced variables it also tells what is asked for because of the arguments.
 */
export function* listRequirements(
  { root }: OperationPlan,
  variables: Readonly<Record<string, unknown>> | null = null,
): Generator<Requirement, void, undefined> {
  const listed = new Set<string>();
  for (const { path, field } of walkPlan(root)) {
    const { coordinate, rule, conditions } = field;
    const id = JSON.stringify([path, coordinate, conditions]);
    if (listed.has(id)) continue;
    const inputs = variables === null ? [] : inputsOf(field, variables);
    if (rule === null && inputs.length === 0) continue;
    listed.add(id);
    const allOf = rule === null ? null : scopesOf(rule);
    yield { path, coordinate, allOf, inputs, decidedBy: decider(rule, inputs), conditions };
  }
}

function inputsOf(field: PlannedField, variables: Readonly<Record<string, unknown>>): RequiredInput[] {
  if (field.inputs.length === 0) return [];
  const used = usedInputs(field.inputs, argumentsOf(field, variables) ?? {});
  return used.map(({ coordinate, rule }) => ({ coordinate, allOf: scopesOf(rule) }));
}

function decider(rule: FieldRule | null, inputs: readonly RequiredInput[]): Decider {
  const all = [
    ...(rule === null ? [] : [ruleDecider(rule)]),
    ...inputs.flatMap(({ allOf }) => allOf.flat().map(({ decidedBy }) => decidedBy)),
    ...(inputs.length === 0 ? [] : ['arguments' as const]),
  ];
  return lastDecider(all);
}

function scopesOf(rule: FieldRule): RequirementScope[][] {
  return rule.allOf.map((anyOf) =>
    anyOf.map((required) => {
      const filled = required.type === 'scope' && required.hole?.from === 'value' ? required.hole.id : null;
      return {
        scope: formatRequiredScope(required, filled ?? null),
        decidedBy: scopeDecider(required),
      };
    }),
  );
}
