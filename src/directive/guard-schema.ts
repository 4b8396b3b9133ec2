import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { type GraphQLFieldConfig, type GraphQLSchema, isObjectType } from 'graphql';

import { DEFAULT_ADMIN_SCOPE } from '../scope/grant-set.ts';
import { type OnMutation } from './admitted-mutation.ts';
import { type Caller } from './caller.ts';
import { checkDirectives } from './check-directives.ts';
import { readEffectiveRules } from './effective-rules.ts';
import { type Loader } from './field-guard.ts';
import { guardResolver } from './guard-resolver.ts';
import { guardEvents, guardSubscribe } from './guard-subscription.ts';
import { type GuardedField } from './guarded-field.ts';
import { ScopeFamilies } from './scope-family.ts';
import { isGuarded, rememberRules, SchemaRules } from './schema-rules.ts';

/** What `guardSchema` needs to know of the application. */
export interface GuardOptions<TContext> {
  /**
   * Who asks, or `null` without a token. Called for every decision, so cheap; throws `UnauthenticatedError` when the
   * token has expired since.
   */
  principalOf(context: TContext): Caller | null;
  /** Each resource with its actions; a directive that names another is a mistake. */
  families: Readonly<Record<string, readonly string[]>>;
  /** What finds the object behind a hole such as `{run.agentId}`, by the hole's first name. */
  loaders?: Readonly<Record<string, Loader<TContext>>>;
  /**
   * Families, as `users:act`, of which every caller holds their own id, `principalOf(context).id`, without a grant: a hole
   * that is filled with it is met. Default: none.
   */
  ownHeld?: readonly string[];
  /** Compared whole; default `agent_os:admin`. It must be the one that the grant sets were made with. */
  adminScope?: string;
  /** Told of every field of Mutation whose rule is met, `@public` ones included, before it runs. */
  onMutation?: OnMutation<TContext>;
}

const RESERVED_HOLES = ['args', 'parent', 'item', 'value'];
const NO_RULE = { own: null, inputs: [], hidden: null };

/**
 * A schema like the given one, in which every field that `@requiresScope` or `@authenticated` applies to is guarded:
 * directly, by its type, by an interface, by the scalar or enum that it gives, or by what it is given: an argument, an input
 * field, an enum value or a type of inputs with a rule counts as soon as a value of it is there after coercion, defaults
 * included, and is not `null`. Fields without any of it keep their resolver untouched. It must be the last step: resolvers
 * attached or transforms applied afterwards are not guarded, which nothing can detect. A guarded field without a resolver
 * reads the property of its name; a `fieldResolver` given to `execute` does not reach it.
 * @throws TypeError that lists every mistake with its coordinate.
 */
export function guardSchema<TContext>(schema: GraphQLSchema, options: GuardOptions<TContext>): GraphQLSchema {
  if (isGuarded(schema)) throw new TypeError('This schema is guarded already.');
  const loaders = new Map(Object.entries(options.loaders ?? {}));
  const { byType, errors } = readEffectiveRules(schema, {
    families: new ScopeFamilies(options.families, options.ownHeld),
    loaders: new Set(loaders.keys()),
    adminScope: options.adminScope ?? DEFAULT_ADMIN_SCOPE,
  });
  throwErrors([...checkLoaders(loaders), ...checkDirectives(schema), ...errors]);
  const rules = new SchemaRules(schema, byType);
  const guarded = mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: GraphQLFieldConfig<unknown, TContext>, fieldName, typeName) => {
      const rule = byType.get(typeName)?.get(fieldName);
      const onMutation = typeName === schema.getMutationType()?.name ? options.onMutation : undefined;
      if (rule === undefined && onMutation === undefined) return config;
      const { principalOf } = options;
      const tellableProperties = freeFields(schema, typeName, rules);
      const coordinate = `${typeName}.${fieldName}`;
      const common = { coordinate, principalOf, loaders, tellableProperties, onMutation };
      const { own: ownRule, inputs, hidden } = rule ?? NO_RULE;
      const own = ownRule === null ? null : { ...common, rule: ownRule };
      const field = { ...common, own, inputs, hidden };
      return guardField(field, config, typeName === schema.getSubscriptionType()?.name);
    },
  });
  rememberRules(guarded, rules);
  return guarded;
}

/** The fields of the type that anyone who holds one of its objects may read. */
function freeFields(schema: GraphQLSchema, typeName: string, rules: SchemaRules): Set<string> {
  const type = schema.getType(typeName);
  const names = isObjectType(type) ? Object.keys(type.getFields()) : [];
  return new Set(
    names.filter((name) => rules.ruleOf(typeName, name) === null && rules.hiddenOf(typeName, name) === null),
  );
}

function guardField<TContext>(
  guarded: GuardedField<TContext>,
  config: GraphQLFieldConfig<unknown, TContext>,
  isSubscription: boolean,
): GraphQLFieldConfig<unknown, TContext> {
  const { resolve, subscribe, type } = config;
  if (!isSubscription || subscribe === undefined)
    return { ...config, resolve: guardResolver(guarded, type, resolve) };
  return {
    ...config,
    subscribe: guardSubscribe(guarded, subscribe),
    resolve: guardEvents(guarded, type, resolve),
  };
}

function checkLoaders(loaders: ReadonlyMap<string, unknown>): string[] {
  return RESERVED_HOLES.filter((name) => loaders.has(name)).map(
    (name) => `loaders.${name}: {${name}.x} has a meaning of its own, so no loader can have that name.`,
  );
}

function throwErrors(errors: readonly string[]): void {
  if (errors.length === 0) return;
  throw new TypeError(['The schema cannot be guarded:', ...new Set(errors)].join('\n- '));
}
