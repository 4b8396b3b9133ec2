import type { Db } from '../store/tables.ts';

/** Where wake-ups wait for a node with a free slot. A wake-up carries a run's id and nothing else: the row is the truth. */
export interface Dispatch {
  /** Inserts a wake-up for the run in the transaction `trx`: it is there when what made the run ready is. */
  enqueue(trx: Db, runId: string): Promise<void>;
}
