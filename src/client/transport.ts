import type { Operation } from './operation.ts';

export interface TransportRequest {
  readonly operation: Operation;
  readonly token: string | null;
  /** Ends the results, in silence. */
  readonly signal: AbortSignal;
}

/** A way to a server's streams of results. */
export interface Transport {
  /**
   * The `data` of the results of one operation, over one connection, to its end. Throws `ConnectionLost` when that does not come, and
   * when the server refuses the operation.
   */
  open(request: TransportRequest): AsyncIterable<unknown>;
  /** Ends all that is open. */
  dispose(): Promise<void>;
}
