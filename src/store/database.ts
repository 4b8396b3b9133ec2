import { type Kysely } from 'kysely';

import { type Logger } from '../lib/logger.ts';
import { type Tables } from './tables.ts';

/** An open, migrated database. Disposing of it closes every connection and frees the lock; queries then fail as UNAVAILABLE. */
export interface Database extends AsyncDisposable {
  readonly db: Kysely<Tables>;
  readonly kind: 'pglite' | 'postgres';
  /** This process among all that use the database: the owner of the leases it takes. */
  readonly nodeId: string;
  /** Returns when the database answers. @throws UnavailableError when it does not. */
  ping(): Promise<void>;
  /** Those of `owners`, node ids, whose process is gone; never this one's. */
  deadOwners(owners: readonly string[]): Promise<string[]>;
}

export interface DatabaseOptions {
  readonly log: Logger;
  /** Default: a new one, as `createNodeId` makes it. */
  readonly nodeId?: string;
}
