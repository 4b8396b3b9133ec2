import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

import { LimitExceededError } from '../errors.ts';
import { allowsOrigin } from './allows-origin.ts';
import { createPingAnswerer } from './answer-pings.ts';
import type { HttpLimits } from './http-limits.ts';
import { parsePath } from './parse-path.ts';
import { isRefusal, RefusedUpgrade, refuseUpgrade } from './refuse-upgrade.ts';
import { SocketConnection } from './socket-connection.ts';
import type { SocketCounts } from './socket-counts.ts';
import { createSocketProtocol, type SocketProtocolOptions } from './socket-protocol.ts';

export interface WebsocketServerOptions<TContext extends object> extends Omit<
  SocketProtocolOptions<TContext>,
  'maxOperations' | 'countSocket'
> {
  readonly limits: HttpLimits;
  readonly corsOrigins: readonly string[];
  readonly sockets: SocketCounts;
}

export interface WebsocketServer {
  /** Open sockets. */
  readonly size: number;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** From now on handshakes are refused with 503. */
  refuseUpgrades(): void;
  /** Asks every socket to close, with 1001. */
  closeAll(): void;
  /** Ends every socket without asking. */
  terminateAll(): void;
}

/** The websockets of one server: who may connect, and what is done with all of them. */
export function createWebsocketServer<TContext extends object>(
  options: WebsocketServerOptions<TContext>,
): WebsocketServer {
  const { limits, pace, sockets } = options;
  const protocol = createSocketProtocol({
    ...options,
    maxOperations: limits.operationsPerSocket,
    countSocket: (connection, { id }) => sockets.countUser(connection, id),
  });
  const server = new WebSocketServer(toServerOptions(limits));
  const connections = new Set<SocketConnection>();
  const keepAlive = startKeepAlive(connections, limits.keepAliveMs);
  let isStopping = false;

  function open(socket: WebSocket, request: IncomingMessage): void {
    const connection = new SocketConnection(socket, {
      request,
      address: pace.addressOf(request),
      ...options,
    });
    connection.onPing = createPingAnswerer(connection, options);
    sockets.countAddress(connection);
    connections.add(connection);
    const closed = protocol.opened(connection, connection);
    connection.onceClosed((code, reason) => {
      connections.delete(connection);
      void closed(code, reason);
    });
  }

  return {
    get size() {
      return connections.size;
    },
    handleUpgrade(request, socket, head) {
      try {
        if (isStopping) throw new RefusedUpgrade(503);
        assertUpgrade(request, options.corsOrigins);
        pace.countRequest(request);
        sockets.assertRoom(pace.addressOf(request));
      } catch (error) {
        if (error instanceof LimitExceededError) options.onLimit?.(error.limit);
        if (!isRefusal(error)) options.log.error({ err: error }, 'a handshake failed');
        return refuseUpgrade(socket, error);
      }
      server.handleUpgrade(request, socket, head, open);
    },
    refuseUpgrades() {
      isStopping = true;
    },
    closeAll() {
      clearInterval(keepAlive);
      for (const connection of connections) connection.closeWith(1001);
    },
    terminateAll() {
      for (const connection of connections) connection.terminate();
    },
  };
}

function toServerOptions(limits: HttpLimits): ServerOptions {
  const options = {
    noServer: true,
    clientTracking: false,
    maxPayload: limits.bodyBytes,
    perMessageDeflate: false,
    autoPong: false,
    closeTimeout: limits.closeTimeoutMs, // not in the library's declared types
    handleProtocols: () => GRAPHQL_TRANSPORT_WS_PROTOCOL, // a handshake without it has been refused
  };
  return options;
}

function startKeepAlive(connections: ReadonlySet<SocketConnection>, everyMs: number): NodeJS.Timeout {
  return setInterval(() => {
    for (const connection of connections) connection.checkAlive();
  }, everyMs).unref();
}

function assertUpgrade(request: IncomingMessage, corsOrigins: readonly string[]): void {
  if (parsePath(request) !== '/graphql') throw new RefusedUpgrade(404);
  if (handleProtocols(request.headers['sec-websocket-protocol'] ?? '') === false)
    throw new RefusedUpgrade(400);
  if (!allowsOrigin(request, corsOrigins)) throw new RefusedUpgrade(403);
}
