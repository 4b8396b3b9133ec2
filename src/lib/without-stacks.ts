/**
 * What `make` gives, whose errors say no place in the code: for those that are answers and no mistakes, as many as a caller asks for. To
 * note a place costs more than to find the answer.
 */
export function withoutStacks<TResult>(make: () => TResult): TResult {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
