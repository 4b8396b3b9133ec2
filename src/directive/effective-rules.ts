import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
} from 'graphql';

import { checkTarget } from './check-target.ts';
import { type DeclaredRule, DeclaredRules, isDeclared } from './declared-rule.ts';
import { type FieldRule } from './field-rule.ts';
import { type KnownNames } from './required-scope.ts';

type Composite = GraphQLObjectType | GraphQLInterfaceType;
type Field = GraphQLField<unknown, unknown>;

/** What `readEffectiveRules` gives. */
export interface EffectiveRules {
  /** Object type → field → rule; fields without a rule are not in it. */
  readonly byType: ReadonlyMap<string, ReadonlyMap<string, FieldRule>>;
  readonly errors: readonly string[];
}

/**
 * What holds for each field of each object type: its own rule, its type's, those of the interfaces the type implements
 * and of their field of the same name, all together.
 */
export function readEffectiveRules(schema: GraphQLSchema, known: KnownNames): EffectiveRules {
  const declared = new DeclaredRules(schema, known);
  const errors: string[] = [];
  const byType = new Map<string, Map<string, FieldRule>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    const rules = new Map<string, FieldRule>();
    for (const field of Object.values(type.getFields())) {
      const sources = sourcesOf(type, field, declared);
      const rule = combine(sources);
      if (rule !== null) rules.set(field.name, rule);
      const found = [...checkSources(schema, type, sources), ...checkWiring(schema, type, field)];
      if (rule !== null) found.push(...checkTarget(rule, { schema, type, field }));
      errors.push(...found.map((error) => `${type.name}.${field.name}: ${error}`));
    }
    if (isObjectType(type) && rules.size > 0) byType.set(type.name, rules);
  }
  return { byType, errors: [...declared.errors, ...errors] };
}

function sourcesOf(type: Composite, field: Field, declared: DeclaredRules): DeclaredRule[] {
  const inherited = type.getInterfaces().flatMap((parent) => {
    const same = parent.getFields()[field.name];
    return same === undefined
      ? [declared.ofType(parent)]
      : [declared.ofType(parent), declared.ofField(parent, same)];
  });
  return [declared.ofField(type, field), declared.ofType(type), ...inherited].filter(isDeclared);
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
  return contradicts ? ['@public beside another rule, of the field, its type or an interface.'] : [];
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
