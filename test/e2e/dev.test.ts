import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';

const CLI = new URL('../../src/cli.ts', import.meta.url).pathname;
/** Inside the package, so that it can import it by its name. */
const APP = join(import.meta.dirname, 'app-that-changes.ts');

function createApp(name: string): string {
  return `import { defineApp } from 'ambit';
    export default defineApp({ id: 'a', name: '${name}', agents: [] });`;
}

describe('ambit dev', () => {
  it(
    'serves an app file again when it has changed, and ends when asked to',
    { timeout: 120_000 },
    async () => {
      await using resources = new AsyncDisposableStack();
      const folder = await mkdtemp(join(tmpdir(), 'ambit-'));
      resources.defer(() => rm(folder, { recursive: true, force: true }));
      resources.defer(() => rm(APP, { force: true }));
      await writeFile(APP, createApp('First'));
      const child = spawn(process.execPath, [CLI, 'dev', APP], {
        env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'warn', AMBIT_DATA_DIR: folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      resources.defer(async () => void child.kill('SIGTERM'));
      const served: string[] = [];
      for await (const line of createInterface(child.stdout)) {
        const [, name] = /^Ambit serves "(\w+)"/.exec(line) ?? [];
        if (name !== undefined) served.push(name);
        // The last line of what a start prints.
        if (!line.startsWith('  curl ')) continue;
        if (served.length > 1) break;
        await writeFile(APP, createApp('Second'));
      }
      expect(served).toEqual(['First', 'Second']);
      child.kill('SIGTERM');
      await exited;
    },
  );
});
