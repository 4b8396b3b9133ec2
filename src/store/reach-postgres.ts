import { UnavailableError } from '../errors.ts';

/**
 * Does what takes a usable Postgres at `url`.
 * @throws UnavailableError with its address and the reason that keeps it from being used, in the driver's words; TypeError as it comes.
 */
export async function reachPostgres<TResult>(url: string, act: () => Promise<TResult>): Promise<TResult> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const cause = error instanceof UnavailableError ? (error.cause ?? error) : error;
    const message = `Postgres at ${describeAddress(url)} cannot be used: ${describeReason(cause)}`;
    throw new UnavailableError(message, { cause });
  }
}

/** Host and port of a postgres URL. */
export function describeAddress(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname === '' ? 'localhost' : hostname}:${port === '' ? '5432' : port}`;
}

/** A host with several addresses fails with an error for each, and no message of its own. */
function describeReason(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const told = first ?? error;
  return told instanceof Error ? told.message : String(told);
}
