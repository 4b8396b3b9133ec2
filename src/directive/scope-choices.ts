import { isSegment, WILDCARD } from '../scope/scope.ts';
import { type ScopeChoice, type ScopeOption } from '../scope/least-scopes.ts';
import { holeId, type Known } from './hole-id.ts';
import { usedInputs } from './input-uses.ts';
import { argumentsOf } from './judge-plan.ts';
import { type OperationPlan, type PlannedField } from './plan-node.ts';
import { type RequiredScope } from './required-scope.ts';
import { isSelected, walkPlan } from './walk-plan.ts';

/** What one any-of list of a guarded field leaves to choose for who wants to be let in. */
export interface PlaceChoice {
  /** Response keys from the root to one of the places where the field is selected. */
  readonly path: readonly string[];
  /** `Type.field`, or that of an input that the field is given. */
  readonly coordinate: string;
  /** Empty: the arguments give no id, so that no scope but the admin scope does. */
  readonly choice: ScopeChoice;
}

export interface ScopeChoicesInput {
  /** Coerced; one that is left out makes what depends on it unknown. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The ids that are meant where only execution knows which, by resource; left out: every id. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** Who wants to be let in, for families of which everybody holds their own id. */
  readonly self: string;
}

/** Paths looked at: the same field can be reached over and over. */
const MAX_STEPS = 10_000;

/**
 * The choices that the operation leaves, of every guarded field that it selects.
 * @throws RangeError when there are too many ways to its fields.
 */
export function listScopeChoices({ root }: OperationPlan, input: ScopeChoicesInput): PlaceChoice[] {
  const seen = new Set<PlannedField>();
  const choices: PlaceChoice[] = [];
  let steps = 0;
  for (const { path, field } of walkPlan(root, (selection) => isSelected(selection, input.variables))) {
    if ((steps += 1) > MAX_STEPS)
      throw new RangeError('There are too many ways to the fields of the operation.');
    if (seen.has(field)) continue;
    seen.add(field);
    const args = argumentsOf(field, input.variables);
    const own = field.rule === null ? [] : [{ coordinate: field.coordinate, rule: field.rule }];
    for (const { coordinate, rule } of [...own, ...usedInputs(field.inputs, args ?? {})]) {
      for (const anyOf of rule.allOf) {
        const choice = anyOf.flatMap((required) => optionFor(required, { args }, input) ?? []);
        choices.push({ path, coordinate, choice });
      }
    }
  }
  return choices;
}

/** In a list, so that what is flattened is the list. `null`: no scope meets the entry. */
function optionFor(
  required: RequiredScope,
  known: Known,
  { ids, self }: ScopeChoicesInput,
): [ScopeOption] | null {
  if (required.type === 'admin' || required.hole === null) return [[required.text]];
  const { resource, action } = required.family;
  const toScope = (id: string): string => `${resource}:${id}:${action}`;
  const id = holeId(required.hole, known);
  if (id === undefined) return [(ids.get(resource) ?? [WILDCARD]).map(toScope)];
  if (typeof id !== 'string') return null;
  if (required.family.isOwnHeld && id === self) return [[]];
  return [[toScope(isSegment(id) ? id : WILDCARD)]]; // an id that no scope can name is opened by all
}
