import { type GrantSet } from '../scope/grant-set.ts';
import { type Caller } from './caller.ts';
import { type Decider, type FieldRule, ruleDecider } from './field-rule.ts';
import { grantFor } from './grant-for.ts';
import { type Known } from './hole-id.ts';
import { usedInputs } from './input-uses.ts';
import { argumentsOf } from './judge-plan.ts';
import { FAILED, judgeList, judgeRule, judgeScope, MET, OPEN, type Verdict } from './judge-rule.ts';
import { type OperationPlan, type PlannedField } from './plan-node.ts';
import { requiredScopes } from './refusal.ts';
import { type RequiredScope } from './required-scope.ts';
import { isSelected, walkPlan } from './walk-plan.ts';

/** What becomes of one guarded place: it is opened, it is refused, or only execution can tell. */
export type AccessState = 'allowed' | 'denied' | 'open';

/** One guarded place of an operation, as it is for one caller. */
export interface FieldAccess {
  /** Response keys from the root, without list indexes. */
  readonly path: readonly string[];
  /** `Type.field`. */
  readonly coordinate: string;
  /** Every any-of list, ids filled in as far as the arguments tell them, `<id>` elsewhere; none: any valid token. */
  readonly requiredScopes: readonly (readonly string[])[];
  /** Who has decided it, or will. */
  readonly decidedBy: Decider;
  readonly state: AccessState;
  /** The caller's grants by which the lists are met; of those that are open, the ones that may come to meet them. */
  readonly heldBy: readonly string[];
  /** Of `requiredScopes` those that are not met, or not yet. */
  readonly missing: readonly (readonly string[])[];
}

export interface ExplainInput {
  readonly caller: Caller;
  /** Coerced, defaults filled in. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The coordinate that the caller may be told of a planned field. */
  tell(field: PlannedField): string;
}

/** What `explainPlan` gives. */
export interface AccessList {
  /** In document order, each path and coordinate once. */
  readonly fields: readonly FieldAccess[];
  /** Some were left out. */
  readonly truncated: boolean;
}

const MAX_FIELDS = 200;
/** Paths looked at for them: the same path can be reached over and over. */
const MAX_STEPS = 10_000;
/** Grants named for one list that is open: a token holds hundreds, and they would come with every field. */
const MAX_GRANTS = 5;

/**
 * The guarded places that the operation selects, each with what it asks for and how far the caller meets it. Nothing is
 * executed and nothing loaded: what a loader, a parent or an element decides stays open, whatever the caller holds.
 */
export function explainPlan({ root }: OperationPlan, input: ExplainInput): AccessList {
  const { variables } = input;
  const known = new Map<PlannedField, readonly PlaceAccess[]>();
  const fields = new Map<string, FieldAccess>();
  let steps = 0;
  for (const { path, field } of walkPlan(root, (selection) => isSelected(selection, variables))) {
    if ((steps += 1) > MAX_STEPS) return { fields: [...fields.values()], truncated: true };
    const places = known.get(field) ?? explainField(field, input);
    known.set(field, places);
    for (const place of places) {
      const id = JSON.stringify([path, place.coordinate]);
      if (fields.has(id)) continue;
      if (fields.size === MAX_FIELDS) return { fields: [...fields.values()], truncated: true };
      fields.set(id, { path, ...place });
    }
  }
  return { fields: [...fields.values()], truncated: false };
}

type PlaceAccess = Omit<FieldAccess, 'path'>;

interface GuardedPlace {
  readonly coordinate: string;
  readonly rule: FieldRule;
}

function explainField(field: PlannedField, input: ExplainInput): PlaceAccess[] {
  const args = argumentsOf(field, input.variables);
  const { grants, id: self } = input.caller;
  return placesOf(field, { args, input }).map((place) => explainPlace(place, { args, self }, grants));
}

/** The field itself, and the inputs with rules that it is given. */
function placesOf(
  field: PlannedField,
  { args = {}, input }: { args: Known['args']; input: ExplainInput },
): GuardedPlace[] {
  const own = field.rule === null ? [] : [{ coordinate: input.tell(field), rule: field.rule }];
  return [...own, ...usedInputs(field.inputs, args)];
}

const STATES: Readonly<Record<Verdict, AccessState>> = {
  [FAILED]: 'denied',
  [OPEN]: 'open',
  [MET]: 'allowed',
};

function explainPlace({ coordinate, rule }: GuardedPlace, known: Known, grants: GrantSet): PlaceAccess {
  const missed = rule.allOf.filter((anyOf) => judgeList(anyOf, grants, known) !== MET);
  return {
    coordinate,
    requiredScopes: requiredScopes(rule, known),
    decidedBy: deciderFor(rule, known, grants),
    state: STATES[judgeRule(rule, grants, known)],
    heldBy: [...new Set(rule.allOf.flatMap((anyOf) => grantsFor(anyOf, known, grants)))],
    missing: requiredScopes({ allOf: missed }, known),
  };
}

/** For this caller: a rule with a hole is the token's to decide where no hole needs to be filled for it. */
function deciderFor(rule: FieldRule, known: Known, grants: GrantSet): Decider {
  if (judgeRule(rule, grants, known) === OPEN) return 'run time';
  if (judgeRule(rule, grants, { self: known.self }) !== OPEN || ruleDecider(rule) === 'token') return 'token';
  return 'arguments';
}

/** The grant that meets the list, or those that may. */
function grantsFor(anyOf: readonly RequiredScope[], known: Known, grants: GrantSet): string[] {
  const verdict = judgeList(anyOf, grants, known);
  if (verdict === FAILED) return [];
  const best = anyOf.filter((required) => judgeScope(required, grants, known) === verdict);
  if (verdict === MET) return best.slice(0, 1).flatMap((required) => grantFor(required, grants, known) ?? []);
  const open = best.flatMap((required) => {
    if (required.type === 'admin') return [];
    return grants.grantsOf(required.family.resource, required.family.action, MAX_GRANTS);
  });
  return open.slice(0, MAX_GRANTS);
}
