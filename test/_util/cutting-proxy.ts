import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A relay to a server that cuts connections where a test wants them cut. */
export class CuttingProxy implements AsyncDisposable {
  /** Connections so far that were let through. */
  connections = 0;
  /** Websocket handshakes so far. */
  upgrades = 0;
  /** Whether handshakes are answered with 403, as by proxies that know no websockets. */
  refusesUpgrades = false;
  readonly #port: number;
  readonly #server = createServer((socket) => this.#relay(socket));
  readonly #sockets = new Set<Socket>();
  #cut: { left: number; onCut: () => void } | null = null;

  private constructor(port: number) {
    this.#port = port;
  }

  /** In front of the server on that port of loopback. */
  static async to(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Of GraphQL, through this proxy. */
  get url(): string {
    // A listening TCP server's address is an object.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/graphql`;
  }

  /** Cuts every connection, as it is. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts everything once, after so many more bytes of the server; with 0, in place of the first one. Resolves when it has. */
  cutAfter(bytes: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#cut = { left: bytes, onCut: resolve };
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket): void {
    this.#track(client);
    client.once('data', (first) => {
      if (/^upgrade: websocket/im.test(String(first))) {
        this.upgrades += 1;
        if (this.refusesUpgrades) {
          client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
          return;
        }
      }
      this.connections += 1;
      const server = connect(this.#port, '127.0.0.1');
      this.#track(server);
      server.write(first);
      client.pipe(server);
      server.on('data', (data) => this.#pass(data, client));
      server.on('end', () => client.end());
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroySoon());
    });
  }

  #pass(data: Buffer, client: Socket): void {
    const cut = this.#cut;
    if (cut === null || data.length < cut.left) {
      if (cut !== null) cut.left -= data.length;
      client.write(data);
      return;
    }
    this.#cut = null;
    client.write(data.subarray(0, cut.left), () => {
      this.cutAll();
      cut.onCut();
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
