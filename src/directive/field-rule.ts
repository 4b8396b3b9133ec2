import { type Hole, type RequiredScope } from './required-scope.ts';

/**
 * What a guarded field asks for: a valid token, and of every list at least one scope. The lists are those of the field,
 * of its type, and of the interfaces that carry either; none at all is `@authenticated`.
 */
export interface FieldRule {
  readonly allOf: readonly (readonly RequiredScope[])[];
  /** In the rule of one call: of each list, the coordinate of the input that asks for it; `null`: the field does. */
  readonly inputs?: readonly (string | null)[];
}

/** Who can tell whether a requirement is met: the token alone, the token and the arguments, or only execution. */
export type Decider = 'token' | 'arguments' | 'run time';

const ORDER: readonly Decider[] = ['token', 'arguments', 'run time'];

/** Who decides one entry of a list. */
export function scopeDecider(required: RequiredScope): Decider {
  if (required.type === 'admin' || required.hole === null) return 'token';
  const { from } = required.hole;
  return from === 'args' || from === 'value' ? 'arguments' : 'run time';
}

/** The last of those who have a word in it. */
export function ruleDecider(rule: FieldRule): Decider {
  return lastDecider(rule.allOf.flat().map(scopeDecider));
}

/** The last of them; of none, the token. */
export function lastDecider(all: readonly Decider[]): Decider {
  const deciders = new Set(all);
  return ORDER.findLast((decider) => deciders.has(decider)) ?? 'token';
}

/** The holes of all lists, in the order of the rule. */
export function holesOf(rule: FieldRule): Hole[] {
  return rule.allOf.flat().flatMap((required) => (required.type === 'scope' ? (required.hole ?? []) : []));
}
