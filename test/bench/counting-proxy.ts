import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { WireMessages } from './wire-messages.ts';

/** What passed a proxy so far. */
export interface DatabaseCounts {
  /** How often each statement was sent, by its text. */
  readonly statements: ReadonlyMap<string, number>;
  /** Transactions that ended well, those of a single statement among them. */
  readonly commits: number;
  /** Those of them that change or lock rows, and so are written to the disk before they end. */
  readonly writingCommits: number;
}

/** Stands between a server and Postgres. */
export interface CountingProxy extends AsyncDisposable {
  /** For the server in place of the address given. */
  readonly url: string;
  read(): DatabaseCounts;
}

/** Passes everything on and counts what is asked for. It must not be encrypted. */
export async function startCountingProxy(url: string): Promise<CountingProxy> {
  const target = new URL(url);
  const counts = { statements: new Map<string, number>(), commits: 0, writingCommits: 0 };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname).setNoDelay();
    count(client, upstream, counts);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      // Whoever breaks off is of no interest here, only that the other side hears of it.
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  // A listening TCP server's address is an object.
  proxied.port = String((server.address() as AddressInfo).port);
  return {
    url: proxied.href,
    read: () => ({ ...counts, statements: new Map(counts.statements) }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * A statement is sent as Parse (P) or as a simple Query (Q). ReadyForQuery (Z) with `I` says that no transaction is open: one has
 * ended. It ended badly when it was rolled back or an error (E) came.
 */
function count(
  client: Socket,
  upstream: Socket,
  counts: { statements: Map<string, number>; commits: number; writingCommits: number },
): void {
  let isBegun = false;
  let isBad = false;
  let writes = false;
  const fromClient = new WireMessages('client', (type, body) => {
    if (type !== 'P' && type !== 'Q') return;
    const text = readStatement(type, body);
    counts.statements.set(text, (counts.statements.get(text) ?? 0) + 1);
    isBegun = true;
    isBad ||= /^\s*rollback/i.test(text);
    writes ||= /\b(?:insert|update|delete|for share)\b/i.test(text);
  });
  const fromServer = new WireMessages('server', (type, body) => {
    if (type === 'E') isBad = true;
    if (type !== 'Z' || String.fromCharCode(body[0] ?? 0) !== 'I') return;
    if (isBegun && !isBad) counts.commits += 1;
    if (isBegun && !isBad && writes) counts.writingCommits += 1;
    isBegun = isBad = writes = false;
  });
  client.on('data', (chunk: Buffer) => fromClient.push(chunk));
  upstream.on('data', (chunk: Buffer) => fromServer.push(chunk));
}

/** The text, which in Parse comes after the name of the prepared statement. */
function readStatement(type: 'P' | 'Q', body: Buffer): string {
  const start = type === 'P' ? body.indexOf(0) + 1 : 0;
  return body.toString('utf8', start, body.indexOf(0, start));
}
