import { type Kysely } from 'kysely';

import { type Logger } from '../lib/logger.ts';
import { type Tables } from './tables.ts';

/** An open, migrated database. Disposing of it closes every connection and frees the folder; queries then fail as UNAVAILABLE. */
export interface Database extends AsyncDisposable {
  readonly db: Kysely<Tables>;
  /**
   * The same on connections of its own: for what must not wait behind requests, as the lease and the log. On PGlite there is
   * one for all.
   */
  readonly vital: Kysely<Tables>;
  readonly kind: 'pglite' | 'postgres';
  /** This process among all that use the database: the owner of the leases it takes. */
  readonly nodeId: string;
  /** The pools of connections by name; none on PGlite. */
  readonly pools: () => Readonly<Record<string, PoolUse>>;
  /** Returns when the database answers. @throws UnavailableError when it does not. */
  ping(): Promise<void>;
  /**
   * Plain SQL for those who bring their own; without values it may be several statements, whose rows come one after the other.
   * Never to be called while a transaction is waited for. On Postgres it goes through the direct connection.
   */
  execute(text: string, values: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  /** Says `text` (below 8,000 bytes) to all who listen. Nothing on PGlite, where nobody else is. */
  notify(text: string): Promise<void>;
  /**
   * Hears what others say, and oneself, until it is disposed of. `onGap`: from here on it hears, again perhaps, and may have missed
   * something before. Nothing on PGlite.
   */
  listen(hear: (text: string) => void, onGap: () => void): AsyncDisposable;
}

/** A pool of connections as it is now. */
export interface PoolUse {
  readonly size: number;
  readonly used: number;
  readonly idle: number;
  /** Who waits for a connection. */
  readonly waiting: number;
}

export interface DatabaseOptions {
  readonly log: Logger;
  /** Default: a new one, as `createNodeId` makes it. */
  readonly nodeId?: string;
}
