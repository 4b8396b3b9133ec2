/** `work` that is under way once at most: whoever asks meanwhile is answered with it. */
export function singleFlight<TResult>(work: () => Promise<TResult>): () => Promise<TResult> {
  let pending: Promise<TResult> | null = null;
  return () =>
    (pending ??= work().finally(() => {
      pending = null;
    }));
}
