// How much later does the first token come than from the bare `openai` call? Ambit, asked over a websocket that is open (runAgent, then
// runEvents), beside the relays that a user would write; first while nothing else goes on, then beside 500 streams of 10 tokens a
// second through the same server. BENCH_STREAMS and BENCH_ROUNDS make it smaller.
import { randomBytes } from 'node:crypto';

import { OpenAI } from 'openai';

import { type BenchTable, type Finding, quantile } from './bench-table.ts';
import { BENCH_KEY } from './bench-token.ts';
import { dropSchemas } from './drop-schemas.ts';
import { startFixture } from './fixture-process.ts';
import { LOAD_CORE, pinToCore } from './pin-to-core.ts';
import { type RelayTarget, startAmbit, startGraphqlWsRelay, startWsRelay } from './relay-target.ts';
import { type StampedAnswer } from './stamped-stream.ts';

const STREAMS = Number(process.env['BENCH_STREAMS'] ?? 500);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 150);
const WARM_UP = 150;
const BESIDE_INTERVAL_MS = 100;
/** As long as the rounds beside them can take. */
const BESIDE_MS = 12_000;
const ASKED: StampedAnswer = { tokens: 2, intervalMs: 5, padding: 0 };
const BESIDE: StampedAnswer = {
  tokens: BESIDE_MS / BESIDE_INTERVAL_MS,
  intervalMs: BESIDE_INTERVAL_MS,
  padding: 0,
};

/** Asks once and gives the milliseconds to the first token. */
type Ask = () => Promise<number>;

export async function measure(): Promise<BenchTable> {
  pinToCore(LOAD_CORE);
  await using model = await startFixture(new URL('stamped-model.ts', import.meta.url), { core: LOAD_CORE });
  const databaseUrl = process.env['TEST_DATABASE_URL'];
  const schema = `ambit_bench_${randomBytes(4).toString('hex')}`;
  const env = { OPENAI_BASE_URL: model.address, JWT_VERIFICATION_KEY: BENCH_KEY };
  const starts: readonly (() => Promise<RelayTarget>)[] = [
    () => startWsRelay(env),
    () => startGraphqlWsRelay(env),
    () => startAmbit('ambit on pglite', { ...env, DATABASE_URL: 'memory' }),
    ...(databaseUrl === undefined
      ? []
      : [
          () =>
            startAmbit('ambit on postgres', { ...env, DATABASE_URL: databaseUrl, DATABASE_SCHEMA: schema }),
        ]),
  ];
  const bare = await askInTurn(askModel(model.address), ROUNDS);
  const rows: (string | number)[][] = [['openai alone', 0, ...describe(bare, 0)]];
  const findings: Finding[] = [];
  try {
    for (const start of starts) {
      for (const streams of [0, STREAMS]) {
        await using target = await start();
        const added = await measureTarget(target, streams);
        rows.push([target.name, streams, ...describe(added, quantile(bare, 0.5))]);
        findings.push({
          what: `first token later than by openai alone, ${target.name}, beside ${streams} streams, p50`,
          value: quantile(added, 0.5) - quantile(bare, 0.5),
          unit: 'ms',
          ...(target.name.startsWith('ambit') && { goal: { atMost: 10 } }),
        });
      }
    }
  } finally {
    if (databaseUrl !== undefined) await dropSchemas(databaseUrl, [schema, `${schema}_jobs`]);
  }
  return {
    question: 'first token: ms from the asking, and how much later than by the bare openai call',
    columns: 'asked|beside streams|p50 ms|p99 ms|later p50|later p99'.split('|'),
    rows,
    findings,
  };
}

async function measureTarget(target: RelayTarget, streams: number): Promise<number[]> {
  const ask = async (): Promise<number> => (await target.stream(JSON.stringify(ASKED))).firstMs ?? Number.NaN;
  await askInTurn(ask, WARM_UP);
  const message = JSON.stringify(BESIDE);
  const beside = Array.from({ length: streams }, () => target.stream(message));
  const ended = Promise.allSettled(beside);
  const times = await askInTurn(ask, streams === 0 ? ROUNDS : Math.ceil(ROUNDS / 3));
  await target.server[Symbol.asyncDispose]();
  await ended;
  return times;
}

async function askInTurn(ask: Ask, times: number): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < times; round += 1) all.push(await ask());
  return all;
}

function askModel(baseURL: string): Ask {
  const client = new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 });
  return async () => {
    const begin = performance.now();
    const chunks = await client.chat.completions.create({
      model: 'bench',
      stream: true,
      messages: [{ role: 'user', content: JSON.stringify(ASKED) }],
    });
    let first = Number.NaN;
    for await (const chunk of chunks)
      if (chunk.choices[0]?.delta.content && Number.isNaN(first)) first = performance.now() - begin;
    return first;
  };
}

function describe(times: readonly number[], bare: number): number[] {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  return [p50, p99, p50 - bare, p99 - bare];
}
