import { type KyselyPlugin } from 'kysely';

import { type AgentDefinition, defineAgent } from '../../src/agent/agent.ts';
import { AgentRegistry } from '../../src/agent/agent-registry.ts';
import { UnavailableError } from '../../src/errors.ts';
import { EventHub } from '../../src/event/event-hub.ts';
import { Flusher } from '../../src/event/flusher.ts';
import { toRunEvent } from '../../src/event/run-event.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { createOpenAiModel } from '../../src/run/openai-model.ts';
import { RunEngine, type RunEngineOptions } from '../../src/run/run-engine.ts';
import { createRunReader, type RunReader } from '../../src/run/run-reader.ts';
import { appendEvents, readEvents, readEventsAfter } from '../../src/store/event.ts';
import { findMissingRuns, findRunById } from '../../src/store/run.ts';
import { type RunRow } from '../../src/store/run-row.ts';
import { listRunSteps } from '../../src/store/step.ts';
import { type StepRow } from '../../src/store/step-row.ts';
import { type Db } from '../../src/store/tables.ts';
import { StoreFixture } from '../store/store-fixture.ts';
import { type ScriptedModel, startScriptedModel } from '../_util/scripted-model.ts';
import { createTestDatabase, type DatabaseKind, type TestDatabase } from '../_util/test-database.ts';

/** Breaks a database in the ways that a network does. */
export class Breaker {
  /** Queries fail before they are sent. */
  isAway = false;
  /** So many transactions to come are committed and their answers lost. */
  lostCommits = 0;
  /** Awaited between the commit of a transaction and its answer. */
  beforeAnswer: () => Promise<void> = () => Promise.resolve();

  wrap(db: Db): Db {
    const broken = db.withPlugin(this.#plugin());
    const transaction = () => ({
      execute: (act: (trx: Db) => Promise<unknown>) => this.#transact(broken, act),
    });
    const bound = (name: string | symbol): unknown => {
      const member: unknown = Reflect.get(broken, name, broken);
      return typeof member === 'function' ? (member.bind(broken) as unknown) : member;
    };
    // Only `execute` of a transaction is used.
    return new Proxy(broken, {
      get: (_target, name) => (name === 'transaction' ? transaction : bound(name)),
    });
  }

  async #transact(db: Db, act: (trx: Db) => Promise<unknown>): Promise<unknown> {
    if (this.isAway) throw away();
    const result = await db.transaction().execute(act);
    await this.beforeAnswer();
    if (this.lostCommits === 0) return result;
    this.lostCommits -= 1;
    throw away();
  }

  #plugin(): KyselyPlugin {
    return {
      transformQuery: ({ node }) => {
        if (this.isAway) throw away();
        return node;
      },
      transformResult: async ({ result }) => result,
    };
  }
}

function away(): UnavailableError {
  return new UnavailableError('The database is not available.');
}

export interface EngineOptions {
  readonly agent?: Partial<AgentDefinition>;
  readonly maxRuns?: number;
  readonly leaseMs?: number;
}

/** An engine with its log, over a database that can be broken and a scripted model. */
export interface EngineFixture extends AsyncDisposable {
  readonly database: TestDatabase;
  /** Writes what others would, whatever is broken. */
  readonly store: StoreFixture;
  readonly breaker: Breaker;
  readonly model: ScriptedModel;
  readonly agents: AgentRegistry;
  readonly hub: EventHub;
  readonly engine: RunEngine;
  /** Whether the engine's node counts as alive. */
  readonly lease: { isHeld: boolean };
  /** The wake-ups that were inserted. */
  readonly enqueued: readonly string[];
  /** An engine of another node on the same parts. */
  another(nodeId: string, changes?: Partial<RunEngineOptions>): RunEngine;
  /** What the engine was made of. */
  readonly parts: RunEngineOptions;
  readonly reader: RunReader;
  /** A run of the agent `bot`, QUEUED, in a session of its own unless one is given. */
  queue(session?: { id: string }): Promise<RunRow>;
  /** The run when it is over. */
  ended(runId: string): Promise<RunRow>;
  steps(runId: string): Promise<StepRow[]>;
  /** The text of the log. */
  text(runId: string): Promise<string>;
}

export async function startEngine(kind: DatabaseKind, options: EngineOptions = {}): Promise<EngineFixture> {
  await using resources = new AsyncDisposableStack();
  const { agent = {}, maxRuns = 100, leaseMs = 10_000 } = options;
  const database = resources.use(await createTestDatabase(kind));
  const model = resources.use(await startScriptedModel({ allowLeftOver: true }));
  const log = createLogger('silent');
  const breaker = new Breaker();
  const db = breaker.wrap(database.db);
  const hub = resources.use(
    new EventHub({
      readAfter: async (cursors, limit) => (await readEventsAfter(db, cursors, limit)).map(toRunEvent),
      findGone: (runIds) => findMissingRuns(db, runIds),
      log,
      pollMs: 20,
    }),
  );
  const flusher = resources.use(
    new Flusher({
      append: (events) => appendEvents(db, events),
      readLastSeq: async (runId) => (await findRunById(db, runId))?.lastSeq ?? 0,
      publish: (runId, events) => hub.publish(runId, events),
      now: () => new Date(),
      log,
      intervalMs: 2,
      leaseMs,
    }),
  );
  const agents = new AgentRegistry([defineAgent({ id: 'bot', name: 'Bot', ...agent })], 'test-model');
  const lease = { isHeld: true };
  const enqueued: string[] = [];
  const parts: RunEngineOptions = {
    db,
    nodeId: database.nodeId,
    agents,
    model: createOpenAiModel({ apiKey: 'sk-test', baseUrl: model.baseUrl }),
    flusher,
    hub,
    adminScope: 'agent_os:admin',
    lease,
    dispatch: { enqueue: async (_trx, runId) => void enqueued.push(runId) },
    maxRuns,
    now: () => new Date(),
    log,
  };
  const engine = new RunEngine(parts);
  resources.defer(() => engine.stop(2000));
  const store = new StoreFixture(database, () => new Date());
  const reader = createRunReader(database.db, hub);
  const moved = resources.move();
  return {
    database,
    store,
    breaker,
    model,
    agents,
    hub,
    lease,
    enqueued,
    another: (nodeId, changes = {}) => new RunEngine({ ...parts, nodeId, ...changes }),
    engine,
    parts,
    reader,
    queue: async (session) => await store.queued(session ?? (await store.session({ agentId: 'bot' }))),
    async ended(runId) {
      const run = await reader.waitForEnd({ id: runId, lastSeq: 0 }, 10_000);
      if (run === null || run.finishedAt === null) throw new Error(`The run is ${run?.status ?? 'gone'}.`);
      return run;
    },
    steps: (runId) => listRunSteps(database.db, runId),
    async text(runId) {
      const events = await readEvents(database.db, { runId, after: 0, limit: 10_000 });
      return events.map(({ payload }) => payload['delta'] ?? '').join('');
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
