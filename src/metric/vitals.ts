import { Gauge, type Registry } from 'prom-client';

/** What of this process is looked at when somebody asks for its figures. Ages are in seconds. */
export interface Vitals {
  /** Runs that have not ended, of all nodes: one query, which may be a little old. */
  queue(): Promise<QueueState>;
  readonly activeRuns: () => number;
  readonly freeSlots: () => number;
  /** Of the oldest event that is not written yet; 0: there is none. */
  readonly flushLagSeconds: () => number;
  readonly readers: () => number;
  /** Open connections by transport. */
  readonly connections: () => Readonly<Record<string, number>>;
  readonly pools: () => Readonly<Record<string, PoolState>>;
  readonly isLeaseHeld: () => boolean;
  readonly leaseAgeSeconds: () => number;
  readonly loopLagSeconds: () => number;
  readonly isReady: () => Promise<boolean>;
}

export interface QueueState {
  /** By status: QUEUED, RUNNING, PAUSED. */
  readonly open: Readonly<Record<string, number>>;
  /** Queued runs that any node with a free slot could claim. */
  readonly claimable: number;
  /** Of the oldest of them, since its acceptance. */
  readonly oldestSeconds: number;
}

export interface PoolState {
  readonly size: number;
  readonly used: number;
  readonly idle: number;
  /** Who waits for a connection. */
  readonly waiting: number;
}

/** Gauges that ask `vitals` at each scrape. A database that is away leaves those of the queue out, and no others. */
export function registerVitals(registry: Registry, vitals: Vitals): void {
  const gauge = (name: string, help: string, collect: (gauge: Gauge) => void | Promise<void>): void => {
    const labelNames = LABELS[name] ?? [];
    const created = new Gauge({
      name: `ambit_${name}`,
      help,
      labelNames,
      registers: [],
      async collect() {
        this.reset();
        await collect(this);
      },
    });
    registry.registerMetric(created);
  };
  const single = (name: string, help: string, read: () => number | Promise<number>): void =>
    gauge(name, help, async (target) => target.set(await read()));
  const labelled = (
    name: string,
    help: string,
    { label, read }: { label: string; read: () => Readonly<Record<string, number>> },
  ): void =>
    gauge(name, help, (target) => {
      for (const [value, count] of Object.entries(read())) target.set({ [label]: value }, count);
    });

  gauge('runs_open', 'Runs of all nodes that have not ended, by status.', async (target) => {
    const queue = await orNull(vitals.queue());
    for (const [status, count] of Object.entries(queue?.open ?? {})) target.set({ status }, count);
  });
  const ofQueue = (name: string, help: string, pick: (queue: QueueState) => number): void =>
    gauge(name, help, async (target) => {
      const queue = await orNull(vitals.queue());
      // A gauge without labels that is reset says 0, which would be a lie here.
      if (queue === null) target.remove();
      else target.set(pick(queue));
    });
  ofQueue('queue_depth', 'Queued runs of all nodes that could be claimed now.', ({ claimable }) => claimable);
  ofQueue(
    'queue_oldest_seconds',
    'Since the acceptance of the oldest run that could be claimed now; 0: there is none.',
    ({ oldestSeconds }) => oldestSeconds,
  );
  single('runs_active', 'Runs that this process executes.', vitals.activeRuns);
  single('run_slots_free', 'Runs more that this process could execute.', vitals.freeSlots);
  single('flush_lag_seconds', 'Age of the oldest event that is not in the log yet.', vitals.flushLagSeconds);
  single('readers', 'Readers of runs at this process: subscriptions and waiting requests.', vitals.readers);
  labelled('connections', 'Open connections that stream results, by transport.', {
    label: 'transport',
    read: vitals.connections,
  });
  for (const [name, help, pick] of POOL_GAUGES) {
    labelled(name, help, {
      label: 'pool',
      read: () =>
        Object.fromEntries(Object.entries(vitals.pools()).map(([pool, state]) => [pool, pick(state)])),
    });
  }
  single('lease_held', '1: this process counts as alive for others.', () => Number(vitals.isLeaseHeld()));
  single('lease_age_seconds', 'Since the lease of this process was renewed.', vitals.leaseAgeSeconds);
  single(
    'event_loop_lag_seconds',
    'How late the event loop is, on average of the last two seconds.',
    vitals.loopLagSeconds,
  );
  single('ready', '1: /ready says yes.', async () => Number(await vitals.isReady()));
}

const LABELS: Readonly<Record<string, readonly string[]>> = {
  runs_open: ['status'],
  connections: ['transport'],
  database_pool_size: ['pool'],
  database_connections_used: ['pool'],
  database_connections_idle: ['pool'],
  database_waiting: ['pool'],
};

const POOL_GAUGES = [
  ['database_pool_size', 'Connections that the pool may have.', ({ size }: PoolState) => size],
  ['database_connections_used', 'Connections in use.', ({ used }: PoolState) => used],
  ['database_connections_idle', 'Connections without use.', ({ idle }: PoolState) => idle],
  ['database_waiting', 'Statements that wait for a connection.', ({ waiting }: PoolState) => waiting],
] as const;

async function orNull<TValue>(work: Promise<TValue>): Promise<TValue | null> {
  try {
    return await work;
  } catch {
    // /ready says why; the other figures are needed most just then.
    return null;
  }
}
