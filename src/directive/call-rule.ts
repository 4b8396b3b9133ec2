import { type GrantSet } from '../scope/grant-set.ts';
import { type FieldRule } from './field-rule.ts';
import { type Known } from './hole-id.ts';
import { type UsedInput } from './input-uses.ts';
import { FAILED, judgeList } from './judge-rule.ts';

/** What one call of a field asks for: the field's own rule, and those of the inputs that it is given. `null`: nothing. */
export function ruleOfCall(own: FieldRule | null, used: readonly UsedInput[]): FieldRule | null {
  if (used.length === 0) return own;
  const allOf = [...(own?.allOf ?? [])];
  const inputs: (string | null)[] = allOf.map(() => null);
  for (const { coordinate, rule } of used) {
    allOf.push(...rule.allOf);
    inputs.push(...rule.allOf.map(() => coordinate));
  }
  return { allOf, inputs };
}

/** The input because of which the rule fails; `null` when the field's own rule does already. */
export function refusedInput({ allOf, inputs }: FieldRule, grants: GrantSet, known: Known): string | null {
  const failed = allOf.findIndex((anyOf) => judgeList(anyOf, grants, known) === FAILED);
  return inputs?.[failed] ?? null;
}
