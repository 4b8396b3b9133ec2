import { NEITHER, startServerProcess, type ServerProcess } from '../_util/server-process.ts';
import { TcpProxy } from '../store/tcp-proxy.ts';
import { findFreePort } from '../_util/free-port.ts';

const APP = new URL('../fixture/fault-app.ts', import.meta.url).pathname;
/** A node whose database is away when it starts gives up, and is started again by whoever looks after it. */
const MAX_STARTS = 60;

export interface FaultNodeOptions {
  readonly name: string;
  readonly databaseUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

/** `ambit serve` as a process that dies, freezes and comes back under the same address, with its own way to Postgres. */
export class FaultNode implements AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** Between this node and Postgres. */
  readonly proxy: TcpProxy;
  /** A fault is under way. */
  isBusy = false;
  /** Processes that neither served nor ended: nobody would have started them again. */
  hungStarts = 0;
  readonly #env: Readonly<Record<string, string>>;
  readonly #output: string[] = [];
  #server: ServerProcess | null = null;
  #starting: Promise<void> | null = null;
  #isGone = false;

  private constructor(
    { name, env, databaseUrl }: FaultNodeOptions,
    { port, proxy }: { port: number; proxy: TcpProxy },
  ) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.proxy = proxy;
    this.#env = { ...env, PORT: String(port), DATABASE_URL: proxy.through(databaseUrl) };
  }

  static async start(options: FaultNodeOptions): Promise<FaultNode> {
    const proxy = await TcpProxy.to(options.databaseUrl);
    const node = new FaultNode(options, { port: await findFreePort(), proxy });
    await node.start();
    return node;
  }

  /** What all its processes wrote. */
  get output(): readonly string[] {
    return [...this.#output, ...(this.#server?.output ?? [])];
  }

  /** Returns when it serves; a process that ends instead is started again. */
  async start(): Promise<void> {
    this.#starting = this.#start();
    await this.#starting;
  }

  async #start(): Promise<void> {
    for (let tries = 1; !this.#isGone; tries += 1) {
      try {
        this.#server = await startServerProcess(this.#env, [APP]);
        return;
      } catch (error) {
        if (error instanceof Error && error.message.includes(NEITHER)) {
          this.hungStarts += 1;
          this.#output.push(error.message);
        }
        if (tries === MAX_STARTS) throw error;
      }
    }
  }

  /** SIGKILL or SIGTERM, and its end. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#server?.end(signal);
    this.#output.push(...(this.#server?.output ?? []));
    this.#server = null;
  }

  freeze(): void {
    this.#server?.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#server?.process.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isGone = true;
    // A process that is about to come would outlive this one.
    await this.#starting?.catch(() => undefined);
    await this.end('SIGKILL');
    await this.proxy[Symbol.asyncDispose]();
  }
}
