import { MissingScopeError } from '../errors.ts';
import { actableOwners, type Identity, readableOwners } from './principal.ts';
import { isSegment } from './scope.ts';

/**
 * Requires that the caller may act on what belongs to `owner`.
 * @throws MissingScopeError naming `users:<owner>:act`.
 */
export function requireActable(caller: Identity, owner: string, coordinate: string): void {
  const owners = actableOwners(caller);
  if (owners === 'all' || owners.includes(owner)) return;
  throw new MissingScopeError(`${coordinate} would act for another user.`, [[userScope(owner, 'act')]]);
}

/**
 * Requires that the caller may read what belongs to `owner`.
 * @throws MissingScopeError naming `users:<owner>:read`.
 */
export function requireReadable(caller: Identity, owner: string, coordinate: string): void {
  const owners = readableOwners(caller);
  if (owners === 'all' || owners.includes(owner)) return;
  throw new MissingScopeError(`${coordinate} asks for another user's.`, [[userScope(owner, 'read')]]);
}

/** Longer than any `sub`: repeating it would only make a small request's answer large. */
const MAX_OWNER_LENGTH = 255;

/** A `sub` that no scope can name is opened by the global form. */
function userScope(owner: string, action: 'read' | 'act'): string {
  const canBeNamed = isSegment(owner) && owner.length <= MAX_OWNER_LENGTH;
  return canBeNamed ? `users:${owner}:${action}` : `users:${action}`;
}
