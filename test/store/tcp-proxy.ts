import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A relay to a TCP server on this machine that can break in the ways a network does. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: { host: string; port: number };
  #mode: 'pass' | 'refuse' | 'silent' = 'pass';

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((socket) => this.#relay(socket));
  }

  /** A proxy in front of the server of `url`, listening on a free port of loopback. */
  static async to(url: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new TcpProxy({ host: hostname, port: port === '' ? 5432 : Number(port) });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** `url` through this proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    // A listening server has an address of this kind.
    changed.port = String((this.#server.address() as AddressInfo).port);
    return changed.href;
  }

  /** Cuts every connection and lets no new one through. */
  refuse(): void {
    this.#mode = 'refuse';
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Keeps the connections, and lets nothing through. */
  fallSilent(): void {
    this.#mode = 'silent';
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** New connections get through again. */
  pass(): void {
    this.#mode = 'pass';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(socket: Socket): void {
    this.#track(socket);
    if (this.#mode === 'refuse') socket.destroy();
    if (this.#mode !== 'pass') return;
    const upstream = connect(this.#target);
    this.#track(upstream);
    socket.pipe(upstream).pipe(socket);
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
