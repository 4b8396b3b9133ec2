// How long until a server is ready, and how much memory does it hold when idle? A process of its own each time, on PGlite (first
// start of a folder and second) and on Postgres (first start of a schema and second).
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { type BenchTable, type Finding, median } from './bench-table.ts';
import { BENCH_KEY } from './bench-token.ts';
import { dropSchemas } from './drop-schemas.ts';
import { startFixture } from './fixture-process.ts';

const ROUNDS = 3;
const SETTLE_MS = 2000;
const READY_GOAL_MS = 2000;
const IDLE_GOAL_MB = 150;

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
    const schema = `ambit_bench_${randomBytes(4).toString('hex')}`;
    const env = { DATABASE_URL: postgres, DATABASE_SCHEMA: schema };
    note('postgres, first start', await time(env));
    note('postgres, second start', await time(env));
    await dropSchemas(postgres, [schema, `${schema}_jobs`]);
  }
  const typical = [...starts].map(([name, own]) => ({
    name,
    readyMs: Math.round(median(own.map(({ readyMs }) => readyMs))),
    megabytes: Math.round(median(own.map(({ megabytes }) => megabytes))),
  }));
  return {
    question: 'start-up: until /ready says yes, and memory when idle',
    columns: ['database', 'ready ms', 'idle MB'],
    rows: typical.map(({ name, readyMs, megabytes }) => [name, readyMs, megabytes]),
    findings: typical.flatMap(toFindings),
  };
}

/** PGlite is a database within the process: how much memory it takes has no goal. */
function toFindings({ name, readyMs, megabytes }: Start & { readonly name: string }): Finding[] {
  const ready: Finding = {
    what: `ready, ${name}`,
    value: readyMs,
    unit: 'ms',
    goal: { atMost: READY_GOAL_MS },
  };
  if (!name.startsWith('postgres')) return [ready];
  return [ready, { what: `idle, ${name}`, value: megabytes, unit: 'MB', goal: { atMost: IDLE_GOAL_MB } }];
}

async function time(env: Record<string, string>): Promise<Start> {
  const begin = performance.now();
  await using server = await startFixture(new URL('../../src/start.js', import.meta.url), {
    core: 0,
    args: ['serve'],
    ready: /^Ambit serves .* at (http:\S+)\/graphql$/,
    env: {
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      JWT_VERIFICATION_KEY: BENCH_KEY,
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
