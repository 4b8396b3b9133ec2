import { type GrantSet } from '../scope/grant-set.ts';
import { type FieldRule } from './field-rule.ts';
import { grantFor } from './grant-for.ts';
import { type Known } from './hole-id.ts';
import { judgeScope, MET } from './judge-rule.ts';
import { requiredScopes } from './refusal.ts';

/** A field of Mutation that is about to run: its rule is met. */
export interface AdmittedMutation<TContext> {
  /** `Type.field`. */
  readonly coordinate: string;
  /** The response key. */
  readonly key: string | number;
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: TContext;
  /** Every any-of list of the rule, ids filled in. */
  readonly required: readonly (readonly string[])[];
  /** For each list the granted scope that meets it, as granted. */
  readonly grants: readonly string[];
}

/**
 * Told of every field of Mutation before it runs. The field waits for the promise; when that rejects, it fails with the same
 * and does not run.
 */
export type OnMutation<TContext> = (mutation: AdmittedMutation<TContext>) => Promise<void> | void;

/** What a met rule asks for, and by which of the grants it is met. */
export function describeMet(
  rule: FieldRule,
  grants: GrantSet,
  known: Known,
): Pick<AdmittedMutation<unknown>, 'required' | 'grants'> {
  return {
    required: requiredScopes(rule, known),
    grants: rule.allOf.flatMap((anyOf) => {
      const met = anyOf.find((required) => judgeScope(required, grants, known) === MET);
      return (met === undefined ? null : grantFor(met, grants, known)) ?? [];
    }),
  };
}
