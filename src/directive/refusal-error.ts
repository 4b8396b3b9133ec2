import { MissingScopeError, UnauthenticatedError } from '../errors.ts';
import { type FieldRefusal } from './refusal.ts';

const refusals = new WeakMap<object, FieldRefusal>();

/** The error that a refused field answers with. Its message names the field, or the input, and nothing of the data. */
export function toRefusalError(refusal: FieldRefusal): UnauthenticatedError | MissingScopeError {
  const error = createError(refusal);
  refusals.set(error, refusal);
  return error;
}

/** The refusal that `toRefusalError` made an error of; `null` for any other error. */
export function refusalOf(error: object): FieldRefusal | null {
  return refusals.get(error) ?? null;
}

function createError(refusal: FieldRefusal): UnauthenticatedError | MissingScopeError {
  if (refusal.kind === 'unauthenticated') return new UnauthenticatedError('missing');
  return new MissingScopeError(
    `The token's scopes do not open ${refusal.input ?? refusal.coordinate}.`,
    refusal.requiredScopes,
  );
}
