import { setTimeout } from 'node:timers/promises';

import { Client } from 'pg';

import { openReaders } from './open-readers.ts';
import { type ReadingTarget, startAmbitTarget } from './reading-target.ts';
import { type StampedCluster, startStampedCluster } from './stamped-cluster.ts';
import { startRuns, type StartRunsOptions } from './start-runs.ts';
import { TokenTally } from './token-tally.ts';

interface Node {
  /** As a run names who executes it. */
  readonly id: string;
  readonly target: ReadingTarget;
}

const READERS_PER_SOCKET = 50;
const LOOK_MS = 100;

/**
 * Nodes on one schema, and runs spread over them with a reader each: every other one is on another node than the one that executes its run,
 * where there is another.
 */
export class NodeCluster implements AsyncDisposable {
  /** What readers were told by the node that executes their run. */
  readonly same = new TokenTally();
  /** What those on other nodes were told. */
  readonly other = new TokenTally();
  readonly #shared: StampedCluster;
  readonly #nodes: readonly Node[];
  readonly #stack: AsyncDisposableStack;
  #runs = 0;

  private constructor(shared: StampedCluster, nodes: readonly Node[], stack: AsyncDisposableStack) {
    this.#shared = shared;
    this.#nodes = nodes;
    this.#stack = stack;
  }

  static async start(databaseUrl: string, size: number): Promise<NodeCluster> {
    await using stack = new AsyncDisposableStack();
    const shared = stack.use(await startStampedCluster(databaseUrl));
    const nodes: Node[] = [];
    while (nodes.length < size) {
      const target = stack.use(await startAmbitTarget(shared));
      const ids = await readColumns(shared, 'select id, id as value from SCHEMA.node');
      const id = [...ids.keys()].find((name) => nodes.every((node) => node.id !== name)) ?? '';
      nodes.push({ id, target });
    }
    return new NodeCluster(shared, nodes, stack.move());
  }

  get schema(): string {
    return this.#shared.schema;
  }

  /** CPU seconds that the nodes have used so far. */
  cpuSeconds(): number {
    return this.#nodes.reduce((sum, { target }) => sum + target.server.cpuSeconds(), 0);
  }

  /** Starts as many runs as there are to be more of, and reads them. */
  async grow({ runs, ...options }: StartRunsOptions): Promise<void> {
    const targets = this.#nodes.map(({ target }) => target);
    const runIds = await startRuns(targets, { runs: runs - this.#runs, ...options });
    this.#runs = runs;
    const executors = await this.#findExecutors(runIds);
    for (const [home, { id }] of this.#nodes.entries()) {
      const own = runIds.filter((runId) => executors.get(runId) === id);
      const here = this.#nodes.length === 1 ? own.length : Math.ceil(own.length / 2);
      await read(this.#nodes[home], own.slice(0, here), this.same);
      const neighbour = this.#nodes[(home + 1) % this.#nodes.length];
      await read(neighbour, own.slice(here), this.other);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** The node of each run, once all are executed. */
  async #findExecutors(runIds: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    for (;;) {
      const found = await readColumns(this.#shared, 'select id, lease_owner as value from SCHEMA.run');
      if (runIds.every((id) => typeof found.get(id) === 'string')) return found;
      await setTimeout(LOOK_MS);
    }
  }
}

async function read(node: Node | undefined, runIds: readonly string[], tally: TokenTally): Promise<void> {
  if (node === undefined) return;
  const readers = { runIds, readersPerSocket: READERS_PER_SOCKET, onEvent: tally.note };
  await openReaders(node.target, readers);
}

/** The columns `id` and `value` of what is asked of the cluster's tables. */
async function readColumns(
  { databaseUrl, schema }: StampedCluster,
  query: string,
): Promise<ReadonlyMap<string, string | null>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; value: string | null }>(
      query.replace('SCHEMA', schema),
    );
    return new Map(rows.map(({ id, value }) => [id, value]));
  } finally {
    await client.end();
  }
}
