// How long until a server is ready, and how much memory does it hold when idle? A process of its own each time, on PGlite (first
// start of a folder and second) and on Postgres (first start of a schema and second).
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { type BenchTable, median } from './bench-table.ts';
import { startFixture } from './fixture-process.ts';

const ROUNDS = 3;
const SETTLE_MS = 2000;

interface Start {
  readonly readyMs: number;
  readonly megabytes: number;
}

export async function measure(): Promise<BenchTable> {
  const starts = new Map<string, Start[]>();
  const note = (name: string, start: Start): void =>
    void starts.set(name, [...(starts.get(name) ?? []), start]);
  const postgres = process.env['TEST_DATABASE_URL'];
  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'ambit-bench-'));
    const pglite = { AMBIT_DATA_DIR: join(folder, 'data') };
    note('pglite, first start', await time(pglite));
    note('pglite, second start', await time(pglite));
    await rm(folder, { recursive: true });
    if (postgres === undefined) continue;
    const schema = {
      DATABASE_URL: postgres,
      DATABASE_SCHEMA: `ambit_bench_${randomBytes(4).toString('hex')}`,
    };
    note('postgres, first start', await time(schema));
    note('postgres, second start', await time(schema));
  }
  return {
    question:
      'start-up: until /ready says yes (goal < 2,000 ms), and memory when idle (goal < 150 MB on Postgres)',
    columns: ['database', 'ready ms', 'idle MB'],
    rows: [...starts].map(([name, own]) => [
      name,
      Math.round(median(own.map(({ readyMs }) => readyMs))),
      Math.round(median(own.map(({ megabytes }) => megabytes))),
    ]),
  };
}

async function time(env: Record<string, string>): Promise<Start> {
  const begin = performance.now();
  await using server = await startFixture(new URL('../../src/cli.ts', import.meta.url), {
    core: 0,
    args: ['serve'],
    ready: /^Ambit serves .* at (http:\S+)\/graphql$/,
    env: {
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      JWT_VERIFICATION_KEY: 'the-key-of-the-bench-which-nobody-else-uses',
      PORT: '0',
      LOG_LEVEL: 'error',
      ...env,
    },
  });
  const { status } = await fetch(`${server.address}/ready`);
  const readyMs = performance.now() - begin;
  if (status !== 200) throw new Error(`/ready answers ${status}.`);
  await delay(SETTLE_MS);
  return { readyMs, megabytes: server.residentMegabytes() };
}
