import { setTimeout } from 'node:timers/promises';

import { type BenchTable, type Finding, quantile } from './bench-table.ts';
import { openReaders } from './open-readers.ts';
import { LOAD_CORE, SERVER_CORE } from './pin-to-core.ts';
import { type ReadingTarget, startAmbitTarget, startBareTarget } from './reading-target.ts';
import { startStampedCluster } from './stamped-cluster.ts';
import { startRuns } from './start-runs.ts';
import { TokenTally } from './token-tally.ts';

export interface DeliveryOptions {
  readonly readers: number;
  readonly readersPerSocket: number;
  readonly tokensPerSecond: number;
  readonly countMs: number;
}

interface Delivery {
  readonly name: string;
  readonly tally: TokenTally;
  readonly cpuSeconds: number;
  readonly seconds: number;
}

const SERVER = { core: SERVER_CORE };
/** After the last reader is there, and before it is counted. */
const SETTLE_MS = 1000;
const COLUMNS =
  'server|readers|a socket|tokens/s each|tokens/s|events/s|CPU|CPU µs per token|CPU µs per event|tokens per core-second|p50 ms|p99 ms';

/** What does it cost to tell many of one run? */
export async function measureFanOut(databaseUrl: string, options: DeliveryOptions): Promise<BenchTable> {
  const tell = async (target: ReadingTarget) => {
    const [runId = ''] = await startRuns([target], { ...options, runs: 1 });
    const runIds = Array.from({ length: options.readers }, () => runId);
    return await measureDelivery(target, runIds, options);
  };
  await using cluster = await startStampedCluster(databaseUrl, LOAD_CORE);
  const ambit = await withTarget(startAmbitTarget(cluster, SERVER), tell);
  const bare = await withTarget(startBareTarget(cluster, { ...SERVER, answers: 'shared' }), tell);
  return {
    question: `subscribers, ${options.readers} of one run: CPU of the server for each token and reader, against graphql-ws with a broadcast of the same tokens, ${options.readersPerSocket} a socket`,
    columns: COLUMNS.split('|'),
    rows: [ambit, bare].map((delivery) => toRow(delivery, options)),
    findings: toFindings([ambit, bare], `${options.readers} readers of one run`),
  };
}

/** What does it cost to tell each of a run of one's own? */
export async function measureOwnRuns(databaseUrl: string, options: DeliveryOptions): Promise<BenchTable> {
  const tell = async (target: ReadingTarget) => {
    const runIds = await startRuns([target], { ...options, runs: options.readers });
    return await measureDelivery(target, runIds, options);
  };
  await using cluster = await startStampedCluster(databaseUrl, LOAD_CORE);
  const ambit = await withTarget(startAmbitTarget(cluster, SERVER), tell);
  const bare = await withTarget(startBareTarget(cluster, { ...SERVER, answers: 'own' }), tell);
  return {
    question: `subscribers, ${options.readers} runs of one reader each: CPU of the server for each token, against graphql-ws over a call of openai for each subscription`,
    columns: COLUMNS.split('|'),
    rows: [ambit, bare].map((delivery) => toRow(delivery, options)),
    findings: toFindings([ambit, bare], `${options.readers} runs of one reader`),
  };
}

async function withTarget(
  starting: Promise<ReadingTarget>,
  tell: (target: ReadingTarget) => Promise<Delivery>,
): Promise<Delivery> {
  await using target = await starting;
  return await tell(target);
}

async function measureDelivery(
  target: ReadingTarget,
  runIds: readonly string[],
  { readersPerSocket, countMs }: DeliveryOptions,
): Promise<Delivery> {
  const { name, server } = target;
  const tally = new TokenTally();
  const sockets = await openReaders(target, { runIds, readersPerSocket, onEvent: tally.note });
  await setTimeout(SETTLE_MS);
  const [begin, before] = [performance.now(), server.cpuSeconds()];
  await tally.count(() => setTimeout(countMs));
  const cpuSeconds = server.cpuSeconds() - before;
  const seconds = (performance.now() - begin) / 1000;
  for (const socket of sockets) socket.close();
  return { name, tally, cpuSeconds, seconds };
}

function toRow(
  { name, tally, cpuSeconds, seconds }: Delivery,
  { readers, readersPerSocket, tokensPerSecond }: DeliveryOptions,
): (string | number)[] {
  const { tokens, events, delays } = tally;
  return [
    name,
    readers,
    readersPerSocket,
    tokensPerSecond,
    Math.round(tokens / seconds),
    Math.round(events / seconds),
    cpuSeconds / seconds,
    (cpuSeconds * 1e6) / tokens,
    (cpuSeconds * 1e6) / events,
    Math.round(tokens / cpuSeconds),
    quantile(delays, 0.5),
    quantile(delays, 0.99),
  ];
}

/** A server that is short of CPU tells several tokens in one event, at less cost: an event is the fairer unit then. */
function toFindings([ambit, bare]: readonly [Delivery, Delivery], what: string): Finding[] {
  const perToken = ({ cpuSeconds, tally }: Delivery): number => cpuSeconds / tally.tokens;
  const perEvent = ({ cpuSeconds, tally }: Delivery): number => cpuSeconds / tally.events;
  const against = `${what}, against bare graphql-ws`;
  return [
    { what: `CPU per token, ${against}`, value: perToken(ambit) / perToken(bare), unit: '×' },
    { what: `CPU per event, ${against}`, value: perEvent(ambit) / perEvent(bare), unit: '×' },
  ];
}
