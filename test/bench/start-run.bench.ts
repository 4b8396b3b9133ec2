// How many runs does a server accept in a second, against inserting one row a request, and what does a run take of the database from its
// acceptance to its end? The server has a core to itself, and executes the runs meanwhile; load and model share the other one, and
// Postgres has both. The statements are counted apart, through a proxy. BENCH_START_SECONDS (a round of accepting, default 1.5) and
// BENCH_COUNTED_RUNS (default 100) make it smaller.
import { randomBytes } from 'node:crypto';

import { Client } from 'pg';

import { type BenchTable, type Finding, median, quantile } from './bench-table.ts';
import { dropSchemas } from './drop-schemas.ts';
import { startFixture } from './fixture-process.ts';
import { KeepAliveClient } from './keep-alive-client.ts';
import { LOAD_CORE, pinToCore, SERVER_CORE } from './pin-to-core.ts';
import { during, repeat } from './repeat.ts';
import { type RunNode, startRunNode } from './run-node.ts';
import { countRunStatements, type RunStatements } from './run-statements.ts';

const ROUND_MS = 1000 * Number(process.env['BENCH_START_SECONDS'] ?? 1.5);
const COUNTED_RUNS = Number(process.env['BENCH_COUNTED_RUNS'] ?? 100);
const AT_ONCE = [1, 32];
const ROUNDS = 3;
/** So many rounds go by until most of the code that a run takes is compiled. */
const WARM_UP = 3;
const TOP_STATEMENTS = 25;

/** What one round of one server came to. */
interface Round {
  readonly acceptedPerSecond: number;
  readonly times: readonly number[];
  /** Of the server, for each request with all that comes of it. */
  readonly cpuMs: number;
  /** Until all that was accepted was done, too. */
  readonly donePerSecond: number;
}

interface Target {
  act(): Promise<void>;
  untilDone(): Promise<void>;
  cpuSeconds(): number;
}

export async function measure(): Promise<BenchTable[]> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('Set TEST_DATABASE_URL: this bench needs a Postgres.');
  pinToCore(LOAD_CORE);
  const createName = (): string => `ambit_bench_${randomBytes(4).toString('hex')}`;
  // To the second server, on the same schema, the first one would be a node that may be alive.
  const [schema, countedSchema] = [createName(), createName()];
  try {
    const speed = await measureSpeed(url, schema);
    const counted = await countRunStatements(url, countedSchema, { runs: COUNTED_RUNS, atOnce: AT_ONCE });
    return [speed, toCountTable(counted), toStatementTable(counted)];
  } finally {
    await dropSchemas(
      url,
      [schema, countedSchema].flatMap((name) => [name, `${name}_jobs`]),
    );
  }
}

async function measureSpeed(url: string, schema: string): Promise<BenchTable> {
  await using node = await startRunNode({ url, throughUrl: url, schema });
  const table = `${schema}.bare_run`;
  await createTable(url, table);
  await using inserter = await startFixture(new URL('insert-server.ts', import.meta.url), {
    core: SERVER_CORE,
    env: { DATABASE_URL: url, BENCH_TABLE: table },
  });
  using client = new KeepAliveClient(inserter.address);
  const ambit = toTarget(node);
  const bare: Target = {
    act: async () => void (await client.post('{"message":"go"}')),
    untilDone: async () => undefined,
    cpuSeconds: () => inserter.cpuSeconds(),
  };
  await perform(bare, { atOnce: 32, ms: ROUND_MS });
  await perform(ambit, { atOnce: 32, ms: WARM_UP * ROUND_MS });
  const measured = AT_ONCE.map((atOnce) => ({ atOnce, ours: [] as Round[], theirs: [] as Round[] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { atOnce, ours, theirs } of measured) {
      ours.push(await perform(ambit, { atOnce, ms: ROUND_MS }));
      theirs.push(await perform(bare, { atOnce, ms: ROUND_MS }));
    }
  }
  return toSpeedTable(measured);
}

interface Measured {
  readonly atOnce: number;
  readonly ours: readonly Round[];
  readonly theirs: readonly Round[];
}

function toSpeedTable(measured: readonly Measured[]): BenchTable {
  const rows: (string | number)[][] = [];
  const findings: Finding[] = [];
  for (const { atOnce, ours, theirs } of measured) {
    const ratio = median(
      ours.map(({ acceptedPerSecond }, round) => acceptedPerSecond / (theirs[round]?.acceptedPerSecond ?? 0)),
    );
    rows.push(['ambit', atOnce, ...describe(ours), ratio], ['one insert', atOnce, ...describe(theirs), 1]);
    findings.push(...toSpeedFindings(ours, ratio, atOnce));
  }
  return {
    question: 'start-run: runs that a server accepts, against inserting one row a request',
    columns: 'server|at once|accepted/s|p50 ms|p99 ms|CPU ms, all|done/s|accepted, ratio'.split('|'),
    rows,
    findings,
  };
}

function toTarget(node: RunNode): Target {
  return {
    act: () => node.startRun(),
    untilDone: () => node.untilFinished(),
    cpuSeconds: () => node.server.cpuSeconds(),
  };
}

async function createTable(url: string, table: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `create table ${table} (id uuid primary key, input text not null, created_at timestamptz not null)`,
    );
  } finally {
    await client.end();
  }
}

async function perform(
  { act, untilDone, cpuSeconds }: Target,
  { atOnce, ms }: { readonly atOnce: number; readonly ms: number },
): Promise<Round> {
  const [cpu, begin] = [cpuSeconds(), performance.now()];
  const taken = await repeat(act, { atOnce, more: during(ms) });
  const accepted = performance.now();
  await untilDone();
  const done = performance.now();
  return {
    acceptedPerSecond: (taken.length * 1000) / (accepted - begin),
    times: taken,
    cpuMs: ((cpuSeconds() - cpu) * 1000) / taken.length,
    donePerSecond: (taken.length * 1000) / (done - begin),
  };
}

function describe(rounds: readonly Round[]): number[] {
  const all = rounds.flatMap((round) => round.times);
  return [
    Math.round(median(rounds.map(({ acceptedPerSecond }) => acceptedPerSecond))),
    quantile(all, 0.5),
    quantile(all, 0.99),
    median(rounds.map(({ cpuMs }) => cpuMs)),
    Math.round(median(rounds.map(({ donePerSecond }) => donePerSecond))),
  ];
}

function toSpeedFindings(rounds: readonly Round[], ratio: number, atOnce: number): Finding[] {
  const [accepted = 0, , p99 = 0, cpuMs = 0] = describe(rounds);
  const what = (name: string): string => `runs started ${atOnce} at a time: ${name}`;
  return [
    { what: what('accepted'), value: accepted, unit: '1/s' },
    { what: what('accepted, against one insert a request'), value: ratio, unit: '×' },
    { what: what('p99 of the mutation'), value: p99, unit: 'ms' },
    { what: what('CPU of a run, to its end'), value: cpuMs, unit: 'ms' },
  ];
}

function toCountTable(counted: readonly RunStatements[]): BenchTable {
  return {
    question: 'start-run: what a run takes of the database, from its acceptance to its end',
    columns: ['at once', 'statements', 'commits', 'of which write'],
    rows: counted.map(({ statements, commits, writingCommits }, index) => [
      AT_ONCE[index] ?? 0,
      statements,
      commits,
      writingCommits,
    ]),
    findings: counted.flatMap(({ statements, writingCommits }, index): Finding[] => [
      { what: `statements of a run, ${AT_ONCE[index]} at a time`, value: statements, unit: 'count' },
      {
        what: `commits of a run that write, ${AT_ONCE[index]} at a time`,
        value: writingCommits,
        unit: 'count',
      },
    ]),
  };
}

function toStatementTable(counted: readonly RunStatements[]): BenchTable {
  const texts = [...new Set(counted.flatMap(({ byText }) => [...byText.keys()]))];
  const sentBy = (text: string): number[] => counted.map(({ byText }) => byText.get(text) ?? 0);
  const sorted = texts.toSorted((one, other) => Math.max(...sentBy(other)) - Math.max(...sentBy(one)));
  return {
    question: `start-run: the ${TOP_STATEMENTS} statements that a run takes most often, a run each`,
    columns: [...AT_ONCE.map((atOnce) => `${atOnce} at once`), 'statement'],
    rows: sorted.slice(0, TOP_STATEMENTS).map((text) => [...sentBy(text), text]),
  };
}
