/* oxlint-disable max-params -- resolvers have the four parameters that GraphQL gives them */
import { type GraphQLEnumType, type GraphQLFieldResolver } from 'graphql';

import { UnauthenticatedError } from '../errors.ts';
import { isPromise } from '../lib/is-promise.ts';
import { type FieldGuard } from './field-guard.ts';
import { type FieldRule } from './field-rule.ts';
import { judgeRule, MET } from './judge-rule.ts';
import { requiredScopes } from './refusal.ts';
import { toRefusalError } from './refusal-error.ts';

/** An enum that a field gives and that has values which not everybody may see. */
export interface HiddenValues {
  readonly type: GraphQLEnumType;
  /** The rules of those values, by name. */
  readonly byName: ReadonlyMap<string, FieldRule>;
}

type Resolver<TContext> = GraphQLFieldResolver<unknown, TContext>;
type Guard<TContext> = Pick<FieldGuard<TContext>, 'coordinate' | 'principalOf'>;

/**
 * A resolver that gives what `resolve` gives where the caller may see it, and refuses it whole where a value in it is one
 * that the caller may not. The refusal names the scopes of all such values of the enum, and so not which one it was.
 */
export function hideValues<TContext>(
  guard: Guard<TContext>,
  hidden: HiddenValues,
  { depth, resolve }: { readonly depth: number; readonly resolve: Resolver<TContext> },
): Resolver<TContext> {
  return (source, args, context, info) =>
    checkLeaves(resolve(source, args, context, info), depth, (leaf) => {
      const rule = hidden.byName.get(nameOf(hidden.type, leaf) ?? '');
      if (rule !== undefined) requireShown({ guard, hidden, rule }, context);
    });
}

/** As it would stand in the response; `null` for what is no value of the enum, which GraphQL refuses. */
function nameOf(type: GraphQLEnumType, leaf: unknown): string | null {
  try {
    return type.serialize(leaf) ?? null;
  } catch {
    return null; // serialized again behind us, where it fails alike
  }
}

function requireShown<TContext>(
  { guard, hidden, rule }: { guard: Guard<TContext>; hidden: HiddenValues; rule: FieldRule },
  context: TContext,
): void {
  const { coordinate, principalOf } = guard;
  const grants = principalOf(context)?.grants;
  if (grants === undefined) throw new UnauthenticatedError('missing');
  if (judgeRule(rule, grants, {}) === MET) return;
  const all = { allOf: [...hidden.byName.values()].flatMap(({ allOf }) => allOf) };
  throw toRefusalError({
    coordinate,
    input: null,
    kind: 'forbidden',
    requiredScopes: requiredScopes(all, {}),
  });
}

/** The value with every leaf looked at. A promise only when there is one in what it is given. */
function checkLeaves(value: unknown, depth: number, check: (leaf: unknown) => void): unknown {
  if (isPromise(value)) return value.then((settled) => checkLeaves(settled, depth, check));
  if (value === null || value === undefined || value instanceof Error) return value;
  if (depth === 0) {
    check(value);
    return value;
  }
  if (typeof value !== 'object' || !(Symbol.iterator in value)) return value; // no list: GraphQL refuses it
  const elements = [...(value as Iterable<unknown>)]; // has an iterator, as checked above
  if (elements.some(isPromise)) return settle(elements).then((settled) => checkLeaves(settled, depth, check));
  const checked = elements.map((element) => handled(checkLeaves(element, depth - 1, check)));
  return checked.some(isPromise) ? Promise.all(checked) : checked;
}

/** Another element may be refused before this one is waited for. */
function handled(value: unknown): unknown {
  if (isPromise(value)) value.then(undefined, () => undefined);
  return value;
}

/** A rejected element stays an error of that element. */
async function settle(elements: readonly unknown[]): Promise<unknown[]> {
  return (await Promise.allSettled(elements)).map((element) =>
    element.status === 'fulfilled' ? element.value : toError(element.reason),
  );
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('A list element failed.', { cause: reason });
}
