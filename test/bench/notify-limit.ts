import { setTimeout } from 'node:timers/promises';

import { Client } from 'pg';

import { readPostgresSeconds } from './postgres-cpu.ts';

/** Commits with a notification each, one after the other on every connection, and nothing else. */
export interface NotifyLimit {
  readonly senders: number;
  readonly listeners: number;
  readonly perSecond: number;
  /** CPU of Postgres for each of them, all listeners together. */
  readonly cpuMicroseconds: number;
}

export interface NotifyLimitOptions {
  readonly databaseUrl: string;
  readonly postmaster: number;
  readonly senders: number;
  readonly listeners: number;
  /** Characters of each. */
  readonly length: number;
  readonly ms: number;
}

const CHANNEL = 'ambit_bench_notify_limit';

/** How many notifications does this Postgres take when it is asked for nothing else? */
export async function measureNotifyLimit(options: NotifyLimitOptions): Promise<NotifyLimit> {
  const { databaseUrl, postmaster, senders, listeners, length, ms } = options;
  const clients = Array.from(
    { length: senders + listeners },
    () => new Client({ connectionString: databaseUrl }),
  );
  try {
    await Promise.all(clients.map((client) => client.connect()));
    const [sending, listening] = [clients.slice(0, senders), clients.slice(senders)];
    for (const client of listening) await client.query(`listen ${CHANNEL}`);
    const controller = new AbortController();
    const [begin, before] = [performance.now(), readPostgresSeconds(postmaster)];
    const counts = Promise.all(sending.map((client) => send(client, '.'.repeat(length), controller.signal)));
    await setTimeout(ms);
    controller.abort();
    const sent = (await counts).reduce((sum, count) => sum + count, 0);
    const seconds = (performance.now() - begin) / 1000;
    const cpuMicroseconds = ((readPostgresSeconds(postmaster) - before) * 1e6) / sent;
    return { senders, listeners, perSecond: sent / seconds, cpuMicroseconds };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function send(client: Client, payload: string, signal: AbortSignal): Promise<number> {
  let sent = 0;
  while (!signal.aborted) {
    await client.query('select pg_notify($1, $2)', [CHANNEL, payload]);
    sent += 1;
  }
  return sent;
}
