/** Whether the value can be awaited: anything with a `then`, as GraphQL's executor sees it. */
export function isPromise<TValue>(value: TValue | PromiseLike<TValue>): value is PromiseLike<TValue> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
