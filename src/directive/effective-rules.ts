import {
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';

import { checkHoles, checkNullable, checkTarget, type Target } from './check-target.ts';
import { type Composite } from './composite.ts';
import { type DeclaredRule, DeclaredRules, isDeclared } from './declared-rule.ts';
import { type FieldRule, holesOf } from './field-rule.ts';
import { type HiddenValues } from './hide-values.ts';
import { type InputPlace } from './input-rule.ts';
import { InputRules } from './read-input-rules.ts';
import { type KnownNames } from './required-scope.ts';

type Field = GraphQLField<unknown, unknown>;

/** Everything that guards a field. */
export interface EffectiveRule {
  /** `null`: the field itself asks for nothing. */
  readonly own: FieldRule | null;
  /** The arguments that have a rule or lead to one. */
  readonly inputs: readonly InputPlace[];
  /** `null`: the field gives no enum with values that have rules. */
  readonly hidden: HiddenValues | null;
}

/** What `readEffectiveRules` gives. */
export interface EffectiveRules {
  /** Object type → field → what guards it; fields that nothing guards are not in it. */
  readonly byType: ReadonlyMap<string, ReadonlyMap<string, EffectiveRule>>;
  readonly errors: readonly string[];
}

/**
 * What holds for each field of each object type: its own rule, its type's, those of the interfaces the type implements
 * and of their field of the same name, and of the scalar or enum that it gives, all together; and the rules of its input.
 */
export function readEffectiveRules(schema: GraphQLSchema, known: KnownNames): EffectiveRules {
  const declared = new DeclaredRules(schema, known);
  const inputRules = new InputRules(schema, declared);
  const errors: string[] = [];
  const byType = new Map<string, Map<string, EffectiveRule>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    const rules = new Map<string, EffectiveRule>();
    for (const field of Object.values(type.getFields())) {
      const sources = sourcesOf(type, field, declared);
      const rule: EffectiveRule = {
        own: combine(sources),
        inputs: inputRules.ofField(type, field),
        hidden: hiddenOf(field, inputRules),
      };
      const isGuarded = rule.own !== null || rule.inputs.length > 0 || rule.hidden !== null;
      if (isGuarded) rules.set(field.name, rule);
      const found = [...checkSources(schema, type, sources), ...checkWiring(schema, type, field)];
      if (isGuarded) found.push(...checkRule(rule, { schema, type, field }));
      errors.push(...found.map((error) => `${type.name}.${field.name}: ${error}`));
    }
    if (isObjectType(type) && rules.size > 0) byType.set(type.name, rules);
  }
  return { byType, errors: [...declared.errors, ...inputRules.errors, ...errors] };
}

function hiddenOf(field: Field, inputRules: InputRules): HiddenValues | null {
  const type = getNamedType(field.type);
  const byName = inputRules.ofValues(type);
  return isEnumType(type) && byName.size > 0 ? { type, byName } : null;
}

function checkRule({ own, inputs }: EffectiveRule, target: Target): string[] {
  const ofInputs = inputs.flatMap(({ rule }) => (rule === null ? [] : holesOf(rule.rule)));
  return [
    ...checkNullable(target),
    ...(own === null ? [] : checkTarget(own, target)),
    ...checkHoles(ofInputs, target),
  ];
}

function sourcesOf(type: Composite, field: Field, declared: DeclaredRules): DeclaredRule[] {
  const inherited = type.getInterfaces().flatMap((parent) => {
    const same = parent.getFields()[field.name];
    return same === undefined
      ? [declared.ofType(parent)]
      : [declared.ofType(parent), declared.ofField(parent, same)];
  });
  const given = getNamedType(field.type);
  const ofLeaf = isLeafType(given) ? [declared.ofType(given)] : [];
  return [declared.ofField(type, field), declared.ofType(type), ...inherited, ...ofLeaf].filter(isDeclared);
}

function combine(sources: readonly DeclaredRule[]): FieldRule | null {
  const asking = sources.filter(
    ({ isPublic, isAuthenticated, allOf }) => !isPublic || isAuthenticated || allOf.length > 0,
  );
  return asking.length === 0 ? null : { allOf: asking.flatMap(({ allOf }) => allOf) };
}

function checkSources(schema: GraphQLSchema, type: Composite, sources: readonly DeclaredRule[]): string[] {
  if (sources.length === 0 && isRoot(schema, type)) {
    return ['a root field needs one of @requiresScope, @authenticated, @public.'];
  }
  const contradicts = sources.some(({ isPublic }) => isPublic) && combine(sources) !== null;
  return contradicts
    ? [
        '@public beside another rule, of the field, its type, an interface, or the scalar or enum that it gives.',
      ]
    : [];
}

/** Without `subscribe`, the events would come from the root value, past every guard. */
function checkWiring(schema: GraphQLSchema, type: Composite, field: Field): string[] {
  return type === schema.getSubscriptionType() && field.subscribe === undefined
    ? ['a subscription field needs a subscribe function.']
    : [];
}

function isRoot(schema: GraphQLSchema, type: Composite): boolean {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].some(
    (root) => root === type,
  );
}
