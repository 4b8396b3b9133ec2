/* oxlint-disable max-params -- resolvers have the four parameters that GraphQL gives them */
import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLOutputType } from 'graphql';

import { isPromise } from '../lib/is-promise.ts';
import { admit, type KeepItem } from './field-guard.ts';
import { holesOf } from './field-rule.ts';
import { filterItems } from './filter-items.ts';
import { type GuardedField, guardOfCall } from './guarded-field.ts';
import { hideValues } from './hide-values.ts';
import { listDepth } from './list-depth.ts';

type Resolver<TContext> = GraphQLFieldResolver<unknown, TContext>;
type Loaded = Map<string, object | null>;

/**
 * An event on its way from the guarded `subscribe` to the guarded `resolve` of the same field. What loaders found
 * travels with the event itself: the context, the document and the payload may be shared by many subscriptions, this
 * object is not.
 */
class AdmittedEvent {
  readonly #guard: object;
  readonly #key: string | number;
  readonly #payload: unknown;
  readonly #loaded: Loaded;

  constructor(guard: object, key: string | number, [payload, loaded]: readonly [unknown, Loaded]) {
    this.#guard = guard;
    this.#key = key;
    this.#payload = payload;
    this.#loaded = loaded;
  }

  /** Payload and loaded objects, for the field and response key that subscribed; `null` for any other. */
  openFor(guard: object, key: string | number): readonly [unknown, Loaded] | null {
    return guard === this.#guard && key === this.#key ? [this.#payload, this.#loaded] : null;
  }
}

/** A `subscribe` that starts the stream only where the rule is met; `{item}` holes are left to each event. */
export function guardSubscribe<TContext>(
  field: GuardedField<TContext>,
  subscribe: Resolver<TContext>,
): Resolver<TContext> {
  return (source, args, context, info) => {
    const guard = guardOfCall(field, args);
    if (guard === null) return subscribe(source, args, context, info);
    const loads = holesOf(guard.rule).some(({ from }) => from === 'loader');
    const loaded: Loaded = new Map();
    const admitEvent = (payload: unknown) => new AdmittedEvent(field, info.path.key, [payload, loaded]);
    const start = () => {
      const stream: unknown = subscribe(source, args, context, info);
      if (!loads) return stream;
      return isPromise(stream)
        ? stream.then((ready) => mapStream(ready, admitEvent))
        : mapStream(stream, admitEvent);
    };
    const admitted = admit(guard, { source, args, context, loaded });
    return isPromise(admitted) ? admitted.then(start) : start();
  };
}

/**
 * The `resolve` of a subscription field. Each event is judged anew, by the token and the grants as they are then and by
 * the objects as they were found at the start. Without an event of the guarded `subscribe`, as when the subscription is
 * executed like a query, it judges as any guarded field does.
 */
export function guardEvents<TContext>(
  field: GuardedField<TContext>,
  type: GraphQLOutputType,
  resolve: Resolver<TContext> = defaultFieldResolver,
): Resolver<TContext> {
  const depth = listDepth(type);
  const shown = field.hidden === null ? resolve : hideValues(field, field.hidden, { depth, resolve });
  return (source, args, context, info) => {
    const [payload, loaded] = openEvent(field, source, info.path.key);
    const guard = guardOfCall(field, args);
    if (guard === null) return shown(payload, args, context, info);
    const proceed = (keep: KeepItem | null) => {
      const value: unknown = shown(payload, args, context, info);
      return keep === null ? value : filterItems(value, depth, keep);
    };
    const admitted = admit(guard, { source: payload, args, context, loaded });
    return isPromise(admitted) ? admitted.then(proceed) : proceed(admitted);
  };
}

function openEvent(guard: object, source: unknown, key: string | number): readonly [unknown, Loaded] {
  if (!(source instanceof AdmittedEvent)) return [source, new Map()];
  return source.openFor(guard, key) ?? [null, new Map()];
}

/** The same stream with every value mapped; ending and cancelling go straight through. Anything else stays as it is. */
function mapStream(stream: unknown, map: (value: unknown) => unknown): unknown {
  if (!isAsyncIterable(stream)) return stream;
  const iterator = stream[Symbol.asyncIterator]();
  const mapResult = (result: IteratorResult<unknown>): IteratorResult<unknown> =>
    result.done ? result : { done: false, value: map(result.value) };
  const mapped: AsyncIterableIterator<unknown> = {
    next: async () => mapResult(await iterator.next()),
    [Symbol.asyncIterator]: () => mapped,
  };
  if (iterator.return) mapped.return = async (value) => mapResult(await iterator.return!(value));
  if (iterator.throw) mapped.throw = async (error) => mapResult(await iterator.throw!(error));
  return mapped;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return false;
  return typeof value[Symbol.asyncIterator] === 'function';
}
