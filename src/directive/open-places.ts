import { type GrantSet } from '../scope/grant-set.ts';
import { type FieldRule } from './field-rule.ts';
import { type Known } from './hole-id.ts';
import { FAILED, judgeRule, judgeScope } from './judge-rule.ts';
import { type RequiredScope } from './required-scope.ts';
import { type SchemaRules } from './schema-rules.ts';

/** Whether some grant that a caller holds can ever open a place of the schema. */
export interface OpenPlaces {
  field(typeName: string, fieldName: string): boolean;
  argument(typeName: string, fieldName: string, argumentName: string): boolean;
  inputField(typeName: string, fieldName: string): boolean;
  enumValue(typeName: string, value: string): boolean;
  /** A scalar or an enum as the type of an argument or of an input field. */
  inputType(typeName: string): boolean;
}

/** Somebody: what everybody holds of their own id can be open to everybody. */
const NOTHING_KNOWN: Known = { self: '' };

/** The places that these grants can open, whatever arguments, parents, elements and loaders will say. */
export function openPlaces(rules: SchemaRules, grants: GrantSet): OpenPlaces {
  const isOpen = (rule: FieldRule | null): boolean =>
    rule === null || judgeRule(rule, grants, NOTHING_KNOWN) !== FAILED;
  const isPartOpen = (coordinate: string): boolean => isOpen(rules.partRules.get(coordinate) ?? null);
  return {
    field: (typeName, fieldName) => isOpen(rules.ruleOf(typeName, fieldName)),
    argument: (typeName, fieldName, name) => isPartOpen(`${typeName}.${fieldName}(${name}:)`),
    inputField: (typeName, fieldName) => isPartOpen(`${typeName}.${fieldName}`),
    enumValue: (typeName, value) => isPartOpen(`${typeName}.${value}`),
    inputType: isPartOpen,
  };
}

/** The entries of all rules that differ for `openPlaces`, in a fixed order: what a caller's places depend on. */
export function listAtoms(rules: SchemaRules): RequiredScope[] {
  const atoms = new Map<string, RequiredScope>();
  for (const { allOf } of rules.all())
    for (const required of allOf.flat()) atoms.set(atomKey(required), required);
  return [...atoms.values()];
}

/** The same text for the same `openPlaces`. */
export function openKey(atoms: readonly RequiredScope[], grants: GrantSet): string {
  return atoms.map((atom) => (judgeScope(atom, grants, NOTHING_KNOWN) === FAILED ? '0' : '1')).join('');
}

function atomKey(required: RequiredScope): string {
  if (required.type === 'admin' || required.hole === null) return required.text;
  return `${required.family.resource}:{}:${required.family.action}`;
}
