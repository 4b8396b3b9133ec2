import { type GraphQLResolveInfo } from 'graphql';

import { NotFoundError } from '../errors.ts';
import { isPromise } from '../lib/is-promise.ts';
import { type GrantSet } from '../scope/grant-set.ts';
import { describeMet, type OnMutation } from './admitted-mutation.ts';
import { refusedInput } from './call-rule.ts';
import { type Caller } from './caller.ts';
import { type FieldRule, holesOf } from './field-rule.ts';
import { holeId, type Known, NOTHING_FOUND } from './hole-id.ts';
import { FAILED, judgeList, judgeRule, judgeScope, MET, OPEN } from './judge-rule.ts';
import { requiredScopes } from './refusal.ts';
import { toRefusalError } from './refusal-error.ts';
import { type Hole } from './required-scope.ts';

/** Finds the object behind a hole such as `{run.agentId}`; `null`: nothing that the caller may see. */
export type Loader<TContext> = (
  args: Record<string, unknown>,
  context: TContext,
  /** The field that asks, `Type.field`. */
  coordinate: string,
) => Promise<object | null> | object | null;

/** One guarded field, with all that a decision about it needs. */
export interface FieldGuard<TContext> {
  /** `Type.field`. */
  readonly coordinate: string;
  /** Of the field; of one call of it, together with the rules of the inputs that are given. */
  readonly rule: FieldRule;
  principalOf(context: TContext): Caller | null;
  readonly loaders: ReadonlyMap<string, Loader<TContext>>;
  /** The properties of the parent that the API tells anyone who holds the parent: a refusal may name them. */
  readonly tellableProperties: ReadonlySet<string>;
  /** Of a field of Mutation only. */
  readonly onMutation?: OnMutation<TContext> | undefined;
}

/** One call of a guarded field. */
export interface FieldCall<TContext> {
  readonly source: unknown;
  readonly args: Record<string, unknown>;
  readonly context: TContext;
  /** What loaders found so far; filled by `admit`. */
  readonly loaded: Map<string, object | null>;
}

/** Decides whether one element of a list stays in it. */
export type KeepItem = (item: unknown) => boolean;

/** How to filter the list that the field gives, `null` when there is nothing to filter. */
export type Admission = KeepItem | null | PromiseLike<KeepItem | null>;

/**
 * Lets a call of the field pass. The answer is a promise only when a loader must be awaited.
 *
 * 1. What the token, the arguments and the parent decide comes first: nothing is loaded for a caller without a chance.
 * 2. Loaders of the lists still open run, one after the other, and the rule is judged anew for the token as it is then.
 * 3. What is still open depends on the elements.
 *
 * @throws UnauthenticatedError without a token; MissingScopeError when a list cannot be met; NotFoundError when it
 * could have been by what a loader did not find.
 */
export function admit<TContext>(guard: FieldGuard<TContext>, call: FieldCall<TContext>): Admission {
  const { grants, id: self } = requireCaller(guard, call.context);
  const known: Known = { args: call.args, parent: call.source ?? null, loaded: call.loaded, self };
  const verdict = judgeRule(guard.rule, grants, known);
  if (verdict === MET) return null;
  if (verdict === FAILED) throw refusal(guard, grants, known);
  const name = nextLoader(guard.rule, grants, known);
  return name === null ? keepItem(guard.rule, grants, known) : load(guard, call, name);
}

/** @throws UnauthenticatedError when the call comes without a token. */
export function requireCaller<TContext>(
  { coordinate, principalOf }: Pick<FieldGuard<TContext>, 'coordinate' | 'principalOf'>,
  context: TContext,
): Caller {
  const caller = principalOf(context);
  if (caller?.grants === undefined)
    throw toRefusalError({ coordinate, input: null, kind: 'unauthenticated', requiredScopes: [] });
  return caller;
}

/** Tells whoever wants to know that a call of a field of Mutation is admitted, before it runs. */
export function tellMutation<TContext>(
  guard: FieldGuard<TContext>,
  call: FieldCall<TContext>,
  { path }: Pick<GraphQLResolveInfo, 'path'>,
): Promise<void> | void {
  const { coordinate, rule, onMutation } = guard;
  if (onMutation === undefined) return;
  const { grants, id: self } = requireCaller(guard, call.context);
  const known: Known = { args: call.args, parent: call.source ?? null, loaded: call.loaded, self };
  return onMutation({
    coordinate,
    key: path.key,
    args: call.args,
    context: call.context,
    ...describeMet(rule, grants, known),
  });
}

function load<TContext>(guard: FieldGuard<TContext>, call: FieldCall<TContext>, name: string): Admission {
  const loader = guard.loaders.get(name);
  const found: unknown = loader?.(call.args, call.context, guard.coordinate);
  const proceed = (object: unknown) => {
    call.loaded.set(name, pickHoles(guard.rule, name, object));
    return admit(guard, call);
  };
  return isPromise(found) ? found.then(proceed) : proceed(found);
}

/** Of what the loader found, what the rule asks for and no more: a subscription keeps it for as long as it lasts. */
function pickHoles(rule: FieldRule, name: string, found: unknown): object | null {
  if (typeof found !== 'object' || found === null) return null;
  const properties = holesOf(rule).flatMap((hole) =>
    hole.from === 'loader' && hole.loader === name ? [hole.property] : [],
  );
  // Any property may be asked for; whether it holds an id is checked where the hole is filled.
  const object = found as Record<string, unknown>;
  return Object.fromEntries(properties.map((property) => [property, object[property]]));
}

/** A loader that a list still open waits for. */
function nextLoader(rule: FieldRule, grants: GrantSet, known: Known): string | null {
  for (const anyOf of rule.allOf) {
    if (judgeList(anyOf, grants, known) !== OPEN) continue;
    for (const required of anyOf) {
      const waits = required.type === 'scope' && required.hole?.from === 'loader';
      if (waits && judgeScope(required, grants, known) === OPEN) return required.hole.loader;
    }
  }
  return null;
}

function keepItem(rule: FieldRule, grants: GrantSet, known: Known): KeepItem {
  return (item) => judgeRule(rule, grants, { ...known, item: item ?? null }) === MET;
}

/** The refusal of a rule with a failed list. */
export function refusal<TContext>(guard: FieldGuard<TContext>, grants: GrantSet, known: Known): Error {
  const missed = missedLoader(guard.rule, grants, known);
  if (missed !== null) return new NotFoundError(missed.charAt(0).toUpperCase() + missed.slice(1));
  const { coordinate, rule, tellableProperties } = guard;
  const isTellable = (hole: Hole) => hole.from !== 'parent' || tellableProperties.has(hole.property);
  return toRefusalError({
    coordinate,
    input: refusedInput(rule, grants, known),
    kind: 'forbidden',
    requiredScopes: requiredScopes(rule, known, isTellable),
  });
}

function missedLoader(rule: FieldRule, grants: GrantSet, known: Known): string | null {
  for (const required of rule.allOf.filter((anyOf) => judgeList(anyOf, grants, known) === FAILED).flat()) {
    if (required.type !== 'scope' || required.hole?.from !== 'loader') continue;
    if (holeId(required.hole, known) === NOTHING_FOUND) return required.hole.loader;
  }
  return null;
}
