import type { Logger } from '../lib/logger.ts';

/** As many as leave most connections to others. */
const AT_ONCE = 4;

/**
 * Does `act` for every item, a few at once, and gives the results of those that succeed. One that fails is logged and left for the next
 * look; one that waits holds up no other. After four failures in a row, as when the database is away, the rest is left too.
 */
export async function settleEach<TItem, TResult>(
  items: readonly TItem[],
  act: (item: TItem) => Promise<TResult>,
  log: Logger,
): Promise<TResult[]> {
  const left = items.values();
  const results: TResult[] = [];
  let failures = 0;
  const work = async (): Promise<void> => {
    for (const item of left) {
      if (failures >= AT_ONCE) return;
      try {
        results.push(await act(item));
        failures = 0;
      } catch (error) {
        failures += 1;
        log.warn({ err: error }, 'a run is left for the next look');
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}
