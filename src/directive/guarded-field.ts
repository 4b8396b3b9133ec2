import { ruleOfCall } from './call-rule.ts';
import { type FieldGuard } from './field-guard.ts';
import { type HiddenValues } from './hide-values.ts';
import { type InputPlace } from './input-rule.ts';
import { usedInputs } from './input-uses.ts';

/** A field that something stands guard over: its own rule, rules of its input, or those of an enum's values it may give. */
export interface GuardedField<TContext> extends Omit<FieldGuard<TContext>, 'rule'> {
  /** Of the field's own rule, `null` when it has none. */
  readonly own: FieldGuard<TContext> | null;
  /** The arguments that carry rules or lead to some. */
  readonly inputs: readonly InputPlace[];
  /** `null`: the field gives no enum whose values carry rules. */
  readonly hidden: HiddenValues | null;
}

/** What guards one call with these arguments: `field.own` itself when no input of a rule is used; `null`: nothing. */
export function guardOfCall<TContext>(
  field: GuardedField<TContext>,
  args: Readonly<Record<string, unknown>>,
): FieldGuard<TContext> | null {
  const own = field.own?.rule ?? null;
  const rule = ruleOfCall(own, usedInputs(field.inputs, args));
  return rule === null || rule === own ? field.own : { ...field, rule };
}
