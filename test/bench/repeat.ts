/**
 * Does `act` again and again, `atOnce` of them at a time, as long as `more` says so, which is asked before each. How long each took,
 * in milliseconds.
 */
export async function repeat(
  act: () => Promise<void>,
  { atOnce, more }: { readonly atOnce: number; more(): boolean },
): Promise<number[]> {
  const times: number[] = [];
  const lane = async (): Promise<void> => {
    while (more()) {
      const begin = performance.now();
      await act();
      times.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return times;
}

/** For `repeat`: so many times. */
export function times(count: number): () => boolean {
  let left = count;
  return () => left-- > 0;
}

/** For `repeat`: as long as it takes. */
export function during(milliseconds: number): () => boolean {
  const endsAt = performance.now() + milliseconds;
  return () => performance.now() < endsAt;
}
