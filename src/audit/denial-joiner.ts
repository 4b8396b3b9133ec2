import type { CleanEntry } from './clean-entry.ts';

/** So many denials that are alike, from the first to the last. */
export interface JoinedDenials {
  readonly entry: CleanEntry;
  count: number;
  readonly firstAt: Date;
  at: Date;
}

export interface DenialJoinerOptions {
  readonly windowMs: number;
  /** Different denials of one user that a window keeps apart; further ones are joined whatever they are. */
  readonly kindsPerUser: number;
  /** Of all users together; further ones are joined whoever they are of. */
  readonly kinds: number;
}

/**
 * Joins denials that are alike: same user, transport, field, requirement, code and reason. Time is cut into windows. The first denial of a
 * kind in a window goes on at once, so that it is soon in the log; the others of that window are counted, and come out as one
 * when it is over. So a window makes at most two rows of each kind, and holds a bounded number of kinds, whatever is sent; no denial is
 * left uncounted.
 */
export class DenialJoiner {
  readonly #options: DenialJoinerOptions;
  #startedAt = -Infinity;
  /** By kind; `null`: the first one has gone on, and there was no other since. */
  readonly #joined = new Map<string, JoinedDenials | null>();
  readonly #kindsOf = new Map<string | null, number>();
  #hasJoined = false;

  constructor(options: DenialJoinerOptions) {
    this.#options = options;
  }

  /** Whether something is counted that has to come out. */
  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  /** The denial as it goes on at once; `null`: it was counted. To be called after `take`. */
  add(denial: CleanEntry, at: Date): CleanEntry | null {
    const entry = this.#boundKind(denial);
    const kind = kindOf(entry);
    const joined = this.#joined.get(kind);
    if (joined === undefined) {
      this.#joined.set(kind, null);
      this.#kindsOf.set(entry.userId, (this.#kindsOf.get(entry.userId) ?? 0) + 1);
      return entry;
    }
    this.#hasJoined = true;
    if (joined === null) this.#joined.set(kind, { entry, count: 1, firstAt: at, at });
    else {
      joined.count += 1;
      joined.at = at;
    }
    return null;
  }

  /** What was joined in a window that is over at `now`, and begins the next one; nothing while it lasts. */
  take(now: Date): JoinedDenials[] {
    const sinceMs = now.getTime() - this.#startedAt;
    // A clock that was set back ends the window, too.
    if (sinceMs >= 0 && sinceMs < this.#options.windowMs) return [];
    this.#startedAt = now.getTime();
    return this.takeAll();
  }

  /** What was joined, whether or not the window is over. */
  takeAll(): JoinedDenials[] {
    const all = [...this.#joined.values()].filter((joined) => joined !== null);
    this.#joined.clear();
    this.#kindsOf.clear();
    this.#hasJoined = false;
    return all;
  }

  /** The denial itself, or what stands for it when there are too many kinds. */
  #boundKind(entry: CleanEntry): CleanEntry {
    if (this.#joined.has(kindOf(entry))) return entry;
    const { kinds, kindsPerUser } = this.#options;
    if (this.#joined.size >= kinds) return { ...anyDenial(entry), userId: null, reason: OTHERS };
    if ((this.#kindsOf.get(entry.userId) ?? 0) >= kindsPerUser) return anyDenial(entry);
    return entry;
  }
}

/** Said of a row that joins what is not alike. */
export const OTHERS_OF_USER = 'Further denials of this user, of too many kinds to be told apart.';
export const OTHERS = 'Further denials, of too many users and kinds to be told apart.';

function anyDenial(entry: CleanEntry): CleanEntry {
  return {
    ...entry,
    reason: OTHERS_OF_USER,
    code: null,
    operationName: null,
    field: null,
    path: [],
    ids: {},
    required: [],
  };
}

function kindOf({ userId, transport, field, required, code, reason }: CleanEntry): string {
  // Those of a joined kind differ in nothing that is told of it.
  const channel = code === null ? null : transport;
  return JSON.stringify([userId, channel, field, required, code, reason]);
}
