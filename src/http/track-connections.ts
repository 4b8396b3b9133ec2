import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import { toGroup } from './client-address.ts';
import { KeyedCounts } from './keyed-counts.ts';

/**
 * The TCP connections that are open: upgraded ones and those that never sent a byte are among them. One more than
 * `connectionsPerAddress` of an address is cut off.
 */
export function trackConnections(server: Server, connectionsPerAddress: number): Set<Socket> {
  const connections = new Set<Socket>();
  const counts = new KeyedCounts();
  server.on('connection', (connection: Socket) => {
    const address = toGroup(connection.remoteAddress) ?? '';
    if (counts.of(address) >= connectionsPerAddress) return void connection.destroy();
    connections.add(connection);
    counts.add(address);
    connection.once('close', () => {
      connections.delete(connection);
      counts.remove(address);
    });
  });
  return connections;
}
