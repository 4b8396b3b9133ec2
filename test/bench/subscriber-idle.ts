import { setTimeout } from 'node:timers/promises';

import { type BenchTable, type Finding } from './bench-table.ts';
import { INSPECTED, readHeldMegabytes } from './inspected-memory.ts';
import { openReaders } from './open-readers.ts';
import { LOAD_CORE, SERVER_CORE } from './pin-to-core.ts';
import { type ReadingTarget, startAmbitTarget, startBareTarget } from './reading-target.ts';
import { startStampedCluster } from './stamped-cluster.ts';

export interface IdleOptions {
  /** Subscriptions on sockets of 50. */
  readonly subscriptions: number;
  /** Sockets of one subscription. */
  readonly sockets: number;
  readonly idleMs: number;
}

interface Layout {
  readonly subscriptions: number;
  readonly perSocket: number;
}

/** What one server comes to, for each of its subscriptions. */
interface Idle {
  readonly name: string;
  readonly layout: Layout;
  readonly heldKilobytes: number;
  readonly residentKilobytes: number;
  /** Of the process, a second: at rest, and with all subscriptions. */
  readonly restCpuMs: number;
  readonly idleCpuMs: number;
}

/** A token now and one when all is over: a model that is silent for a minute is given up. */
const SILENT = { tokens: 2, intervalMs: 55_000, padding: 0 };
const SERVER = { core: SERVER_CORE, env: INSPECTED };
const PER_SOCKET = 50;
const KILO = 1024;

/** What does a subscription cost that is told nothing? Of one run that is silent, both servers at once, each layout on servers of its own. */
export async function measureIdle(databaseUrl: string, options: IdleOptions): Promise<BenchTable> {
  const layouts = [
    { subscriptions: options.subscriptions, perSocket: PER_SOCKET },
    { subscriptions: options.sockets, perSocket: 1 },
  ];
  const found: Idle[] = [];
  const findings: Finding[] = [];
  for (const layout of layouts) {
    const both = await measureLayout(databaseUrl, layout, options.idleMs);
    found.push(...both);
    findings.push(toFinding(both, layout));
  }
  return {
    question: `subscribers, idle: memory and CPU of subscriptions that are told nothing; held is heap and buffers after a collection of garbage, CPU of the whole server over ${options.idleMs / 1000} s`,
    columns: 'server|subscriptions|a socket|held kB each|resident kB each|CPU ms/s at rest|CPU ms/s'.split(
      '|',
    ),
    rows: found.map(({ name, layout, ...idle }) => [
      name,
      layout.subscriptions,
      layout.perSocket,
      idle.heldKilobytes,
      idle.residentKilobytes,
      idle.restCpuMs,
      idle.idleCpuMs,
    ]),
    findings,
  };
}

async function measureLayout(
  databaseUrl: string,
  layout: Layout,
  idleMs: number,
): Promise<readonly [Idle, Idle]> {
  await using cluster = await startStampedCluster(databaseUrl, LOAD_CORE);
  await using ambit = await startAmbitTarget(cluster, SERVER);
  await using bare = await startBareTarget(cluster, { ...SERVER, answers: 'shared' });
  return await Promise.all([measureTarget(ambit, layout, idleMs), measureTarget(bare, layout, idleMs)]);
}

async function measureTarget(target: ReadingTarget, layout: Layout, idleMs: number): Promise<Idle> {
  const { subscriptions, perSocket } = layout;
  const read = async (count: number) => {
    const runId = await target.start(SILENT);
    const runIds = Array.from({ length: count }, () => runId);
    return await openReaders(target, { runIds, readersPerSocket: perSocket });
  };
  // What is made once, however many read, is there before.
  for (const socket of await read(PER_SOCKET)) socket.close();
  await setTimeout(500);
  const [heldAtRest, residentAtRest] = await readMegabytes(target);
  const restCpuMs = await readCpu(target, idleMs / 5);
  const sockets = await read(subscriptions);
  await setTimeout(500);
  const idleCpuMs = await readCpu(target, idleMs);
  const [held, resident] = await readMegabytes(target);
  for (const socket of sockets) socket.close();
  const each = (megabytes: number): number => (megabytes * KILO) / subscriptions;
  return {
    name: target.name,
    layout,
    heldKilobytes: each(held - heldAtRest),
    residentKilobytes: each(resident - residentAtRest),
    restCpuMs,
    idleCpuMs,
  };
}

async function readMegabytes({ server }: ReadingTarget): Promise<readonly [number, number]> {
  const held = await readHeldMegabytes(server);
  return [held, server.residentMegabytes()];
}

/** CPU of the server while `ms` pass, in milliseconds a second. */
async function readCpu({ server }: ReadingTarget, ms: number): Promise<number> {
  const [begin, before] = [performance.now(), server.cpuSeconds()];
  await setTimeout(ms);
  return ((server.cpuSeconds() - before) * 1e6) / (performance.now() - begin);
}

function toFinding([ambit, bare]: readonly [Idle, Idle], { perSocket }: Layout): Finding {
  return {
    what: `memory per idle subscription, ${perSocket} a socket, against bare graphql-ws`,
    value: ambit.heldKilobytes / bare.heldKilobytes,
    unit: '×',
    goal: { atMost: 2 },
  };
}
