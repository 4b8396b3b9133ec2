import { ConnectionLost } from './connection-lost.ts';
import type { Transport } from './transport.ts';

/**
 * Websockets, and server-sent events where no websocket can be opened. Once that has been so, and no websocket has ever been opened, it
 * is not tried again.
 */
export function createAutoTransport(sockets: Transport, events: Transport): Transport {
  let hasOpened = false;
  let isBlocked = false;
  return {
    async *open(request) {
      if (!isBlocked) {
        try {
          for await (const data of sockets.open(request)) {
            hasOpened = true;
            yield data;
          }
          return;
        } catch (error) {
          if (!(error instanceof ConnectionLost) || error.wasOpen) {
            hasOpened ||= error instanceof ConnectionLost;
            throw error;
          }
        }
      }
      if (request.signal.aborted) return;
      for await (const data of events.open(request)) {
        // The server is there, and it is only websockets that do not come through.
        if (!hasOpened) isBlocked = true;
        yield data;
      }
    },
    async dispose() {
      await Promise.all([sockets.dispose(), events.dispose()]);
    },
  };
}
