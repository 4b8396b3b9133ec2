// What does a subscription cost, idle and told, against a bare one of graphql-ws? The server has one core to itself, but for Postgres; readers and
// model share the other. BENCH_SUBSCRIPTIONS (told nothing, 50 a socket), BENCH_SOCKETS (one a socket), BENCH_READERS, and BENCH_SECONDS (idle;
// a third of it told) make it smaller.
import { type BenchTable } from './bench-table.ts';
import { LOAD_CORE, pinToCore } from './pin-to-core.ts';
import { measureFanOut, measureOwnRuns } from './subscriber-delivery.ts';
import { measureIdle } from './subscriber-idle.ts';

const SUBSCRIPTIONS = Number(process.env['BENCH_SUBSCRIPTIONS'] ?? 10_000);
const SOCKETS = Number(process.env['BENCH_SOCKETS'] ?? 2000);
const READERS = Number(process.env['BENCH_READERS'] ?? 1000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 6);

export async function measure(): Promise<BenchTable[]> {
  const databaseUrl = process.env['TEST_DATABASE_URL'];
  if (databaseUrl === undefined) throw new Error('Set TEST_DATABASE_URL: this bench needs a Postgres.');
  pinToCore(LOAD_CORE);
  const delivery = { readers: READERS, countMs: SECONDS * 300 };
  return [
    await measureIdle(databaseUrl, {
      subscriptions: SUBSCRIPTIONS,
      sockets: SOCKETS,
      idleMs: SECONDS * 1000,
    }),
    await measureFanOut(databaseUrl, { ...delivery, readersPerSocket: 1, tokensPerSecond: 10 }),
    await measureOwnRuns(databaseUrl, { ...delivery, readersPerSocket: 50, tokensPerSecond: 2 }),
  ];
}
