import { type FieldRule } from './field-rule.ts';

/** What stands at an argument, an input field, an enum value, an enum or a scalar. */
export interface InputRule {
  /** `Type.field(argument:)`, `Input.field`, `Enum.VALUE`, or the name of the type. */
  readonly coordinate: string;
  readonly rule: FieldRule;
  /** Whether a hole asks for the value itself, so that each element of a list counts by itself. */
  readonly takesValue: boolean;
}

/** What a type of inputs asks for and leads to; it may lead to itself. */
export interface InputTypeRules {
  readonly name: string;
  /** Of an enum or a scalar. */
  readonly own: InputRule | null;
  /** Of an enum: by the value as resolvers see it, the rules of all names that it has. */
  readonly values: ReadonlyMap<unknown, readonly InputRule[]>;
  /** Of an input object: the fields that have a rule or lead to one. */
  readonly fields: readonly InputPlace[];
}

/** An argument or an input field that has a rule, or whose type has one or leads to one. */
export interface InputPlace {
  readonly name: string;
  readonly rule: InputRule | null;
  /** How many lists are around the named type. */
  readonly depth: number;
  /** `null`: nothing more to be found there. */
  readonly type: InputTypeRules | null;
}
