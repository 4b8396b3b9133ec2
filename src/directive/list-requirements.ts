import { type Decider, type FieldRule, ruleDecider, scopeDecider } from './field-rule.ts';
import { type Condition, type OperationPlan } from './plan-node.ts';
import { formatRequiredScope } from './required-scope.ts';
import { walkPlan } from './walk-plan.ts';

/** What one guarded field of an operation asks for, whoever asks. */
export interface Requirement {
  /** Response keys from the root, without list indexes. */
  readonly path: readonly string[];
  /** `Type.field`, the type a concrete one. */
  readonly coordinate: string;
  /** Of every list one scope, ids as `<id>`; no list: any valid token. */
  readonly allOf: readonly (readonly RequirementScope[])[];
  /** The last who has a word in it. */
  readonly decidedBy: Decider;
  /** `@skip` and `@include` of the field itself. */
  readonly conditions: readonly Condition[];
}

/** One entry of an any-of list. */
export interface RequirementScope {
  readonly scope: string;
  readonly decidedBy: Decider;
}

/**
 * The plan as a list, one entry per response path, concrete type and conditions. There can be very many, so they come
 * one by one.
 */
export function* listRequirements({ root }: OperationPlan): Generator<Requirement, void, undefined> {
  const listed = new Set<string>();
  for (const { path, field } of walkPlan(root)) {
    const { coordinate, rule, conditions } = field;
    const id = JSON.stringify([path, coordinate, conditions]);
    if (rule === null || listed.has(id)) continue;
    listed.add(id);
    yield { path, coordinate, allOf: scopesOf(rule), decidedBy: ruleDecider(rule), conditions };
  }
}

function scopesOf(rule: FieldRule): RequirementScope[][] {
  return rule.allOf.map((anyOf) =>
    anyOf.map((required) => ({
      scope: formatRequiredScope(required, null),
      decidedBy: scopeDecider(required),
    })),
  );
}
