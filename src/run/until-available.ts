import { ConflictError, UnavailableError } from '../errors.ts';
import { delay } from '../lib/delay.ts';
import { interrupted } from './run-stop.ts';

const RETRY_MS = 250;

/** Does something with the database, again and again while it is away. Gives up, or does not begin, with the signal's reason. */
export async function untilAvailable<TResult>(
  act: () => Promise<TResult>,
  signal: AbortSignal,
): Promise<TResult> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      await delay(RETRY_MS, signal);
    }
  }
}

/**
 * Writes something of a run that is executed, as soon as the database takes it. Whether a try that broke off was committed is
 * not known: what is there already at the next one is this run's own, since nobody else holds its lease.
 * @throws RunStop when the run's lease is lost, which `write` tells by `false`.
 */
export async function storeStep(write: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  let isUncertain = false;
  const attempt = async (): Promise<boolean> => {
    try {
      return await write();
    } catch (error) {
      if (error instanceof ConflictError && isUncertain) return true;
      isUncertain = true;
      throw error;
    }
  };
  if (!(await untilAvailable(attempt, signal))) throw interrupted('Another process took the run over.');
}
