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
  registerQueue(registry, vitals);
  const single = (name: string, help: string, read: () => number | Promise<number>): void =>
    registerGauge(registry, { name, help, collect: async (gauge) => gauge.set(await read()) });
  single('runs_active', 'Runs that this process executes.', vitals.activeRuns);
  single('run_slots_free', 'Runs more that this process could execute.', vitals.freeSlots);
  single('flush_lag_seconds', 'Age of the oldest event that is not in the log yet.', vitals.flushLagSeconds);
  single('readers', 'Readers of runs at this process: subscriptions and waiting requests.', vitals.readers);
  registerGauge(registry, {
    name: 'connections',
    help: 'Open connections that stream results, by transport.',
    label: 'transport',
    collect: (gauge) => setEach(gauge, 'transport', vitals.connections()),
  });
  for (const [name, help, pick] of POOL_GAUGES) {
    const read = (): Record<string, number> =>
      Object.fromEntries(Object.entries(vitals.pools()).map(([pool, state]) => [pool, pick(state)]));
    registerGauge(registry, {
      name,
      help,
      label: 'pool',
      collect: (gauge) => setEach(gauge, 'pool', read()),
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

function registerQueue(registry: Registry, vitals: Vitals): void {
  registerGauge(registry, {
    name: 'runs_open',
    help: 'Runs of all nodes that have not ended, by status.',
    label: 'status',
    collect: async (gauge) => setEach(gauge, 'status', (await orNull(vitals.queue()))?.open ?? {}),
  });
  const ofQueue = (name: string, help: string, pick: (queue: QueueState) => number): void =>
    registerGauge(registry, {
      name,
      help,
      async collect(gauge) {
        const queue = await orNull(vitals.queue());
        // A gauge without labels that is reset says 0, which would be a lie here.
        if (queue === null) gauge.remove();
        else gauge.set(pick(queue));
      },
    });
  ofQueue('queue_depth', 'Queued runs of all nodes that could be claimed now.', ({ claimable }) => claimable);
  ofQueue(
    'queue_oldest_seconds',
    'Since the acceptance of the oldest run that could be claimed now; 0: there is none.',
    ({ oldestSeconds }) => oldestSeconds,
  );
}

interface GaugeOptions {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  /** Sets the gauge, which has just been reset. */
  collect(gauge: Gauge): void | Promise<void>;
}

function registerGauge(registry: Registry, { name, help, label, collect }: GaugeOptions): void {
  const gauge = new Gauge({
    name: `ambit_${name}`,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [],
    async collect() {
      this.reset();
      await collect(this);
    },
  });
  registry.registerMetric(gauge);
}

/** One figure for each value of the label. */
function setEach(gauge: Gauge, label: string, figures: Readonly<Record<string, number>>): void {
  for (const [value, figure] of Object.entries(figures)) gauge.set({ [label]: value }, figure);
}

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
