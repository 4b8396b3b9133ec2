import { UnauthenticatedError } from '../errors.ts';
import { type TokenMark } from './principal.ts';
import { type Revocation } from './revocation.ts';

interface Watcher {
  readonly markOf: () => TokenMark | null;
  readonly onRevoked: () => void;
}

/**
 * The revocations that this process knows, in memory: each decision asks it. Revocations are only ever added; of those of one user, and
 * of those of all, the one that reaches furthest says it all.
 */
export class RevocationList {
  /** By `jti`: milliseconds from which on it may be forgotten. */
  readonly #tokens = new Map<string, number>();
  /** By `sub`: milliseconds before which tokens were issued that are revoked. */
  readonly #users = new Map<string, number>();
  #all = Number.NEGATIVE_INFINITY;
  readonly #watchers = new Set<Watcher>();

  /** How many revocations are held. */
  get size(): number {
    return this.#tokens.size + this.#users.size + (this.#all === Number.NEGATIVE_INFINITY ? 0 : 1);
  }

  /** Adds revocations, and tells whoever watches a token that is revoked now. */
  add(revocations: Iterable<Revocation>): void {
    for (const revocation of revocations) this.#add(revocation);
    for (const watcher of this.#watchers) this.#tell(watcher);
  }

  /** Lets go of revocations that may be forgotten. */
  prune(now: Date): void {
    for (const [tokenId, keepUntil] of this.#tokens)
      if (keepUntil < now.getTime()) this.#tokens.delete(tokenId);
  }

  isRevoked({ id, tokenId, issuedAt }: TokenMark): boolean {
    if (tokenId !== null && this.#tokens.has(tokenId)) return true;
    const before = Math.max(this.#all, this.#users.get(id) ?? Number.NEGATIVE_INFINITY);
    return before > (issuedAt === null ? Number.NEGATIVE_INFINITY : issuedAt.getTime());
  }

  /** @throws UnauthenticatedError when the token is revoked. */
  requireLive(mark: TokenMark): void {
    if (this.isRevoked(mark)) throw revoked();
  }

  /**
   * Calls `onRevoked`, once at most, as soon as the token that `markOf` gives then is revoked: at once when it is already. Returns
   * what calls it off, which must be called in the end.
   */
  watch(markOf: () => TokenMark | null, onRevoked: () => void): () => void {
    const watcher = { markOf, onRevoked };
    this.#watchers.add(watcher);
    this.#tell(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #add(revocation: Revocation): void {
    switch (revocation.kind) {
      case 'token': {
        const { tokenId, keepUntil } = revocation;
        const untilMs = keepUntil?.getTime() ?? Number.POSITIVE_INFINITY;
        this.#tokens.set(tokenId, Math.max(untilMs, this.#tokens.get(tokenId) ?? 0));
        return;
      }
      case 'user': {
        const { userId, issuedBefore } = revocation;
        this.#users.set(userId, Math.max(issuedBefore.getTime(), this.#users.get(userId) ?? 0));
        return;
      }
      case 'all':
        this.#all = Math.max(this.#all, revocation.issuedBefore.getTime());
        return;
      default:
        revocation satisfies never;
    }
  }

  #tell(watcher: Watcher): void {
    const mark = watcher.markOf();
    if (mark === null || !this.isRevoked(mark) || !this.#watchers.delete(watcher)) return;
    watcher.onRevoked();
  }
}

/** What a revoked token is answered with. */
export function revoked(): UnauthenticatedError {
  return new UnauthenticatedError('invalid', 'The bearer token has been revoked.');
}
