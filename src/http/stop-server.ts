import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from '../lib/logger.ts';
import type { EventStreamServer } from './event-stream-server.ts';
import type { WebsocketServer } from './websocket-server.ts';

export interface StopServerOptions {
  readonly graceMs: number;
  readonly sockets: WebsocketServer;
  readonly streams: Pick<EventStreamServer, 'closeAll'>;
  abortRequests(): void;
  destroyConnections(): void;
  onStop(): Promise<void>;
  readonly log: Logger;
}

/**
 * Ends a server in bounded time: (1) no new connections and upgrades; (2) `onStop`, so that waiting operations answer; (3)
 * sockets are asked to close with 1001, event streams end; (4) what has not ended within `graceMs` of the start is aborted and cut off.
 */
export async function stopServer(server: Server, options: StopServerOptions): Promise<void> {
  const { graceMs, sockets, streams, destroyConnections, log } = options;
  const graceOver = new AbortController();
  const grace = delay(graceMs, undefined, { signal: graceOver.signal }).catch(() => undefined);
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  sockets.refuseUpgrades();
  const stopping = options.onStop().catch((err: unknown) => log.error({ err }, 'a stop hook failed'));
  await Promise.race([stopping, grace]);
  sockets.closeAll();
  streams.closeAll();
  await Promise.race([closed, grace]);
  options.abortRequests();
  sockets.terminateAll();
  destroyConnections();
  await closed;
  graceOver.abort();
}
