/** The command line will not do; the message says what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
