/**
 * Tokens that are not good any more: one, by its `jti`; those of a user, or of everybody, that were issued before an instant. A token
 * that does not say when it was issued counts as issued before any.
 */
export type Revocation =
  | {
      readonly kind: 'token';
      readonly tokenId: string;
      /** From when on it may be forgotten, since the token has expired; `null`: that is not known. */
      readonly keepUntil: Date | null;
    }
  | { readonly kind: 'user'; readonly userId: string; readonly issuedBefore: Date }
  | { readonly kind: 'all'; readonly issuedBefore: Date };

/**
 * The end of the second in which `instant` lies: what a revocation of tokens issued up to then names as `issuedBefore`. An `iat` has
 * whole seconds, so a token issued in that very second cannot be told to be older or younger, and counts as older.
 */
export function endOfSecond(instant: Date): Date {
  return new Date((Math.floor(instant.getTime() / 1000) + 1) * 1000);
}
