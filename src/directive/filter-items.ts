import { isPromise } from '../lib/is-promise.ts';
import { type KeepItem } from './field-guard.ts';

/**
 * The list without the elements that `keep` refuses, at the innermost level of a list `depth` levels deep; outer levels
 * and nulls in them stay as they are. An element that is a promise is awaited; one that rejects cannot be judged and so
 * is left out. Gives a promise only when there is one in what it is given.
 * @throws TypeError when there is something else than a list, which then is not shown unfiltered.
 */
export function filterItems(list: unknown, depth: number, keep: KeepItem): unknown {
  if (isPromise(list)) return list.then((settled) => filterItems(settled, depth, keep));
  if (list === null || list === undefined || list instanceof Error) return list;
  if (!isIterableObject(list)) throw new TypeError('A field filtered by {item} did not give a list.');
  const elements = [...list];
  if (depth > 1) return elements.map(handled).map((inner) => handled(filterItems(inner, depth - 1, keep)));
  return elements.some(isPromise) ? keepSettled(elements, keep) : elements.filter(keep);
}

async function keepSettled(elements: readonly unknown[], keep: KeepItem): Promise<unknown[]> {
  const settled = await Promise.allSettled(elements);
  return settled.flatMap((element) =>
    element.status === 'fulfilled' && keep(element.value) ? [element.value] : [],
  );
}

function isIterableObject(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** A list is read up to its first failure; a rejection behind it must not then count as unhandled. */
function handled(value: unknown): unknown {
  if (isPromise(value)) value.then(undefined, () => undefined);
  return value;
}
