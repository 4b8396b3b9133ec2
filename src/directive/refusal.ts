import { type FieldRule } from './field-rule.ts';
import { holeId, type Known } from './hole-id.ts';
import { formatRequiredScope, type Hole, type RequiredScope } from './required-scope.ts';

/** A selected field that the caller is refused, whatever execution may find. */
export interface Refusal {
  /** Response keys from the root, without list indexes. */
  readonly path: readonly string[];
  /** `Type.field`, the type a concrete one. */
  readonly coordinate: string;
  readonly kind: 'unauthenticated' | 'forbidden';
  /** Every any-of list of the field's rule; empty when unauthenticated. */
  readonly requiredScopes: readonly (readonly string[])[];
}

/** A refusal of a field wherever it is selected. */
export type FieldRefusal = Omit<Refusal, 'path'>;

/**
 * Every any-of list of the rule as text: ids filled in as far as `known` tells them and `isTellable` permits, `<id>`
 * elsewhere.
 */
export function requiredScopes(
  rule: FieldRule,
  known: Known,
  isTellable: (hole: Hole) => boolean = () => true,
): string[][] {
  const idOf = (required: RequiredScope) => {
    const hole = required.type === 'scope' ? required.hole : null;
    const id = hole !== null && isTellable(hole) ? holeId(hole, known) : null;
    return typeof id === 'string' ? id : null;
  };
  return rule.allOf.map((anyOf) => anyOf.map((required) => formatRequiredScope(required, idOf(required))));
}
