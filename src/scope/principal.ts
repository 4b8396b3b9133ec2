import type { GrantSet } from './grant-set.ts';

/** Who is asking, as the token says. It carries no token, so tool code may see it. */
export interface Principal {
  /** The token's `sub`. */
  readonly id: string;
  readonly grants: GrantSet;
  /** The token's `exp`: from here on the principal may nothing. */
  readonly expiresAt: Date;
}

/**
 * Whose sessions and runs the principal may read: their own, and those that `users:<id>:read` opens; `'all'` for the
 * global forms and for admin.
 */
export function readableOwners({ id, grants }: Principal): 'all' | readonly string[] {
  const others = grants.visibleIds('users', 'read');
  return others === 'all' ? 'all' : [id, ...others];
}

/** Whose sessions and runs the principal may act on: their own, and those that both `users:<id>:read` and `:act` open. */
export function actableOwners(principal: Principal): 'all' | readonly string[] {
  const readable = readableOwners(principal);
  const others = principal.grants.visibleIds('users', 'act');
  if (others === 'all') return readable;
  const actable = readable === 'all' ? [...others] : readable.filter((owner) => others.has(owner));
  return [principal.id, ...actable];
}
