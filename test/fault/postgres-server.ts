import { type ChildProcess, execFileSync } from 'node:child_process';
import { chownSync, existsSync, globSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { endProcess, startDatabaseProcess } from '../_util/database-process.ts';
import { findFreePort } from '../_util/free-port.ts';
import { serverUser } from '../_util/server-user.ts';

/** How Postgres is told to stop: `fast` ends its sessions in order, `immediate` drops everything, as a crash does. */
export type StopMode = 'fast' | 'immediate';

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** The newest Postgres on this machine that has its server programs; null: there is none. */
export function findPostgresPrograms(): string | null {
  const folders = [...globSync('/usr/lib/postgresql/*/bin'), '/usr/local/pgsql/bin'];
  return folders.toSorted().findLast((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** A Postgres server of its own that may be treated badly, with an empty database. */
export class PostgresServer implements AsyncDisposable {
  readonly url: string;
  readonly #programs: string;
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | null = null;

  private constructor(programs: string, { folder, port }: { folder: string; port: number }) {
    this.#programs = programs;
    this.#folder = folder;
    this.#port = port;
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  /** Makes the server in a folder of its own and starts it. */
  static async start(programs: string): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'ambit-fault-'));
    const server = new PostgresServer(programs, { folder, port: await findFreePort() });
    await chmod(folder, 0o711);
    await mkdir(server.#data, { mode: 0o700 });
    const user = serverUser();
    if (user !== null) chownSync(server.#data, user.uid, user.gid);
    const args = ['-D', server.#data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-locale'];
    execFileSync(join(programs, 'initdb'), [...args, '--no-sync'], { ...user, cwd: folder, stdio: 'ignore' });
    await server.start();
    return server;
  }

  /** Returns when it accepts connections. */
  async start(): Promise<void> {
    // What it has committed must outlast a crash of its own, not of the machine: so no fsync.
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=200',
      'fsync=off',
    ];
    const args = ['-D', this.#data, '-p', String(this.#port), ...settings.flatMap((line) => ['-c', line])];
    const options = { cwd: this.#folder, ready: 'ready to accept connections' };
    const { child, started } = startDatabaseProcess(join(this.#programs, 'postgres'), args, options);
    this.#process = child;
    await started;
  }

  async stop(mode: StopMode): Promise<void> {
    await endProcess(this.#process, SIGNALS[mode]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('immediate');
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }
}
