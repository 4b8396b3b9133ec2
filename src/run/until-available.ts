import { UnavailableError } from '../errors.ts';
import { delay } from '../lib/delay.ts';
import { interrupted } from './run-stop.ts';

const RETRY_MS = 250;

/** Does something with the database, again and again while it is away. Gives up with the signal's reason. */
export async function untilAvailable<TResult>(
  act: () => Promise<TResult>,
  signal: AbortSignal,
): Promise<TResult> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      await delay(RETRY_MS, signal);
    }
  }
}

/**
 * Writes something of a run that is executed, as soon as the database takes it.
 * @throws RunStop when the run's lease is lost, which `write` tells by `false`.
 */
export async function storeStep(write: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  if (!(await untilAvailable(write, signal))) throw interrupted('Another process took the run over.');
}
