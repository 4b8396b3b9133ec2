import { MissingScopeError, UnauthenticatedError } from '../errors.ts';
import { type FieldRefusal } from './refusal.ts';

/** The error that a refused field answers with. Its message names the field and nothing of its data. */
export function toRefusalError(refusal: FieldRefusal): UnauthenticatedError | MissingScopeError {
  if (refusal.kind === 'unauthenticated') return new UnauthenticatedError('missing');
  return new MissingScopeError(
    `The token's scopes do not open ${refusal.coordinate}.`,
    refusal.requiredScopes,
  );
}
