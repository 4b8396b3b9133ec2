import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { runCommand } from '../_util/server-process.ts';
import { type FaultClientOptions, readRun, refuseAll, submit } from './fault-client.ts';
import { startFaultModel } from './fault-model.ts';
import { type Fault, FAULTS, FaultNode } from './fault-node.ts';
import { type Evidence, findFaults, type LoggedEvent, type Reading, type StoredRun } from './find-faults.ts';

export interface InjectOptions {
  /** An empty database of a Postgres that all servers share. */
  readonly databaseUrl: string;
  readonly nodes: number;
  /** How long faults are injected; the runs then have a minute to come to their end. */
  readonly durationMs: number;
  /** Runs at once. */
  readonly runs: number;
  readonly seed: number;
  readonly onProgress?: (counts: Counts) => void;
}

export interface Counts {
  runs: number;
  reconnects: number;
  readonly injected: Record<Fault, number>;
}

export interface InjectReport {
  readonly counts: Counts;
  readonly evidence: Evidence;
  readonly faults: readonly string[];
}

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
const READERS = 2;
const SETTLE_MS = 60_000;

/** Runs agents on servers that are killed, stopped and frozen meanwhile, reads them over sockets that are cut, and looks at what is left. */
export async function injectFaults(options: InjectOptions): Promise<InjectReport> {
  await using resources = new AsyncDisposableStack();
  const model = resources.use(await startFaultModel());
  const env = {
    DATABASE_URL: options.databaseUrl,
    JWT_VERIFICATION_KEY: SECRET,
    OPENAI_BASE_URL: model.baseUrl,
    EFFECTS_URL: model.effectsUrl,
    AMBIT_LEASE_SECONDS: '2',
    // A log that is joined meanwhile has numbers that are skipped.
    AMBIT_COMPACT_AFTER_MINUTES: '0',
    LOG_LEVEL: 'fatal',
  };
  const nodes = Array.from({ length: options.nodes }, () => resources.use(new FaultNode(env)));
  for (const node of nodes) await node.start();
  const random = createRandom(options.seed);
  const giveUp = new AbortController();
  const client: FaultClientOptions = {
    token: await mint(),
    random,
    pick: () => pickUrl(nodes, random),
    signal: giveUp.signal,
  };
  const counts: Counts = { runs: 0, reconnects: 0, injected: { SIGKILL: 0, SIGTERM: 0, SIGSTOP: 0 } };
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), options.durationMs);
  const readings: Reading[] = [];
  const lanes = Array.from({ length: options.runs }, () =>
    driveRuns(client, { ending: ending.signal, counts, readings }),
  );
  await hurtNodes(nodes, { random, ending: ending.signal, counts, onProgress: options.onProgress });
  clearTimeout(timer);
  const bound = setTimeout(() => giveUp.abort(), SETTLE_MS);
  await Promise.all(lanes);
  clearTimeout(bound);
  const evidence = await collect(options.databaseUrl, { readings, effects: model.effects });
  return { counts, evidence, faults: findFaults(evidence) };
}

/** One run after the other, each with its readers. */
async function driveRuns(
  client: FaultClientOptions,
  { ending, counts, readings }: { ending: AbortSignal; counts: Counts; readings: Reading[] },
): Promise<void> {
  while (!ending.aborted) {
    const runId = uuidV7();
    await submit(client, runId);
    counts.runs += 1;
    const readers = Array.from({ length: READERS }, () => readRun(client, runId));
    await refuseAll(client, runId);
    for (const reading of await Promise.all(readers)) {
      readings.push(reading);
      counts.reconnects += reading.reconnects;
    }
  }
}

/** One fault at a time, so that there is always a server that works. */
async function hurtNodes(
  nodes: readonly FaultNode[],
  {
    random,
    ending,
    counts,
    onProgress,
  }: { random: () => number; ending: AbortSignal; counts: Counts; onProgress: InjectOptions['onProgress'] },
): Promise<void> {
  for (let index = 0; !ending.aborted; index += 1) {
    await delay(500 + 1500 * random());
    const fault = FAULTS[index % FAULTS.length] ?? 'SIGKILL';
    await nodes[Math.floor(random() * nodes.length)]?.suffer(fault);
    counts.injected[fault] += 1;
    onProgress?.(counts);
  }
}

async function collect(
  databaseUrl: string,
  { readings, effects }: { readings: readonly Reading[]; effects: readonly string[] },
): Promise<Evidence> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const runs = await client.query<StoredRun>(
      'select id, status, output, attempt, last_seq as "lastSeq" from ambit.run',
    );
    const log = await client.query<LoggedEvent>(
      `select run_id as "runId", seq, type,
        case when type in ('TextDelta', 'MessageSuperseded') then payload->>'messageId' end as "messageId",
        case when type = 'TextDelta' then payload->>'delta' end as delta
      from ambit.run_event order by run_id, seq`,
    );
    const accepted = [...new Set(readings.map(({ runId }) => runId))];
    return { accepted, runs: runs.rows, log: log.rows, readers: readings, effects };
  } finally {
    await client.end();
  }
}

async function mint(): Promise<string> {
  const args = ['token', '--sub', 'ann', '--scope', 'agents:run sessions:read', '--hours', '24'];
  return (await runCommand(args, { JWT_VERIFICATION_KEY: SECRET })).stdout.trim();
}

function pickUrl(nodes: readonly FaultNode[], random: () => number): string {
  const urls = nodes.flatMap(({ url }) => url ?? []);
  return urls[Math.floor(random() * urls.length)] ?? 'http://127.0.0.1:1';
}

/** Mulberry32: the same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
