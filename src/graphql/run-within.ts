import type { ExecutionResult } from 'graphql';

import { UnavailableError } from '../errors.ts';
import { isPromise } from '../lib/is-promise.ts';
import { orAborted } from '../lib/or-aborted.ts';
import { signalWithin } from '../lib/signal-within.ts';

/** What executing an operation comes to. */
export type Results = ExecutionResult | AsyncGenerator<ExecutionResult, void, void>;

/**
 * What `work` comes to, unless that takes longer than `ms`: then throws `UnavailableError`, and a source of events that comes
 * late is ended. What was begun goes on by itself; nothing of it is told.
 */
export async function runWithin(ms: number, work: Results | PromiseLike<Results>): Promise<Results> {
  if (!isPromise(work)) return work;
  const { signal, release } = signalWithin(ms);
  try {
    return await orAborted(Promise.resolve(work), signal);
  } catch (error) {
    if (error !== signal.reason) throw error;
    work.then(endSource, () => undefined); // nobody waits for its outcome any more
    throw new UnavailableError('The operation took too long. What it has begun may still be done.');
  } finally {
    release();
  }
}

function endSource(results: Results): void {
  // A source that fails while it ends has nobody left to tell.
  if (Symbol.asyncIterator in results) results.return().catch(() => undefined);
}
