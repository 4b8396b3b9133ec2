import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { findFreePort } from './free-port.ts';
import { serverUser } from './server-user.ts';

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
    const child = spawn(PROGRAM, [join(this.#folder, 'pgbouncer.ini')], {
      ...serverUser(),
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    const lines: string[] = [];
    const ready = Promise.withResolvers<void>();
    createInterface(child.stderr).on('line', (line) => {
      if (lines.length < 50) lines.push(line);
      if (line.includes('process up')) ready.resolve();
    });
    child.once('exit', () => ready.reject(new Error(lines.join('\n'))));
    await ready.promise;
  }

  /** As a crash does it: every connection through it is gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
