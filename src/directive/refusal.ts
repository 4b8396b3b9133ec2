import { type FieldRule } from './field-rule.ts';
import { holeId, type Known } from './hole-id.ts';
import { formatRequiredScope, type Hole, type RequiredScope } from './required-scope.ts';

/** A selected field that the caller is refused, whatever execution may find. */
export interface Refusal {
  /** Response keys from the root, without list indexes. */
  readonly path: readonly string[];
  /** `Type.field`, the type a concrete one. */
  readonly coordinate: string;
  /** The coordinate of what the field was given that it is refused for; `null`: it is refused whatever it is given. */
  readonly input: string | null;
  readonly kind: 'unauthenticated' | 'forbidden';
  /** Every any-of list of the field's rule and of the inputs that it is given; empty when unauthenticated. */
  readonly requiredScopes: readonly (readonly string[])[];
}

/** A refusal of a field wherever it is selected. */
export type FieldRefusal = Omit<Refusal, 'path'>;

/** From here on ids are not told, so that a list of many ids cannot be multiplied by many fields. */
const MAX_SHOWN_LISTS = 10;

/**
 * Every any-of list of the rule as text, each once: ids filled in as far as `known` tells them and `isTellable` permits,
 * `<id>` elsewhere.
 */
export function requiredScopes(
  rule: FieldRule,
  known: Known,
  isTellable: (hole: Hole) => boolean = () => true,
): string[][] {
  const lists = new Map<string, string[]>();
  const idOf = (required: RequiredScope) => {
    const hole = required.type === 'scope' && lists.size < MAX_SHOWN_LISTS ? required.hole : null;
    const id = hole !== null && isTellable(hole) ? holeId(hole, known) : null;
    return typeof id === 'string' ? id : null;
  };
  for (const anyOf of rule.allOf) {
    const texts = anyOf.map((required) => formatRequiredScope(required, idOf(required)));
    lists.set(JSON.stringify(texts), texts);
  }
  return [...lists.values()];
}
