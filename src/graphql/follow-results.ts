import type { ExecutionResult } from 'graphql';

type Results = AsyncGenerator<ExecutionResult, void, void>;

export interface ResultFollower {
  onResult(result: ExecutionResult): void;
  /** The source has failed. */
  onError(error: unknown): void;
}

/** The same results, each shown to `follower` on its way. Ending goes straight through. */
export function followResults(source: Results, { onResult, onError }: ResultFollower): Results {
  const followed: Results = {
    async next() {
      try {
        const step = await source.next();
        if (step.done !== true) onResult(step.value);
        return step;
      } catch (error) {
        onError(error);
        throw error;
      }
    },
    return: (value) => source.return(value),
    throw: (error) => source.throw(error),
    [Symbol.asyncIterator]: () => followed,
    [Symbol.asyncDispose]: async () => void (await source.return()),
  };
  return followed;
}
