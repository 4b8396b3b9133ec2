import type { ExecutionResult } from 'graphql';

import { MissingScopeError, NotFoundError, UnauthenticatedError } from '../errors.ts';
import { toAmbitError } from './format-error.ts';

/**
 * Whether an event of a subscription was refused as a whole, since its caller may not have the subscription's field any more: what
 * comes after it would be refused as well.
 */
export function refusesStream({ errors = [] }: ExecutionResult): boolean {
  return errors.some((error) => error.path?.length === 1 && isRefusal(toAmbitError(error)));
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof MissingScopeError ||
    error instanceof UnauthenticatedError ||
    error instanceof NotFoundError
  );
}
