import { delay } from './delay.ts';

/** Whether `work` is done within `ms`; it goes on in any case. Rejects as it does. */
export async function isDoneWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const bound = new AbortController();
  const late = delay(ms, bound.signal).then(
    () => false,
    () => false,
  );
  return await Promise.race([work.then(() => true), late]).finally(() => bound.abort());
}
