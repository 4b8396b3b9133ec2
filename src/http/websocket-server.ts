import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

import { createPingAnswerer } from './answer-pings.ts';
import type { HttpLimits } from './http-limits.ts';
import { parsePath } from './parse-path.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { SocketConnection } from './socket-connection.ts';
import { createSocketProtocol, type SocketProtocolOptions } from './socket-protocol.ts';

export interface WebsocketServerOptions<TContext extends object> extends Omit<
  SocketProtocolOptions<TContext>,
  'maxOperations'
> {
  readonly limits: HttpLimits;
  allowsUpgrade?(request: IncomingMessage): boolean;
}

export interface WebsocketServer {
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
  const { limits } = options;
  const protocol = createSocketProtocol({ ...options, maxOperations: limits.operationsPerSocket });
  const server = new WebSocketServer(toServerOptions(limits));
  const connections = new Set<SocketConnection>();
  const keepAlive = startKeepAlive(connections, limits.keepAliveMs);
  let isStopping = false;

  function open(socket: WebSocket, request: IncomingMessage): void {
    const connection = new SocketConnection(socket, { request, ...options });
    connection.onPing = createPingAnswerer(connection, options);
    connections.add(connection);
    const closed = protocol.opened(connection, connection);
    connection.onceClosed((code, reason) => {
      connections.delete(connection);
      void closed(code, reason);
    });
  }

  return {
    handleUpgrade(request, socket, head) {
      const status = isStopping ? 503 : refusalOf(request, options);
      if (status !== null) return refuseUpgrade(socket, status);
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

/** The HTTP status that refuses the handshake, or `null` to go on with it. */
function refusalOf(
  request: IncomingMessage,
  { allowsUpgrade }: { allowsUpgrade?(request: IncomingMessage): boolean },
): number | null {
  if (parsePath(request) !== '/graphql') return 404;
  if (handleProtocols(request.headers['sec-websocket-protocol'] ?? '') === false) return 400;
  return (allowsUpgrade?.(request) ?? true) ? null : 403;
}
