import type { GrantSet } from './grant-set.ts';

/** Somebody and what they may. It carries no token, so tool code may see it. */
export interface Identity {
  /** The token's `sub`. */
  readonly id: string;
  readonly grants: GrantSet;
}

/** A token as revocations name it: by itself, by its holder, and by when it was issued. */
export interface TokenMark {
  /** The token's `sub`. */
  readonly id: string;
  /** The token's `jti`; `null`: it has none. */
  readonly tokenId: string | null;
  /** The token's `iat`; `null`: it has none. */
  readonly issuedAt: Date | null;
}

/** Who is asking, as the token says. */
export interface Principal extends Identity, TokenMark {
  /** The token's `exp`. */
  readonly expiresAt: Date;
  /** `expiresAt` and the leeway that clocks are given: from here on the principal may nothing. */
  readonly validUntil: Date;
}

/**
 * Whose sessions and runs the principal may read: their own, and those that `users:<id>:read` opens; `'all'` for the
 * global forms and for admin.
 */
export function readableOwners({ id, grants }: Identity): 'all' | readonly string[] {
  const others = grants.visibleIds('users', 'read');
  return others === 'all' ? 'all' : [id, ...others];
}

/** Whose sessions and runs the principal may act on: their own, and those that both `users:<id>:read` and `:act` open. */
export function actableOwners(identity: Identity): 'all' | readonly string[] {
  const readable = readableOwners(identity);
  const others = identity.grants.visibleIds('users', 'act');
  if (others === 'all') return readable;
  const actable = readable === 'all' ? [...others] : readable.filter((owner) => others.has(owner));
  return [identity.id, ...actable];
}
