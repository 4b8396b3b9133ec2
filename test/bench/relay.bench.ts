// How many tokens does a core deliver, from an OpenAI-protocol server to clients, and how long is a token under way? Ambit, with its log,
// GraphQL and scopes, beside what a user would write without it. The server under test has one core to itself; model and clients share
// the other; Postgres is where the kernel puts it. Once flat out, and once at a model's pace, since joining tokens trades one for
// the other. BENCH_STREAMS (a list) makes it smaller.
import { randomBytes } from 'node:crypto';

import { setTimeout as delay } from 'node:timers/promises';

import { type BenchTable, type Finding, median, quantile } from './bench-table.ts';
import { BENCH_KEY } from './bench-token.ts';
import { dropSchemas } from './drop-schemas.ts';
import { startFixture } from './fixture-process.ts';
import { LOAD_CORE, pinToCore } from './pin-to-core.ts';
import {
  type RelayTarget,
  startAmbit,
  startGraphqlWsRelay,
  startSseRelay,
  startWsRelay,
} from './relay-target.ts';
import { type StampedAnswer } from './stamped-stream.ts';

/** `inTurn`: how many answers each of the streams reads, one after the other. */
interface Load {
  readonly streams: number;
  /** Over which they begin. */
  readonly beginMs: number;
  readonly inTurn: number;
  readonly answer: StampedAnswer;
}

const SIZES = (process.env['BENCH_STREAMS'] ?? '1,50,500').split(',').map(Number);
const ROUNDS = 3;
const FLAT_OUT: StampedAnswer = { tokens: 400, intervalMs: 0, padding: 0 };
/** Answers in turn, so that a round is long enough to be measured. */
const IN_TURN: Readonly<Record<number, number>> = { 1: 20, 50: 2 };
const PACE_SECONDS = 5;
/** Over which the streams of a round begin. */
const BEGIN_MS = 2000;
/** Tokens a second: more of 500 streams than the core of the clients can read. */
const PACES: Readonly<Record<number, number>> = { 500: 20 };
const COMPARED_WITH = 'relay to ws';

export async function measure(): Promise<BenchTable[]> {
  pinToCore(LOAD_CORE);
  await using model = await startFixture(new URL('stamped-model.ts', import.meta.url), { core: LOAD_CORE });
  const databaseUrl = process.env['TEST_DATABASE_URL'];
  const schema = `ambit_bench_${randomBytes(4).toString('hex')}`;
  const env = { OPENAI_BASE_URL: model.address, JWT_VERIFICATION_KEY: BENCH_KEY };
  const targets = [await startWsRelay(env), await startGraphqlWsRelay(env), await startSseRelay(env)];
  try {
    targets.push(await startAmbit('ambit on pglite', { ...env, DATABASE_URL: 'memory' }));
    if (databaseUrl !== undefined) {
      const stored = { DATABASE_URL: databaseUrl, DATABASE_SCHEMA: schema };
      targets.push(await startAmbit('ambit on postgres', { ...env, ...stored }));
    }
    return [
      await compare(targets, SIZES.map(toFlatOut), {
        question: 'relay: tokens delivered per core-second, flat out',
        rounds: ROUNDS,
      }),
      await compare(targets, SIZES.map(toPaced), {
        question: `relay: the same at a model's pace: 50 tokens a second, of 500 streams ${PACES[500]}`,
        rounds: 1,
      }),
    ];
  } finally {
    await Promise.all(targets.map((target) => target[Symbol.asyncDispose]()));
    if (databaseUrl !== undefined) await dropSchemas(databaseUrl, [schema, `${schema}_jobs`]);
  }
}

function toFlatOut(streams: number): Load {
  return { streams, beginMs: 0, inTurn: IN_TURN[streams] ?? 1, answer: FLAT_OUT };
}

function toPaced(streams: number): Load {
  const pace = PACES[streams] ?? 50;
  return {
    streams,
    beginMs: BEGIN_MS,
    inTurn: 1,
    answer: { tokens: pace * PACE_SECONDS, intervalMs: 1000 / pace, padding: 0 },
  };
}

async function compare(
  targets: readonly RelayTarget[],
  loads: readonly Load[],
  { question, rounds }: { question: string; rounds: number },
): Promise<BenchTable> {
  const rows: (string | number)[][] = [];
  const findings: Finding[] = [];
  for (const load of loads) {
    const figures = await measureLoad(targets, load, rounds);
    const compared = figures.get(COMPARED_WITH)?.rates ?? [];
    for (const [name, { rates, delays }] of figures) {
      const ratio = median(rates.map((rate, round) => rate / (compared[round] ?? rate)));
      const rate = median(rates);
      rows.push([name, load.streams, rate, 1e6 / rate, ratio, quantile(delays, 0.5), quantile(delays, 0.99)]);
      if (!name.startsWith('ambit')) continue;
      const what = `${question}: ${name} / ${COMPARED_WITH}, ${load.streams} streams`;
      findings.push({ what, value: ratio, unit: '×', goal: { atLeast: 0.8 } });
    }
  }
  const columns =
    'server|streams|tokens per core-second|CPU µs per token|ratio to the relay|delay p50 ms|p99 ms'.split(
      '|',
    );
  return { question, columns, rows, findings };
}

interface Figures {
  /** Tokens per core-second, a round each. */
  readonly rates: number[];
  readonly delays: number[];
}

/** The targets take turns, so what slows the machine slows all. */
async function measureLoad(
  targets: readonly RelayTarget[],
  load: Load,
  rounds: number,
): Promise<ReadonlyMap<string, Figures>> {
  const figures = new Map(targets.map(({ name }): [string, Figures] => [name, { rates: [], delays: [] }]));
  const warming = { ...load, beginMs: 0, answer: { ...FLAT_OUT, tokens: 100 } };
  for (const target of targets) await runStreams(target, warming);
  for (let round = 0; round < rounds; round += 1) {
    for (const target of targets) {
      const begin = target.server.cpuSeconds();
      const delays = await runStreams(target, load);
      const own = figures.get(target.name);
      own?.rates.push(delays.length / (target.server.cpuSeconds() - begin));
      for (const delay of delays) own?.delays.push(delay);
    }
  }
  return figures;
}

async function runStreams(
  target: RelayTarget,
  { streams, beginMs, inTurn, answer }: Load,
): Promise<number[]> {
  const message = JSON.stringify(answer);
  const readInTurn = async (_stream: unknown, index: number): Promise<number[]> => {
    await delay((beginMs * index) / streams);
    const all: number[] = [];
    for (let turn = 0; turn < inTurn; turn += 1) {
      const { delays } = await target.stream(message);
      if (delays.length !== answer.tokens)
        throw new Error(`${target.name} delivered ${delays.length} tokens of ${answer.tokens}.`);
      for (const delay of delays) all.push(delay);
    }
    return all;
  };
  return (await Promise.all(Array.from({ length: streams }, readInTurn))).flat();
}
