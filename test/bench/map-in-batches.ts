/** What `map` makes of each item, in their order, at most `size` of them at once: a storm of requests is another question. */
export async function mapInBatches<TItem, TResult>(
  items: readonly TItem[],
  size: number,
  map: (item: TItem, index: number) => Promise<TResult>,
): Promise<TResult[]> {
  const results: TResult[] = [];
  for (let begin = 0; begin < items.length; begin += size) {
    const batch = items.slice(begin, begin + size);
    results.push(...(await Promise.all(batch.map((item, index) => map(item, begin + index)))));
  }
  return results;
}
