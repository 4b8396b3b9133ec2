import { type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { endProcess, startDatabaseProcess } from './database-process.ts';
import { findFreePort } from './free-port.ts';

const PROGRAM = '/usr/sbin/pgbouncer';

/** Whether PgBouncer is installed, as Debian's package does it. In CI a missing one is a failure. */
export function hasPooler(): boolean {
  if (existsSync(PROGRAM)) return true;
  if ((process.env['CI'] ?? '') !== '') throw new Error('In CI, PgBouncer must be installed.');
  return false;
}

/** A PgBouncer in transaction mode in front of a Postgres: https://www.pgbouncer.org/config.html */
export class Pooler implements AsyncDisposable {
  /** The database of the server's URL, through the pooler. */
  readonly url: string;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  private constructor(url: string, folder: string) {
    this.url = url;
    this.#folder = folder;
  }

  static async start(serverUrl: string): Promise<Pooler> {
    const server = new URL(serverUrl);
    const port = await findFreePort();
    const folder = await mkdtemp(join(tmpdir(), 'ambit-pooler-'));
    const login = [
      `user=${server.username}`,
      ...(server.password === '' ? [] : [`password=${server.password}`]),
    ];
    const config = [
      '[databases]',
      `* = host=${server.hostname} port=${server.port} ${login.join(' ')}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      'default_pool_size = 8',
      'max_client_conn = 200',
    ];
    await writeFile(join(folder, 'pgbouncer.ini'), config.join('\n'), { mode: 0o644 });
    await chmod(folder, 0o755);
    const pooler = new Pooler(`postgres://any@127.0.0.1:${port}${server.pathname}`, folder);
    await pooler.start();
    return pooler;
  }

  /** Returns when it accepts connections. */
  async start(): Promise<void> {
    const options = { cwd: this.#folder, ready: 'process up' };
    const { child, started } = startDatabaseProcess(PROGRAM, [join(this.#folder, 'pgbouncer.ini')], options);
    this.#process = child;
    await started;
  }

  /** As a crash does it: every connection through it is gone. */
  async kill(): Promise<void> {
    await endProcess(this.#process, 'SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
