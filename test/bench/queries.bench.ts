// How many pages of agents, sessions and runs does a core give a second, beside a million runs, against the same resolvers on bare Apollo
// Server? Both servers share a core, which the load does not use, and their rounds take turns. And does the database read any table
// from end to end for a page? BENCH_ROWS (runs, default 1,000,000) makes it smaller; the database reads small tables so on purpose.
import { randomBytes } from 'node:crypto';

import { AgentRegistry } from '../../src/agent/agent-registry.ts';
import { readConfig } from '../../src/config.ts';
import demo from '../../src/demo/app.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { type Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { type BenchTable, type Finding, median } from './bench-table.ts';
import { dropSchemas } from './drop-schemas.ts';
import { explainPages } from './explain-pages.ts';
import { CALLERS } from './page-callers.ts';
import { EXPLAINED_PAGES, MEASURED_PAGES, type PageQuery } from './page-queries.ts';
import { type PageServer, startAmbit, startBareApollo } from './page-servers.ts';
import { LOAD_CORE, pinToCore } from './pin-to-core.ts';
import { during, repeat } from './repeat.ts';
import { fillStoredRuns, findCursor } from './stored-runs.ts';

const RUNS = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
const AT_ONCE = 8;
const ROUNDS = 5;
const ROUND_MS = 400;

/** A page with its variables set. */
interface SetPage extends PageQuery {
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Round {
  readonly perSecond: number;
  readonly microseconds: number;
}

export async function measure(): Promise<BenchTable[]> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('Set TEST_DATABASE_URL: this bench needs a Postgres.');
  const schema = `ambit_bench_${randomBytes(4).toString('hex')}`;
  const env = { DATABASE_URL: url, DATABASE_SCHEMA: schema, LOG_LEVEL: 'error' };
  try {
    await using database = await openDatabase(readConfig(env).database, { log: createLogger('error') });
    await fillStoredRuns(url, schema, RUNS);
    // From here on, since filling may use all cores.
    pinToCore(LOAD_CORE);
    const set = (page: PageQuery): Promise<SetPage> => setVariables(url, schema, page);
    const rates = await measurePages(env, await Promise.all(MEASURED_PAGES.map(set)));
    const plans = await explainAll(database, await Promise.all(EXPLAINED_PAGES.map(set)));
    return [rates, plans];
  } finally {
    await dropSchemas(url, [schema, `${schema}_jobs`]);
  }
}

async function setVariables(url: string, schema: string, page: PageQuery): Promise<SetPage> {
  const { behind, caller, variables = {} } = page;
  if (behind === undefined) return { ...page, variables };
  const owner = caller === 'operator' ? null : CALLERS[caller].subject;
  // Fewer rows than usual: as deep as half of them.
  const depth = Math.min(behind.rows, Math.floor(RUNS / 100));
  const after = await findCursor(url, schema, { table: behind.table, owner, depth });
  return { ...page, variables: { ...variables, after } };
}

async function measurePages(env: Record<string, string>, pages: readonly SetPage[]): Promise<BenchTable> {
  await using ambit = await startAmbit(env);
  await using bare = await startBareApollo(env);
  for (const page of pages) await assertSame(ambit, bare, page);
  const measured = pages.map((page) => ({ page, own: [] as Round[], other: [] as Round[] }));
  // The first round of each warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { page, own, other } of measured) {
      own.push(await ask(ambit, page));
      other.push(await ask(bare, page));
    }
  }
  return toTable(
    measured.map(({ page, own, other }) => ({ page, own: own.slice(1), other: other.slice(1) })),
  );
}

async function assertSame(ambit: PageServer, bare: PageServer, page: SetPage): Promise<void> {
  const answers = await Promise.all(
    [ambit, bare].map(async (server) => (await server.client(page.caller)).post(toBody(page))),
  );
  if (answers[0]?.trim() !== answers[1]?.trim())
    throw new Error(`The two servers do not answer the same: ${page.name}.`);
}

function toBody({ query, variables }: SetPage): string {
  return JSON.stringify({ query, variables });
}

async function ask(server: PageServer, page: SetPage): Promise<Round> {
  const { process } = server;
  const [client, body] = [await server.client(page.caller), toBody(page)];
  const [cpu, begin] = [process.cpuSeconds(), performance.now()];
  const times = await repeat(async () => void (await client.post(body)), {
    atOnce: AT_ONCE,
    more: during(ROUND_MS),
  });
  const seconds = (performance.now() - begin) / 1000;
  return {
    perSecond: times.length / seconds,
    microseconds: ((process.cpuSeconds() - cpu) * 1e6) / times.length,
  };
}

function toTable(
  measured: readonly { readonly page: SetPage; readonly own: Round[]; readonly other: Round[] }[],
): BenchTable {
  const rows: (string | number)[][] = [];
  const findings: Finding[] = [];
  for (const { page, own, other } of measured) {
    const ratio = median(own.map((ours, round) => (other[round]?.microseconds ?? 0) / ours.microseconds));
    rows.push([page.name, ...describe(own), ...describe(other), ratio]);
    findings.push({ what: `pages a core gives, against bare Apollo: ${page.name}`, value: ratio, unit: '×' });
  }
  return {
    question: `queries: pages of 20 that a core gives a second, beside ${RUNS} runs, against the same resolvers on bare Apollo Server; asked for ${AT_ONCE} at a time`,
    columns:
      'page|ambit: a core-second|CPU µs|pages/s|bare: a core-second|CPU µs|pages/s|a core-second, ratio'.split(
        '|',
      ),
    rows,
    findings,
  };
}

function describe(rounds: readonly Round[]): number[] {
  const microseconds = median(rounds.map((round) => round.microseconds));
  const perSecond = median(rounds.map((round) => round.perSecond));
  return [Math.round(1e6 / microseconds), Math.round(microseconds), Math.round(perSecond)];
}

function explainAll({ db }: Database, pages: readonly SetPage[]): Promise<BenchTable> {
  const agents = new AgentRegistry(demo.agents, 'gpt-4o');
  return explainPages({ db, agents, pages });
}
