/* oxlint-disable max-params -- resolvers have the four parameters that GraphQL gives them */
import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLOutputType } from 'graphql';

import { isPromise } from '../lib/is-promise.ts';
import { type GrantSet } from '../scope/grant-set.ts';
import {
  admit,
  type FieldGuard,
  type KeepItem,
  refusal,
  requireCaller,
  tellMutation,
} from './field-guard.ts';
import { holesOf } from './field-rule.ts';
import { filterItems } from './filter-items.ts';
import { type GuardedField, guardOfCall } from './guarded-field.ts';
import { hideValues } from './hide-values.ts';
import { judgeRule, MET } from './judge-rule.ts';
import { listDepth } from './list-depth.ts';
import { tellPublic } from './tell-public.ts';

type Resolver<TContext> = GraphQLFieldResolver<unknown, TContext>;

const NOTHING_KNOWN = {};

/**
 * A resolver that lets `resolve` run only where the rule is met, and those of the inputs that are given. It gives what
 * `resolve` gives, no promise around it, unless a loader must be awaited, a list filtered, or an enum's values looked at.
 */
export function guardResolver<TContext>(
  field: GuardedField<TContext>,
  type: GraphQLOutputType,
  resolve: Resolver<TContext> = defaultFieldResolver,
): Resolver<TContext> {
  const depth = listDepth(type);
  const shown = field.hidden === null ? resolve : hideValues(field, field.hidden, { depth, resolve });
  const guarded = field.own === null ? tellPublic(field, shown) : guardByRule(field.own, depth, shown);
  if (field.inputs.length === 0) return guarded;
  return (source, args, context, info) => {
    const guard = guardOfCall(field, args);
    const isOwn = guard === null || guard === field.own;
    const call = isOwn ? guarded : guardByExecution(guard, depth, shown);
    return call(source, args, context, info);
  };
}

function guardByRule<TContext>(
  guard: FieldGuard<TContext>,
  depth: number,
  resolve: Resolver<TContext>,
): Resolver<TContext> {
  if (guard.onMutation !== undefined) return guardByExecution(guard, depth, resolve);
  const holes = new Set(holesOf(guard.rule).map(({ from }) => from));
  if (holes.size === 0) return guardByToken(guard, resolve);
  if (!holes.has('loader') && !holes.has('item')) return guardByCall(guard, resolve);
  return guardByExecution(guard, depth, resolve);
}

/** The verdict depends on the grants alone, which never change, so the last grants met are remembered. */
function guardByToken<TContext>(
  guard: FieldGuard<TContext>,
  resolve: Resolver<TContext>,
): Resolver<TContext> {
  const { principalOf } = guard;
  let met: GrantSet | null = null;
  return (source, args, context, info) => {
    const grants = principalOf(context)?.grants;
    if (grants === undefined || grants !== met) met = requireMet(guard, context);
    return resolve(source, args, context, info);
  };
}

function requireMet<TContext>(guard: FieldGuard<TContext>, context: TContext): GrantSet {
  const { grants } = requireCaller(guard, context);
  if (judgeRule(guard.rule, grants, NOTHING_KNOWN) !== MET) throw refusal(guard, grants, NOTHING_KNOWN);
  return grants;
}

/** Only holes that the call itself fills. */
function guardByCall<TContext>(guard: FieldGuard<TContext>, resolve: Resolver<TContext>): Resolver<TContext> {
  return (source, args, context, info) => {
    const { grants, id: self } = requireCaller(guard, context);
    const known = { args, parent: source ?? null, self };
    if (judgeRule(guard.rule, grants, known) !== MET) throw refusal(guard, grants, known);
    return resolve(source, args, context, info);
  };
}

function guardByExecution<TContext>(
  guard: FieldGuard<TContext>,
  depth: number,
  resolve: Resolver<TContext>,
): Resolver<TContext> {
  return (source, args, context, info) => {
    const call = { source, args, context, loaded: new Map() };
    const run = (keep: KeepItem | null) => {
      const value: unknown = resolve(source, args, context, info);
      return keep === null ? value : filterItems(value, depth, keep);
    };
    const proceed = (keep: KeepItem | null) => {
      const told = tellMutation(guard, call, info);
      if (!isPromise(told)) return run(keep);
      // The token may be another one by then, or revoked. What loaders found is in the call already: nothing waits again.
      return told.then(() => admit(guard, call)).then(run);
    };
    const admitted = admit(guard, call);
    return isPromise(admitted) ? admitted.then(proceed) : proceed(admitted);
  };
}
