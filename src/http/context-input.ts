import type { Principal } from '../scope/principal.ts';

/** What the context of one operation is made of. */
export interface ContextInput {
  /** To be read anew for each decision: a socket's token may be replaced while operations run. `null`: no token was sent. */
  readonly principal: Principal | null;
  /** Aborted when the operation is over, its caller has left, or the server stops. */
  readonly signal: AbortSignal;
  readonly transport: 'http' | 'websocket' | 'sse';
  /** Where the caller may have said of which trace the operation is, the nearest first: texts under `traceparent` and `tracestate`. */
  readonly carriers: readonly Readonly<Record<string, unknown>>[];
}
